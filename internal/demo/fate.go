package demo

import (
	"slices"
	"strconv"

	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
)

// fate is what happens to a case out of the ordinary. Chance draws it; a set
// piece fixes it.
type fate struct {
	turnedAway, silence, noticed, never, withdrawn bool
	unsent                                         bool // a draft
	prompt                                         bool // everybody answers soon
	late, refused, back, extended, declined, asked bool
}

// draw lets chance decide.
func (g *planner) draw(f *fate) {
	licence := g.item.Deemed && g.item.Type == catalog.TypeLicence
	f.turnedAway = g.chance(2)
	f.silence = licence && g.chance(4)
	f.noticed = g.chance(22)
	f.never = g.chance(11)
	f.withdrawn = g.chance(3)
	f.late = g.chance(5)
	f.refused = g.chance(7)
	f.back = g.chance(6)
	f.extended = g.item.Terms.Extension.Days > 0 && g.item.Terms.Promised.Days >= 7 && g.chance(9)
	f.declined = g.chance(20)
	f.asked = g.chance(18)
}

// live writes the steps of the whole case.
func (g *planner) live(f fate) {
	now := g.opened
	if f.unsent {
		g.do(step{at: now, do: saves})
		return
	}
	g.do(step{at: now, do: applies, who: g.clerkIf(g.window)})
	if f.withdrawn && g.chance(20) {
		g.withdraw(now)
		return
	}
	if g.item.Kind == catalog.Instant {
		g.onTheSpot(now, f)
		return
	}
	if f.turnedAway {
		x := g.t.NotAccepted[g.IntN(len(g.t.NotAccepted))]
		g.do(step{at: g.slot(now, g.noticeDay(f)), do: turnsAway, who: g.clerk(), text: x.Why, more: x.Where})
		return
	}
	if f.silence {
		now = (g.cal.Add(now.Day(), g.item.Terms.Notice.Days).Day + 1).Start() // the law accepts
		g.handle(now, now, f)
		return
	}
	if f.noticed {
		now = g.slot(now, g.noticeDay(f))
		field := g.t.WrongField
		wrong := g.t.Wrong[g.IntN(len(g.t.Wrong))]
		g.do(step{at: now, do: notifies, who: g.clerk(), text: wrong.What + "\n" + wrong.How, more: field.What + "\n" + field.How, picks: [2]int{g.IntN(4), g.IntN(6)}})
		switch {
		case f.never:
			return // the reminder and the end come by themselves
		case f.withdrawn && g.chance(30):
			g.withdraw(now)
			return
		}
		now = g.correction(now, f)
	}
	now = g.slot(now, g.noticeDay(f))
	g.do(step{at: now, do: accepts, who: g.clerk()})
	g.handle(now, now, f)
}

// noticeDay is within how many working days the window answers.
func (g *planner) noticeDay(f fate) int {
	if f.prompt {
		return g.IntN(2)
	}
	return g.IntN(min(g.item.Terms.Notice.Days, 4) + 1)
}

func (g *planner) clerkIf(window bool) string {
	if window {
		return g.clerk()
	}
	return ""
}

// correction comes online, or at the window where the applicant has no account.
func (g *planner) correction(after day.Instant, f fate) day.Instant {
	longest := 14
	if f.prompt {
		longest = 3
	}
	if g.window && (g.cast.people[g.filer].Account == "" || g.chance(60)) {
		at := g.slot(after, 1+g.IntN(longest/2+1))
		g.do(step{at: at, do: corrects, who: g.clerk()})
		return at
	}
	at := g.atHome(after, 1+g.IntN(longest))
	g.do(step{at: at, do: corrects})
	return at
}

func (g *planner) withdraw(after day.Instant) {
	s := step{do: withdraws, text: g.one(g.t.Withdrawn)}
	if g.window || g.cast.people[g.filer].Account == "" {
		s.at, s.who = g.slot(after, 1), g.clerk()
	} else {
		s.at = g.atHome(after, 1)
	}
	g.do(s)
}

// onTheSpot decides an instant item in one act, at the window at once.
func (g *planner) onTheSpot(now day.Instant, f fate) {
	s := step{do: settlesSpot, who: g.clerk(), outcome: "granted", yes: g.window && g.delivery == "window"}
	if s.at = now + day.Instant(2+g.IntN(9))*day.Minute; !g.window {
		s.at = g.slot(now, 1)
	}
	if f.refused && g.chance(40) {
		s.outcome, s.text, s.more = "refused", g.script.Refuse.Why, g.script.Refuse.Article
	}
	g.do(s)
	if !s.yes {
		g.deliver(s.at)
	}
}

// handle goes through the stages of the flow to the decision and the delivery.
func (g *planner) handle(accepted, now day.Instant, f fate) {
	for _, stage := range g.script.Stages {
		end := now
		for _, w := range stage {
			if w.When.holds(g.values) {
				end = max(end, g.work(now, w, f))
			}
		}
		now = end
	}
	if f.withdrawn {
		g.withdraw(accepted + (now-accepted)/2)
		g.cutAt(g.steps[len(g.steps)-1].at)
		return
	}
	if f.extended {
		now = max(now, g.extension(accepted, f))
		now = g.slot(now, 1+g.IntN(4))
	}
	agency, post := roleAt(g.item, "decide")
	decider := g.official(agency, post, now)
	if f.back {
		now = g.again(now, decider)
	}
	if f.late {
		now = max(now, g.slot(accepted, g.item.Terms.Statutory.Days+1+g.IntN(5)))
	}
	now = g.slot(now, g.within(g.script.Decide))
	g.decision(now, decider, f)
}

// cutAt leaves out what would come after a moment.
func (g *planner) cutAt(at day.Instant) {
	g.steps = slices.DeleteFunc(g.steps, func(s step) bool { return s.at > at })
}

// extension asks for more time shortly before the promised day, and the one
// whom the article names answers.
func (g *planner) extension(accepted day.Instant, f fate) day.Instant {
	at := g.slot(accepted, max(1, g.item.Terms.Promised.Days-2))
	x := g.item.Terms.Extension
	g.do(step{at: at, do: wantsMore, who: g.official(g.item.Agency, "reviewer", at), days: max(1, x.Days-g.IntN(3)), text: g.one(g.t.Extension)})
	at = g.slot(at, 1+g.IntN(2))
	who := g.item.Agency + "_head_" + strconv.Itoa(1+g.IntN(2))
	if x.Approver == "leader" {
		who = g.official(g.item.Roles["government"], "leader", at)
	}
	s := step{at: at, do: givesMore, who: who, yes: !f.declined}
	if f.declined {
		s.text = g.one(g.t.Declined)
	}
	g.do(s)
	return at
}

// again sends the case back from the decision to the review, which is then
// done again: by the flow's own way back where it has one.
func (g *planner) again(now day.Instant, decider string) day.Instant {
	last := g.script.Stages[len(g.script.Stages)-1]
	i := slices.IndexFunc(last, func(w work) bool { return g.item.Flow.Node(w.Node).Task.Part == "review" })
	if i < 0 {
		return now
	}
	now = g.slot(now, g.IntN(2))
	s := step{at: now, do: sendsBack, who: decider, node: "decide", to: last[i].Node, text: g.one(g.t.SendBack)}
	if g.script.Returns {
		s = step{at: now, do: decides, who: decider, node: "decide", outcome: "returned", text: g.one(g.t.Returned)}
	}
	g.do(s)
	now = g.slot(now, 1)
	agency, post := roleAt(g.item, last[i].Node)
	g.do(step{at: now, do: reviews, who: g.official(agency, post, now), node: last[i].Node, yes: true, text: g.one(g.t.Passed)})
	return now
}

func (g *planner) decision(now day.Instant, decider string, f fate) {
	s := step{at: now, do: decides, who: decider, node: "decide", outcome: "granted", more: g.item.Basis[0].Law + g.item.Basis[0].Article}
	if f.refused {
		s.outcome, s.text, s.more = "refused", g.script.Refuse.Why, g.script.Refuse.Article
	}
	g.do(s)
	at := g.deliver(now)
	if x := g.script.Amend; !f.refused && x.Field != "" && g.chance(4) {
		g.do(step{at: g.slot(at, 1+g.IntN(9)), do: amends, who: decider, node: x.Field, text: g.one(x.Values), more: g.one(g.t.Amend)})
	}
}

// deliver hands the result over, or gives it to the courier.
func (g *planner) deliver(after day.Instant) day.Instant {
	s := step{do: delivers, who: handsOut, to: g.delivery}
	if g.delivery == "courier" {
		s.at, s.text = g.slot(after, 1), "示范快递"+strconv.Itoa(900_000_000+g.IntN(99_999_999))
	} else {
		s.at = g.slot(after, g.IntN(7))
	}
	g.do(s)
	return s.at
}
