package adjust

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/register/lists"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

// Does says what becomes of an entry.
type Does string

// What may become of an entry. Unsettled is how entries begin that nobody looked at
// yet, such as those that rest on a law that changed; with one the adjustment cannot
// be handed in.
const (
	Unsettled Does = ""
	New       Does = "new"
	Change    Does = "change"
	Split     Does = "split"     // goes, or stays smaller; Into names its successors
	Merge     Does = "merge"     // goes; Into names what it is part of
	Suspend   Does = "suspend"   // off the list until it is resumed
	Resume    Does = "resume"    // on the list again as it was
	Cancel    Does = "cancel"    //
	Filing    Does = "filing"    // 改为备案: stays as an other power (GB/T 39046 10); an item whose code says otherwise goes, and Into names the one that it becomes
	Internal  Does = "internal"  // 改为内部管理: nobody applies for it any more
	TakeOver  Does = "take_over" // 承接: from above
	HandDown  Does = "hand_down" // 下放: to Receiver
	Keep      Does = "keep"      // 保留: looked at and left
)

// All lists what may become of an entry, in the order of pages.
var All = []Does{New, Change, Split, Merge, Suspend, Resume, Cancel, Filing, Internal, TakeOver, HandDown, Keep}

// Label names it for people.
func (d Does) Label() wording.Message {
	if d == Unsettled {
		return wording.M("adjust.does.unsettled")
	}
	return wording.M("adjust.does." + string(d))
}

// adds tells whether the entry comes on the list.
func (d Does) adds() bool { return d == New || d == TakeOver || d == Resume }

// ends tells whether the entry goes off the list; a split one may stay.
func (e Entry) ends() bool {
	switch e.Does {
	case Merge, Suspend, Cancel, Internal, HandDown:
		return true
	case Split:
		return !slices.Contains(e.Into, e.Code)
	}
	return e.refiled()
}

// succeeded tells whether the entry names what takes its place.
func (e Entry) succeeded() bool { return e.Does == Split || e.Does == Merge || e.refiled() }

// edits tells whether the entry stays and says something else.
func (e Entry) edits() bool {
	return e.Does == Change || e.Does == Filing || e.Does == Split && !e.ends()
}

// Entry is what becomes of one entry of a list, or of one item.
type Entry struct {
	ID       int64
	List     string // key of the kind of list, or OnItems
	Code     string
	Name     string
	Agency   string
	Does     Does
	Into     []string // codes of the successors; its own among them when it stays
	Receiver string   // agency to which it is handed down
	Giver    string   // what is taken over: the body above from which, as it is called
	Base     int      // number of the version that it was made from; 0 does not ask
	Proposal int64    // of an item: the written change that is published with it
	Moves    string   // of a changed item: the article on which its running cases are moved to the new version; "" they end under the one they began with
	Content  *lists.Content
	Written  *Written // of a new item: brought with the entry, not read back; nil for what is known by name only
	Guided   bool     // of a new item: the adjustment keeps its files
	Note     string
	Touched  int64 // who wrote it
}

// mostEntries bounds an adjustment: all of it is compared and judged at once.
const mostEntries = lists.MostDifferences

// stored is a content as it is kept: values may be texts as people typed them.
type stored struct {
	Columns lists.Row              `json:"columns"`
	Tables  map[string][]lists.Row `json:"tables,omitempty"`
}

func encode(c *lists.Content) (string, error) {
	if c == nil {
		return "", nil
	}
	b, err := json.Marshal(stored(*c))
	return string(b), err
}

func decode(text string) (*lists.Content, error) {
	if text == "" {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	var s stored
	if err := d.Decode(&s); err != nil {
		return nil, fmt.Errorf("content of an adjustment: %w", err)
	}
	whole(s.Columns)
	for _, rows := range s.Tables {
		for _, r := range rows {
			whole(r)
		}
	}
	c := lists.Content(s)
	return &c, nil
}

// whole turns numbers into the integers that lists have.
func whole(r lists.Row) {
	for key, v := range r {
		if n, ok := v.(json.Number); ok {
			if i, err := n.Int64(); err == nil {
				r[key] = i
			} else {
				r[key] = n.String()
			}
		}
	}
}

const entryColumns = `id, list, code, name, agency, does, into_codes, receiver, base, proposal, content, note, touched_by, moves, giver,
	list = '` + OnItems + `' and exists(select 1 from adjustment_item w where w.home = adjustment_entry.home and w.adjustment = adjustment_entry.adjustment and w.code = adjustment_entry.code)`

func scanEntry(r store.Row) (e Entry, err error) {
	var into, content string
	if err = r.Scan(&e.ID, &e.List, &e.Code, &e.Name, &e.Agency, &e.Does, &into, &e.Receiver, &e.Base, &e.Proposal, &content, &e.Note, &e.Touched, &e.Moves, &e.Giver, &e.Guided); err != nil {
		return e, err
	}
	e.Into = strings.Fields(into)
	e.Content, err = decode(content)
	return e, err
}

// Entries lists what an adjustment changes, by list and code.
func Entries(tx *store.Tx, adjustment int64) ([]Entry, error) {
	return store.All(tx, scanEntry, `select `+entryColumns+` from adjustment_entry where home = $1 and adjustment = $2 order by list, code limit $3`,
		tx.Home(), adjustment, mostEntries)
}

// put writes an entry in place of the one of its list and code.
func (e Entry) put(tx *store.Tx, adjustment int64) error {
	content, err := encode(e.Content)
	if err != nil {
		return err
	}
	if e.ID == 0 {
		e.ID = tx.NewID()
	}
	tx.Put(`insert into adjustment_entry(home, id, adjustment, list, code, name, agency, does, into_codes, receiver, base, proposal, content, note, touched_by, moves, giver)
		values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) on conflict (home, adjustment, list, code) do update set name = excluded.name,
		agency = excluded.agency, does = excluded.does, into_codes = excluded.into_codes, receiver = excluded.receiver, base = excluded.base,
		proposal = excluded.proposal, content = excluded.content, note = excluded.note, touched_by = excluded.touched_by, moves = excluded.moves,
		giver = excluded.giver`,
		tx.Home(), e.ID, adjustment, e.List, e.Code, e.Name, e.Agency, string(e.Does), strings.Join(e.Into, " "), e.Receiver, e.Base, e.Proposal, content, e.Note, e.Touched, e.Moves, e.Giver)
	return nil
}

// settle completes an entry from what stands: name, agency, the version it is made
// from, and what follows from the kind of change.
func (d *Desk) settle(tx *store.Tx, x Adjustment, e *Entry) error {
	e.Code, e.Note = gbcode.Normalize(e.Code), strings.TrimSpace(e.Note)
	for i, code := range e.Into {
		e.Into[i] = gbcode.Normalize(code)
	}
	wrong := func(field, key string, pairs ...any) error {
		return act.WrongFields("adjust.wrong", []act.Field{{Name: field, Msg: wording.M(key, append(pairs, "code", e.Code)...)}})
	}
	switch {
	case e.Code == "" || len(e.Code) > 64:
		return wrong("code", "adjust.entry.code")
	case e.Does != Unsettled && !slices.Contains(All, e.Does):
		return wrong("does", "adjust.entry.does")
	case len([]rune(e.Note)) > maxWords:
		return wrong("note", "adjust.reason", "max", maxWords, "got", len([]rune(e.Note)))
	}
	if err := e.settleMoves(wrong); err != nil {
		return err
	}
	if e.List == OnItems {
		return d.settleItem(tx, x, e, wrong)
	}
	k, err := lists.KindOf(e.List)
	if err != nil {
		return err
	}
	if err := d.onList(tx, e, wrong); err != nil {
		return err
	}
	switch {
	case (e.Does == Split || e.Does == Merge) && len(e.Into) == 0:
		return wrong("into", "adjust.entry.into")
	case e.Does == Merge && slices.Contains(e.Into, e.Code):
		return wrong("into", "adjust.entry.itself")
	case e.Does == HandDown:
		if _, err := d.People.Agency(tx, e.Receiver, tx.Today()); err != nil {
			return wrong("receiver", "adjust.entry.receiver")
		}
	case e.Does == Filing:
		return filed(k, e, wrong)
	}
	return nil
}

// onList takes from the list what the entry says now.
func (d *Desk) onList(tx *store.Tx, e *Entry, wrong func(string, string, ...any) error) error {
	now, err := newest(tx, e.List, e.Code)
	if err != nil {
		return err
	}
	there := now != nil && !now.Ended
	switch {
	case e.Does == Unsettled && there, e.Does == Keep && there:
	case e.Does == Resume && !there && now != nil:
		if e.Content == nil {
			e.Content = &now.Content
		}
	case e.Does.adds() && there:
		return wrong("code", "adjust.entry.there")
	case e.Does.adds() && e.Does != Resume:
		if e.Content == nil {
			return wrong("content", "adjust.entry.content")
		}
	case !there:
		return wrong("code", "adjust.entry.not_there")
	case e.Does == Change && e.Content == nil:
		return wrong("content", "adjust.entry.content")
	case e.Does == Filing && e.Content == nil:
		e.Content = &now.Content
	}
	if now != nil {
		e.Name, e.Agency = now.Name, now.Agency
		if there && e.Base == 0 {
			e.Base = now.N
		}
	}
	if e.Content != nil {
		if e.Content.Columns == nil {
			e.Content.Columns = lists.Row{}
		}
		e.Content.Columns["code"] = e.Code
		if name := e.Content.Columns.Text("name"); name != "" {
			e.Name = name
		}
		if err := d.agency(tx, e); err != nil {
			return err
		}
		if now == nil {
			e.Agency = e.Content.Columns.Text("agency")
		}
	}
	if e.ends() || e.Does == Keep {
		e.Content = nil
	}
	return nil
}

// agenciesKey is what the agencies are remembered under in a transaction.
type agenciesKey struct{}

// agency turns the name of an agency, as people write it, into its key.
func (d *Desk) agency(tx *store.Tx, e *Entry) error {
	said := strings.TrimSpace(e.Content.Columns.Text("agency"))
	if said == "" {
		return nil
	}
	all, err := store.Once(tx, agenciesKey{}, func() ([]identity.Agency, error) { return d.People.Agencies(tx, tx.Today()) })
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.Name == said || a.Short == said {
			e.Content.Columns["agency"] = a.Key
		}
	}
	return nil
}

// filed makes a power one that is only told to the agency.
func filed(k *lists.Kind, e *Entry, wrong func(string, string, ...any) error) error {
	c := k.Column("type")
	if c == nil || !slices.ContainsFunc(c.Choices, func(o lists.Option) bool { return o.Key == "10" }) {
		return wrong("does", "adjust.entry.filing")
	}
	columns := lists.Row{}
	for key, v := range e.Content.Columns {
		columns[key] = v
	}
	columns["type"] = "10"
	e.Content = &lists.Content{Columns: columns, Tables: e.Content.Tables}
	return nil
}

// newest is the newest version of an entry, also one that has yet to begin or took
// it off; nil when it was never on the list.
func newest(tx *store.Tx, list, code string) (*lists.Entry, error) {
	all, err := lists.Versions(tx, list, code)
	if act.KindOf(err) == act.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &all[len(all)-1], nil
}
