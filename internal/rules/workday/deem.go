package workday

import "tongban/internal/rules/day"

// Deeming answers whether an application counts as accepted without a word
// from the agency.
type Deeming struct {
	Deemed bool
	// From is the day of receipt, from which the case counts as accepted and
	// its clock runs. Zero when not deemed.
	From day.Day
	// Due is the last day on which the notice of what is missing could be sent.
	Due Due
}

// Deem applies 行政许可法 32(4): when the agency has sent nothing within the
// notice term after the day of receipt, the application counts as accepted
// from the day on which it was received, whether or not a timer fired. acted
// is the day of the agency's first notice, acceptance or refusal, zero when
// there was none; one that comes after the last day comes too late. It binds
// licences only, which the caller knows; and where Due is provisional the
// caller should import the missing notice before it writes anything.
func Deem(received day.Day, notice Term, acted day.Day, cal *Calendar, today day.Day) Deeming {
	d := Deeming{Due: notice.Due(cal, received)}
	first := acted
	if acted == 0 || acted > today {
		first = today
	}
	if first > d.Due.Day {
		d.Deemed, d.From = true, received
	}
	return d
}

// Lapsing tells how an application stands that waits for its correction.
type Lapsing struct {
	Remind Due  // the day on which the applicant is reminded
	End    Due  // the last day for the correction
	Now    bool // the reminder is due and the end has not passed
	Lapsed bool // the end has passed without a correction
}

// Lapse tells when an application ends that is not corrected. noticed is the
// day of the notice of what is missing, corrected the day of the correction or
// zero; lapse and remind are configured terms, since no article of 行政许可法
// sets them. A reminder that would fall on the last day or later is moved to
// the day before it, but never before the day after the notice.
func Lapse(noticed day.Day, lapse, remind Term, corrected day.Day, cal *Calendar, today day.Day) Lapsing {
	l := Lapsing{Remind: remind.Due(cal, noticed), End: lapse.Due(cal, noticed)}
	if l.Remind.Day >= l.End.Day {
		l.Remind = Due{Day: max(l.End.Day-1, noticed+1), Provisional: l.End.Provisional}
	}
	if corrected != 0 && corrected <= today {
		l.Lapsed = corrected > l.End.Day
		return l
	}
	l.Lapsed = today > l.End.Day
	l.Now = !l.Lapsed && today >= l.Remind.Day
	return l
}
