package adjust

import (
	"cmp"
	"slices"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
)

// OnItems is what stands in place of a list where an entry is about an item of the
// catalogue.
const OnItems = "item"

// onItems is what may become of an item.
var onItems = []Does{New, Change, Split, Merge, Suspend, Resume, Cancel, Filing, Internal, TakeOver, Keep}

// Written is a new item as it is fully written: its files.
type Written struct{ Item, Flow, Form []byte }

// Drafted are entries about new items, one for each draft.
func Drafted(does Does, drafts []*catalog.Draft) []Entry {
	list := make([]Entry, len(drafts))
	for i, d := range drafts {
		list[i] = Entry{List: OnItems, Code: d.Code, Does: does}
		if d.NameOnly() {
			list[i].Content = &lists.Content{Columns: d.Row()}
		} else {
			list[i].Written = &Written{d.ItemYAML, d.FlowXML, d.FormJSON}
		}
	}
	return list
}

// begins tells whether the entry is a new item.
func (e Entry) begins() bool { return e.List == OnItems && (e.Does == New || e.Does == TakeOver) }

// renews tells whether an item has another version afterwards: as it is written in a
// proposal, or, of one that is resumed or only named, as it follows from the entry.
func (e Entry) renews() bool {
	return e.List == OnItems && (e.Does == Change || e.Does == Filing && !e.refiled() || e.Does == Resume)
}

// refiled tells whether an item becomes a filing under another code.
func (e Entry) refiled() bool { return e.List == OnItems && e.Does == Filing && len(e.Into) > 0 }

// GoesOn tells whether the item's running cases may go over to another version.
func (e Entry) GoesOn() bool { return e.List == OnItems && (e.Does == Change || e.Does == Filing) }

// settleItem completes an entry about an item of the catalogue.
func (d *Desk) settleItem(tx *store.Tx, x Adjustment, e *Entry, wrong func(string, string, ...any) error) error {
	if e.Does != Unsettled && !slices.Contains(onItems, e.Does) {
		return wrong("does", "adjust.entry.item")
	}
	item, err := d.Items.ByCode(tx, e.Code)
	missing := act.KindOf(err) == act.NotFound
	switch {
	case err != nil && !missing:
		return err
	case e.begins():
		return d.settleNew(tx, x, e, !missing, wrong)
	case missing:
		return wrong("code", "adjust.entry.not_there")
	}
	all, err := d.Items.Versions(tx, item)
	if err != nil {
		return err
	}
	v := all[len(all)-1]
	e.Name, e.Agency, e.Content, e.Written = v.Name, v.Agency, nil, nil
	if e.Base == 0 {
		e.Base = v.N
	}
	if gone := v.Span.Until != 0 && v.Span.Until <= tx.Today(); gone && e.Does != Keep && e.Does != Unsettled && e.Does != Resume {
		// What is suspended may still go for good.
		if was, err := suspended(tx, e.Code, v); err != nil || !was || e.Does == Suspend || !e.ends() {
			return cmp.Or(err, wrong("code", "adjust.entry.not_there"))
		}
	}
	switch e.Does {
	case Split, Merge:
		if len(e.Into) == 0 {
			return wrong("into", "adjust.entry.into")
		}
		if slices.Contains(e.Into, e.Code) {
			return wrong("into", "adjust.entry.itself")
		}
	case Change, Filing, Resume:
		return d.settleRenewed(tx, e, v, wrong)
	}
	return nil
}

// settleNew completes an entry about a new item: its code has never stood, it says
// at least its name, type and agency, and what is taken over says from whom.
func (d *Desk) settleNew(tx *store.Tx, x Adjustment, e *Entry, known bool, wrong func(string, string, ...any) error) error {
	if known {
		return wrong("code", "adjust.entry.known")
	}
	if e.Giver = strings.TrimSpace(e.Giver); e.Does == TakeOver && e.Giver == "" {
		return wrong("giver", "adjust.entry.giver")
	}
	if n := len([]rune(e.Giver)); n > maxDocument {
		return wrong("giver", "adjust.reason", "max", maxDocument, "got", n)
	}
	if e.Content != nil {
		e.Content.Columns["code"] = e.Code
	}
	draft, problems, err := d.drafted(tx, x.ID, e)
	switch {
	case err != nil:
		return err
	case draft == nil && len(problems) == 0:
		return wrong("content", "adjust.entry.new_item")
	}
	if len(problems) == 0 {
		if draft.Code != e.Code {
			return wrong("code", "adjust.entry.file_code", "got", draft.Code)
		}
		if draft, problems = draft.Starting(x.From); len(problems) == 0 {
			if problems, err = draft.Fits(tx, x.From); err != nil {
				return err
			}
		}
	}
	if len(problems) > 0 {
		var fields []act.Field
		for _, p := range problems {
			fields = append(fields, act.Field{Name: "content", Msg: p.Sentence()})
		}
		return act.WrongFields("adjust.wrong", fields)
	}
	e.Name, e.Agency, e.Content = draft.Name, draft.Agency, &lists.Content{Columns: draft.Row()}
	return nil
}

// drafted reads what an entry says of its new item: what it brings, or else what the
// adjustment has kept; nil for neither.
func (d *Desk) drafted(tx *store.Tx, adjustment int64, e *Entry) (*catalog.Draft, []catalog.Problem, error) {
	w := e.Written
	if w == nil && e.Content == nil {
		k, err := keptOf(tx, adjustment, e.Code)
		if err != nil || k == nil {
			return nil, nil, err
		}
		w = &k.Written
	}
	if w == nil {
		draft, problems := catalog.Named(e.Content.Columns)
		return draft, problems, nil
	}
	draft, problems := catalog.Reread(w.Item, w.Flow, w.Form)
	return draft, problems, nil
}

// kept is what an adjustment keeps of a new item that is fully written.
type kept struct {
	Written
	by int64
}

func keptOf(tx *store.Tx, adjustment int64, code string) (*kept, error) {
	k, found, err := store.Find(tx, func(r store.Row) (k kept, err error) { return k, r.Scan(&k.Item, &k.Flow, &k.Form, &k.by) },
		`select written, flow, form, written_by from adjustment_item where home = $1 and adjustment = $2 and code = $3`, tx.Home(), adjustment, code)
	if err != nil || !found {
		return nil, err
	}
	return &k, nil
}

// keep puts the files of a new item into the adjustment, or leaves them where the
// entry brought nothing else.
func (e Entry) keep(tx *store.Tx, adjustment int64, brought bool) {
	switch {
	case e.List != OnItems || e.begins() && !brought:
		return
	case e.begins() && e.Written != nil:
		tx.Put(`insert into adjustment_item(home, adjustment, code, written, flow, form, written_by) values($1, $2, $3, $4, $5, $6, $7)
			on conflict (home, adjustment, code) do update set written = excluded.written, flow = excluded.flow, form = excluded.form, written_by = excluded.written_by`,
			tx.Home(), adjustment, e.Code, e.Written.Item, e.Written.Flow, e.Written.Form, e.Touched)
	default:
		tx.Put(`delete from adjustment_item where home = $1 and adjustment = $2 and code = $3`, tx.Home(), adjustment, e.Code)
	}
}

// settleRenewed completes an entry after which an item says something else.
func (d *Desk) settleRenewed(tx *store.Tx, e *Entry, v *catalog.Version, wrong func(string, string, ...any) error) error {
	switch {
	case e.Does == Filing && v.Type == checkup.OtherPower:
		return wrong("does", "adjust.entry.filed")
	case e.Does == Filing && v.Span.Until != 0:
		return wrong("code", "adjust.entry.not_there")
	case e.Does == Filing && coded(e.Code) != (len(e.Into) == 1), e.Does == Filing && slices.Contains(e.Into, e.Code):
		if coded(e.Code) {
			return wrong("into", "adjust.entry.filing_into")
		}
		return wrong("into", "adjust.entry.filing_stays")
	case e.refiled():
		return nil
	case e.Does == Resume:
		if was, err := suspended(tx, e.Code, v); err != nil || !was {
			return cmp.Or(err, wrong("code", "adjust.entry.not_suspended"))
		}
	}
	if e.Proposal == 0 {
		if e.Does == Resume || e.Does == Filing && !v.Complete() {
			return nil // it follows from what stands
		}
		var err error
		if e.Proposal, err = catalog.OpenProposal(tx, v.Of); err != nil {
			return err
		}
	}
	p, err := catalog.ProposalByID(tx, e.Proposal)
	switch {
	case act.KindOf(err) == act.NotFound || err == nil && (p.Item != v.Of || p.State != catalog.Open || p.Kind != catalog.Publishing):
		if e.Does == Filing {
			return wrong("proposal", "adjust.entry.filing_proposal")
		}
		return wrong("proposal", "adjust.entry.proposal")
	case err != nil || e.Does != Filing:
		return err
	}
	draft, err := p.Draft(tx)
	if err == nil && draft.Type != checkup.OtherPower {
		err = wrong("proposal", "adjust.entry.filing_proposal")
	}
	return err
}

// coded tells whether a code says of which type its item is, and of another than a
// filing: the item cannot become one and keep it.
func coded(code string) bool {
	it, err := gbcode.ParseItem(code, nil)
	return err == nil && it.Form.Standard() && it.Type != checkup.OtherPower
}

// suspended tells whether what ended an item is that an adjustment suspended it, and
// nothing since.
func suspended(tx *store.Tx, code string, v *catalog.Version) (bool, error) {
	if v.Span.Until == 0 {
		return false, nil
	}
	type end struct {
		Entry
		from day.Day
	}
	done, err := store.All(tx, func(r store.Row) (x end, err error) {
		var into string
		err = r.Scan(&x.Code, &x.Does, &into, &x.from)
		x.Into = strings.Fields(into)
		return x, err
	}, `select e.code, e.does, e.into_codes, a.from_day from adjustment_entry e join adjustment a on a.home = e.home and a.id = e.adjustment
		where e.home = $1 and e.list = $2 and e.code = $3 and a.stage = $4 order by a.from_day desc, a.done_at desc`, tx.Home(), OnItems, code, Done)
	i := slices.IndexFunc(done, func(x end) bool { return x.ends() })
	return i >= 0 && done[i].Does == Suspend && done[i].from == v.Span.Until, err
}
