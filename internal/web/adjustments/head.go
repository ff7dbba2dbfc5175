package adjustments

import (
	"net/http"
	"slices"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/law"
	"tongban/internal/rules/day"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/adjust"
)

// headFields are what an adjustment says of itself: of which change of a law or which
// batch of a higher level it comes, to be chosen among those that are open and the one
// that it has.
func (o *desk) headFields(tx *store.Tx, agency string, change, order int64) ([]ui.Field, error) {
	source := adjust.Own
	switch {
	case change != 0:
		source = adjust.Law
	case order != 0:
		source = adjust.Above
	}
	level := choices(field(ui.FieldSelect, "level", false), "adjust.level.", adjust.Levels)
	from := choices(field(ui.FieldSelect, "source", false), "adjust.source.", adjust.Sources)
	from.Value = source
	changes, err := changeField(tx, agency, change)
	if err != nil {
		return nil, err
	}
	orders, err := orderField(tx, order)
	effective := field(ui.FieldDay, "from", false)
	effective.Hint = ui.M("adjustments.hint.from")
	return []ui.Field{field(ui.FieldText, "document", false), level, from, changes, orders, effective, field(ui.FieldArea, "reason", false)}, err
}

// changeField offers the changes of laws.
func changeField(tx *store.Tx, agency string, has int64) (ui.Field, error) {
	f := field(ui.FieldSelect, "law_change", true)
	f.Hint = ui.M("adjustments.hint.law_change")
	f.Options = append(f.Options, ui.Option{Label: ui.M("adjustments.none")})
	list, err := adjust.OpenChanges(tx, agency)
	if err == nil && has != 0 && !slices.ContainsFunc(list, func(x law.Change) bool { return x.ID == has }) {
		var x law.Change
		if x, err = law.ChangeByID(tx, has); err == nil {
			list = append([]law.Change{x}, list...)
		}
	}
	if err != nil && act.KindOf(err) != act.NotFound {
		return f, err
	}
	f.Value = chosenID(has)
	for _, x := range list {
		label, err := changeName(tx, x)
		if err != nil {
			return f, err
		}
		f.Options = append(f.Options, ui.Option{Value: strconv.FormatInt(x.ID, 10), Label: label})
	}
	return f, nil
}

// changeName is what happened to which law, and from when it counts.
func changeName(tx *store.Tx, x law.Change) (ui.Text, error) {
	l, err := law.ByID(tx, x.Law)
	return ui.M("adjustments.law_change", "law", l.Title, "what", x.Kind.Label(), "day", ui.OnDay(x.On)), err
}

// orderField offers the batches of higher levels.
func orderField(tx *store.Tx, has int64) (ui.Field, error) {
	f := field(ui.FieldSelect, "order", true)
	f.Hint = ui.M("adjustments.hint.order")
	f.Options = append(f.Options, ui.Option{Label: ui.M("adjustments.none")})
	list, err := adjust.OpenOrders(tx)
	if err == nil && has != 0 && !slices.ContainsFunc(list, func(x adjust.Order) bool { return x.ID == has }) {
		var x adjust.Order
		if x, err = adjust.OrderByID(tx, has); err == nil {
			list = append([]adjust.Order{x}, list...)
		}
	}
	if err != nil && act.KindOf(err) != act.NotFound {
		return f, err
	}
	f.Value = chosenID(has)
	for _, x := range list {
		f.Options = append(f.Options, ui.Option{Value: strconv.FormatInt(x.ID, 10), Label: ui.M("adjustments.order", "document", x.Document, "title", x.Title)})
	}
	return f, nil
}

// chosenID is an id as a choice has it; 0 is none.
func chosenID(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

// headOf are the fields of an adjustment's head with what it says; in one page with
// other forms, so that their names are their own.
func (o *desk) headOf(tx *store.Tx, x adjust.Adjustment) ([]ui.Field, error) {
	says := map[string]string{"document": x.Document, "level": x.Level, "source": x.Source, "from": x.From.String(), "reason": x.Reason}
	fields, err := o.headFields(tx, x.Agency, x.LawChange, x.Order)
	for i := range fields {
		if said, ok := says[fields[i].Name]; ok {
			fields[i].Value = said
		}
		fields[i].Name = headPrefix + fields[i].Name
	}
	return fields, err
}

// headPrefix is before the names of the head's fields where other forms stand beside.
const headPrefix = "head_"

// newPage shows the form of a new adjustment; the address may say where it comes from.
func (o *desk) newPage(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	change, _ := strconv.ParseInt(q.Get("law_change"), 10, 64)
	order, _ := strconv.ParseInt(q.Get("order"), 10, 64)
	if fields, ok := o.newFields(w, r, change, order); ok {
		o.newForm(w, r, fields, nil)
	}
}

func (o *desk) newFields(w http.ResponseWriter, r *http.Request, change, order int64) (fields []ui.Field, ok bool) {
	ok = o.Read(w, r, func(tx *store.Tx) (err error) {
		fields, err = o.headFields(tx, door.Actor(r).Agency, change, order)
		return err
	})
	return fields, ok
}

func (o *desk) newForm(w http.ResponseWriter, r *http.Request, fields []ui.Field, wrong []ui.FieldError) {
	o.render(w, r, "new", ui.Page{Title: ui.M("adjustments.new"), Data: fields, Errors: wrong, Back: &ui.Link{Text: ui.M("adjustments.title"), Href: here}})
}

func (o *desk) begin(w http.ResponseWriter, r *http.Request) {
	head, err := typedHead(r, "", o.House.Store.Now().Day())
	var begun adjust.Begun
	if err == nil {
		begun, err = o.adjust.Begin(r.Context(), door.Actor(r), door.Key(r), head)
	}
	if wrong, ok := door.Wrong(err); ok {
		if fields, ok := o.newFields(w, r, head.LawChange, head.Order); ok {
			o.newForm(w, r, fields, ui.Fill(fields, r.PostForm, wrong))
		}
		return
	}
	o.settled(w, r, err, address(begun.ID)+"?done=saved")
}

// typedHead reads what a form says of an adjustment.
func typedHead(r *http.Request, prefix string, today day.Day) (adjust.Head, error) {
	from, err := dayOf(r, prefix+"from", today)
	return adjust.Head{Document: value(r, prefix+"document"), Level: value(r, prefix+"level"), Reason: value(r, prefix+"reason"),
		Source: value(r, prefix+"source"), LawChange: valueInt(r, prefix+"law_change"), Order: valueInt(r, prefix+"order"), From: from}, err
}

// dayOf reads the effective day; none is left to the command to refuse.
func dayOf(r *http.Request, name string, today day.Day) (day.Day, error) {
	if value(r, name) == "" {
		return 0, nil
	}
	d, err := ui.ParseDay(value(r, name), today, ui.M("adjustments.field.from"))
	return d, asField("from", err)
}
