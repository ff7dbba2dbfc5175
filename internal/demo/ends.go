package demo

import (
	"tongban/internal/rules/day"
	"tongban/internal/rules/workday"
	"tongban/internal/work/casework"
)

// ends is the status in which the plan leaves its case at Start: by its last
// deeds, and by what time alone decides. It knows the law, not the program.
func (x *plan) ends(cal *workday.Calendar) string {
	status, received, noticed := "", day.Day(0), day.Day(0)
	for _, s := range x.steps {
		switch s.do {
		case applies:
			status, received = casework.Received, s.at.Day()
		case notifies:
			status, noticed = casework.Correcting, s.at.Day()
		case corrects:
			status, received = casework.Received, s.at.Day()
		case accepts, reviews, visits, assigns, asks, pauses, sendsBack:
			status = casework.Handling
		case turnsAway:
			status = casework.NotAccepted
		case withdraws:
			status = casework.Withdrawn
		case decides:
			status = casework.Delivering
			if s.outcome == casework.Returned {
				status = casework.Handling
			}
		case settlesSpot:
			status = casework.Delivering
			if s.yes {
				status = casework.Concluded
			}
		case delivers:
			status = casework.Concluded
		}
	}
	t := x.item.Terms
	switch {
	case status == casework.Received && x.item.Deemed && Start.Day() > t.Notice.Due(cal, received).Day:
		return casework.Handling
	case status == casework.Correcting && Start.Day() > t.Lapse.Due(cal, noticed).Day:
		return casework.Lapsed
	}
	return status
}
