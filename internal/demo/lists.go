package demo

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"tongban/internal/house"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
)

// ListSeed is the seed that the demonstration's lists are made from, so that they
// can be made again.
const ListSeed = 20250101

// FoundLists puts the county's public lists into a founded county, list by list,
// by the hand of the catalogue's keeper: 26 agencies with 2,649 powers, 13
// townships with 157, and the others, in their first editions; what changed them
// later is decreed while the year is played. It is a step of Build, and apart from
// Found because few who need a county need its lists.
func FoundLists(ctx context.Context, h *house.House, progress Progress) error {
	progress.tell("lists", 0, 1)
	c, err := Find(ctx, h)
	if err != nil {
		return err
	}
	editor, err := c.Actor(ctx, "zfb_catalogue_1")
	if err != nil {
		return err
	}
	m, err := newListMaker(c.book)
	if err != nil {
		return err
	}
	if h.Store.Now() < Founded {
		return fmt.Errorf("the lists are put into a founded county")
	}
	firsts, _ := m.all()
	for _, b := range firsts {
		if _, err := h.Lists.Change(ctx, editor, "", b); err != nil {
			return fmt.Errorf("list %s: %w", b.List, explained(err))
		}
	}
	return nil
}

// listMaker makes the batches of the county's lists.
type listMaker struct {
	b       *book
	l       *listBook
	items   []known // known by name
	full    []known // written in full
	rnd     *rand.Rand
	numbers map[int]int // of the last document of each year
}

func newListMaker(b *book) (*listMaker, error) {
	l, items, err := readListBook()
	if err != nil {
		return nil, err
	}
	full, err := readWritten()
	if err != nil {
		return nil, err
	}
	return &listMaker{b: b, l: l, items: items, full: full, rnd: rand.New(rand.NewPCG(ListSeed, 1)), numbers: map[int]int{}}, nil
}

// all are the first editions, and what changed them later, in the order in which it
// was decided. What the written items rest on stood before them: see founding.
func (m *listMaker) all() (firsts, later []lists.Batch) {
	firsts = []lists.Batch{
		m.first("power", m.powers()), m.first("township_power", m.townshipPowers()), m.first("abolished", m.reviewed()), m.first("base_item", m.baseItems()),
		m.first("fee_fund", m.fees("fee_fund")), m.first("fee_enterprise", m.fees("fee_enterprise")), m.first("fee_priced", m.fees("fee_priced")),
		m.first("negative", m.negative()), m.first("qualification", m.qualifications()), m.first("registration", m.registrations("before")),
		m.first("public_service", m.publicServices()), m.first("once", m.once()), m.first("proof", m.proofs()), m.first("hall", m.hall()), m.first("inspection", m.inspections()),
	}
	later = append([]lists.Batch{m.registrationReform()}, m.cuts()...)
	slices.SortStableFunc(later, func(a, b lists.Batch) int { return cmp.Compare(a.From, b.From) })
	for i := range later {
		later[i].Document = m.document(later[i].From)
	}
	return firsts, later
}

// first is the first edition of a list, which writes down what held on paper.
func (m *listMaker) first(list string, entries []lists.Content) lists.Batch {
	b := m.order(list, Since, "清单首次公布")
	b.Document = m.document(Since)
	for _, c := range entries {
		b.Changes = append(b.Changes, lists.Change{Content: c})
	}
	return b
}

// order is a batch without its document.
func (m *listMaker) order(list string, from day.Day, reason string) lists.Batch {
	return lists.Batch{List: list, From: from, Reason: reason, Region: m.b.Region}
}

// document is the next document number of the county in a year.
func (m *listMaker) document(on day.Day) string {
	m.numbers[on.Year()]++
	return fmt.Sprintf("云政发〔%d〕%d号", on.Year(), m.numbers[on.Year()])
}

// towns are the townships, in order.
func (m *listMaker) towns() (list []region) {
	for _, r := range m.b.Regions {
		if r.Level == "town" {
			list = append(list, r)
		}
	}
	return list
}

// spread changes counts one by one until they add up to total, within bounds.
func (m *listMaker) spread(n []int, total, least, most int) {
	sum := 0
	for _, x := range n {
		sum += x
	}
	for sum != total {
		i := m.rnd.IntN(len(n))
		switch {
		case sum < total && n[i] < most:
			n[i]++
			sum++
		case sum > total && n[i] > least:
			n[i]--
			sum--
		}
	}
}

// counts are n numbers around a middle that add up to total.
func (m *listMaker) counts(n, total, least, most int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = min(max(total/n+m.rnd.IntN(3)-1, least), most)
	}
	m.spread(list, total, least, most)
	return list
}

// invented is a basis that no law has.
func (m *listMaker) invented(what string) string {
	return fmt.Sprintf("《云禾县%s示范规定》（虚构）第%d条", what, 3+m.rnd.IntN(40))
}
