package demo

import (
	"tongban/internal/rules/day"
)

// piece is a case that the demonstration wants to have on the day on which its
// clock begins to run: applied for so many working days before, and left alone
// after a certain deed.
type piece struct {
	slug   string
	ago    int
	stop   deed   // nobody has done anything since the first such deed; "" goes on to the end
	node   string // of that deed, where several have it
	who    string // applicant, "" by chance
	window bool
	fate   fate
}

// pieces show what a page must have something of: each state, what is late,
// what waits for somebody. Those of the story come first.
var pieces = []piece{
	{slug: "individual-business", ago: 180, who: "baker"},
	{slug: "senior-card", ago: 140, who: "uncle", window: true},
	{slug: "temporary-relief", ago: 60, who: "uncle", window: true, fate: fate{noticed: true}},

	{slug: "food-workshop", ago: 24, stop: wantsMore, fate: fate{extended: true}},
	{slug: "food-workshop", ago: 27, stop: wantsMore, fate: fate{extended: true}},
	{slug: "large-event", ago: 15, stop: wantsMore, fate: fate{extended: true}},
	{slug: "outdoor-advert", ago: 10, stop: wantsMore, fate: fate{extended: true}},
	{slug: "tree-felling", ago: 13, stop: wantsMore, fate: fate{extended: true}},
	{slug: "food-workshop", ago: 40, stop: givesMore, fate: fate{extended: true}},

	{slug: "food-workshop", ago: 9, stop: pauses},
	{slug: "food-workshop", ago: 11, stop: pauses, fate: fate{noticed: true}},
	{slug: "seed-trade", ago: 10, stop: pauses},
	{slug: "road-works", ago: 9, stop: pauses},
	{slug: "disability-card", ago: 7, stop: pauses},

	{slug: "temporary-relief", ago: 26, stop: accepts},
	{slug: "outdoor-advert", ago: 30, stop: accepts},
	{slug: "public-place-hygiene", ago: 16, stop: visits},
	{slug: "road-freight", ago: 21, stop: accepts},
	{slug: "food-workshop", ago: 14, stop: accepts},
	{slug: "lease-filing", ago: 22, stop: decides},
	{slug: "temporary-relief", ago: 8, stop: applies},

	{slug: "public-place-hygiene", ago: 8, stop: applies},
	{slug: "tree-felling", ago: 9, stop: applies, fate: fate{silence: true}},
	{slug: "lease-filing", ago: 3, stop: notifies, fate: fate{noticed: true}},
	{slug: "food-workshop", ago: 14, stop: notifies, fate: fate{noticed: true}},
	{slug: "individual-business", ago: 30, stop: notifies, fate: fate{noticed: true}},
	{slug: "outdoor-advert", ago: 6, stop: corrects, fate: fate{noticed: true}},

	{slug: "outdoor-advert", ago: 8, stop: asks, fate: fate{asked: true}},
	{slug: "food-workshop", ago: 12, stop: asks, fate: fate{asked: true}},
	{slug: "road-works", ago: 32, stop: asks, fate: fate{asked: true}},
	{slug: "individual-business", ago: 4, stop: sendsBack, fate: fate{back: true}},
	{slug: "tree-felling", ago: 16, stop: sendsBack, fate: fate{back: true}},

	{slug: "food-workshop", ago: 30, stop: decides},
	{slug: "food-workshop", ago: 34, stop: decides, fate: fate{refused: true}},
	{slug: "senior-card", ago: 2, stop: settlesSpot},
	{slug: "agency-insurance", ago: 5, stop: decides},
	{slug: "tipoff-reward", ago: 3, stop: accepts},
	{slug: "road-occupation", ago: 3, stop: accepts},
	{slug: "disability-card", ago: 2, stop: applies, window: true},
	{slug: "lease-filing", ago: 0, stop: applies},
	{slug: "individual-business", ago: 0, stop: applies},
	{slug: "senior-card", ago: 0, stop: applies},
	{slug: "food-workshop", ago: 1, stop: applies},
	{slug: "individual-business", ago: 70, fate: fate{withdrawn: true}},
	{slug: "food-workshop", ago: 100, fate: fate{turnedAway: true}},
	{slug: "lease-filing", ago: 90, fate: fate{noticed: true, never: true}},

	{slug: "individual-business", ago: 5, fate: fate{unsent: true}},
	{slug: "food-workshop", ago: 2, fate: fate{unsent: true}},
	{slug: "road-freight", ago: 9, fate: fate{unsent: true}},
}

// stopped leaves out what comes after the first deed at which the piece stops.
func (g *planner) stopped(p piece) {
	if p.stop == "" {
		return
	}
	for _, s := range g.steps {
		if s.do == p.stop && (p.node == "" || s.node == p.node) {
			g.cutAt(s.at)
			return
		}
	}
}

// opening is when a piece was applied for.
func (g *planner) opening(p piece) day.Instant {
	d := Start.Day()
	for n := 0; n < p.ago; {
		d--
		if working, _ := g.cal.IsWorking(d); working {
			n++
		}
	}
	if p.ago == 0 {
		return Start - day.Instant(10+g.IntN(110))*day.Minute + g.second()
	}
	return g.minute(d, g.officeMinute())
}
