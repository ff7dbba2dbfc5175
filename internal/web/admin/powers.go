package admin

import (
	"net/http"
	"slices"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/power"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// Powers are the powers of an agency and the officers assigned to them.
type Powers struct {
	Agency ui.Field
	Key    string
	Held   []Held
	Pager  ui.Pager
	Give   []ui.Field
	People []Assigned
	Assign []ui.Field
}

// Held is a power in the hands of the agency.
type Held struct {
	power.Holding
	KindText ui.Text
	Item     string // name of the item, "" for a power known by its code only
}

// Assigned is an officer assigned to a power.
type Assigned struct {
	power.Assignment
	Name string
	Item string
	All  bool
}

func (o *desk) powers(w http.ResponseWriter, r *http.Request) {
	key, here := chosenAgency(r), ui.Page{URL: r.URL}
	data := Powers{Key: key}
	if !o.door.Read(w, r, func(tx *store.Tx) (err error) {
		if data.Agency, err = o.agencies(tx, key); err != nil {
			return err
		}
		held, err := o.door.House.Power.PowersOf(tx, key, tx.Today(), r.URL.Query().Get("after"), pageSize+1)
		if err != nil {
			return err
		}
		if len(held) > pageSize {
			held = held[:pageSize]
			data.Pager.Next = here.With("after", held[pageSize-1].Power, "from", strconv.Itoa(from(r)+pageSize))
		}
		data.Pager.From, data.Pager.To, data.Pager.Total = from(r), from(r)+len(held)-1, -1
		for _, h := range held {
			item, err := o.itemName(tx, h.Power)
			if err != nil {
				return err
			}
			data.Held = append(data.Held, Held{Holding: h, KindText: ui.M("admin.power." + string(h.Kind)), Item: item})
		}
		officers, err := o.door.House.Power.OfficersOf(tx, key, tx.Today())
		if err != nil {
			return err
		}
		for _, x := range officers {
			name, err := o.door.House.People.Name(tx, x.Person)
			if err != nil {
				return err
			}
			item, err := o.itemName(tx, x.Power)
			if err != nil {
				return err
			}
			data.People = append(data.People, Assigned{Assignment: x, Name: name, All: x.Power == power.Every, Item: item})
		}
		data.Give, data.Assign, err = o.powerForms(tx, key)
		return err
	}) {
		return
	}
	o.render(w, r, "powers", "admin.powers.title", ui.Page{Current: "/admin/powers", Data: data})
}

// itemName is the name of the item that a power is over, "" when there is none.
func (o *desk) itemName(tx *store.Tx, code string) (string, error) {
	id, err := o.door.House.Items.ByCode(tx, code)
	if act.KindOf(err) == act.NotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	all, err := o.door.House.Items.Versions(tx, id)
	if err != nil {
		return "", err
	}
	return all[len(all)-1].Name, nil
}

// powerForms are the forms of giving a power and of assigning an officer.
func (o *desk) powerForms(tx *store.Tx, agency string) (give, assign []ui.Field, err error) {
	kind := ui.Field{Kind: ui.FieldSelect, Name: "kind", Label: ui.M("admin.col.kind"), Value: string(power.Own)}
	for _, k := range []power.Kind{power.Own, power.Delegated, power.Agreement} {
		kind.Options = append(kind.Options, ui.Option{Value: string(k), Label: ui.M("admin.power." + string(k))})
	}
	giver, err := o.agencies(tx, "")
	giver.Name, giver.Label, giver.Optional = "giver", ui.M("admin.field.giver"), true
	giver.Options = append([]ui.Option{{Label: ui.M("office.none")}}, giver.Options...)
	give = []ui.Field{field(ui.FieldText, "power", false), kind, giver, field(ui.FieldText, "basis", false), field(ui.FieldDay, "from", true)}
	who := ui.Field{Kind: ui.FieldSelect, Name: "person", Label: ui.M("admin.field.person")}
	if err != nil {
		return nil, nil, err
	}
	posts, err := o.door.House.People.PostsAt(tx, agency, tx.Today())
	if err != nil {
		return nil, nil, err
	}
	var seen []int64
	for _, p := range posts {
		if slices.Contains(seen, p.Person) {
			continue
		}
		seen = append(seen, p.Person)
		name, err := o.door.House.People.Name(tx, p.Person)
		if err != nil {
			return nil, nil, err
		}
		who.Options = append(who.Options, ui.Option{Value: strconv.FormatInt(p.Person, 10), Label: ui.Plain(name)})
	}
	code := field(ui.FieldText, "only", true)
	code.Hint = ui.M("admin.power.every")
	return give, []ui.Field{who, code}, nil
}

func powersOf(r *http.Request, done string) string {
	return "/admin/powers?agency=" + value(r, "agency") + "&done=" + done
}

func (o *desk) give(w http.ResponseWriter, r *http.Request) {
	h := power.Holding{Power: value(r, "power"), Agency: value(r, "agency"), Kind: power.Kind(value(r, "kind")), Giver: value(r, "giver"), Basis: value(r, "basis")}
	h.Span.From = o.door.House.Store.Now().Day()
	if s := value(r, "from"); s != "" {
		d, err := ui.ParseDay(s, h.Span.From, ui.M("admin.field.from"))
		if err != nil {
			o.door.Fail(w, r, act.Wrong("admin.day.wrong"))
			return
		}
		h.Span.From = d
	}
	_, err := o.door.House.Power.Give(r.Context(), door.Actor(r), door.Key(r), []power.Holding{h})
	o.done(w, r, err, powersOf(r, "given"))
}

func (o *desk) withdraw(w http.ResponseWriter, r *http.Request) {
	err := o.door.House.Power.Withdraw(r.Context(), door.Actor(r), door.Key(r), power.Withdrawal{Holding: number(r, "id"), Reason: value(r, "reason")})
	o.done(w, r, err, powersOf(r, "withdrawn"))
}

func (o *desk) assign(w http.ResponseWriter, r *http.Request) {
	a := power.Assignment{Person: valueInt(r, "person"), Agency: value(r, "agency"), Power: value(r, "only")}
	if a.Power == "" {
		a.Power = power.Every
	}
	a.Span.From = o.door.House.Store.Now().Day()
	_, err := o.door.House.Power.Assign(r.Context(), door.Actor(r), door.Key(r), []power.Assignment{a})
	o.done(w, r, err, powersOf(r, "assigned"))
}

func (o *desk) unassign(w http.ResponseWriter, r *http.Request) {
	err := o.door.House.Power.Unassign(r.Context(), door.Actor(r), door.Key(r), number(r, "id"))
	o.done(w, r, err, powersOf(r, "unassigned"))
}
