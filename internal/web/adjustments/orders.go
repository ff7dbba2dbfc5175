package adjustments

import (
	"net/http"
	"strconv"

	"tongban/internal/record/store"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/adjust"
)

// Orders is the batches of higher levels.
type Orders struct {
	Table  ui.Table
	Next   string
	Fields []ui.Field
	May    bool
}

func orderFields() []ui.Field {
	items, days := field(ui.FieldNumber, "items", false), field(ui.FieldNumber, "days", false)
	items.Chars, days.Chars = 4, 4
	return []ui.Field{field(ui.FieldText, "document", false), field(ui.FieldText, "issuer", false), field(ui.FieldText, "title", false), items, field(ui.FieldDay, "decreed", false), days}
}

func (o *desk) orders(w http.ResponseWriter, r *http.Request) { o.ordersWith(w, r, orderFields(), nil) }

func (o *desk) ordersWith(w http.ResponseWriter, r *http.Request, fields []ui.Field, wrong []ui.FieldError) {
	data := Orders{Fields: fields, Table: ui.Table{Caption: ui.M("adjustments.orders"), HideCaption: true, Columns: columns("document", "decreed", "until", "answered", "listed"),
		Empty: ui.Empty{Text: ui.M("adjustments.orders.none")}}}
	if !o.Read(w, r, func(tx *store.Tx) error {
		data.May = o.allowed(tx, r, adjust.CommandOrder)
		before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
		list, err := adjust.Orders(tx, before, onPage)
		if err != nil {
			return err
		}
		if len(list) == onPage {
			data.Next = batches + "?before=" + strconv.FormatInt(list[onPage-1].ID, 10)
		}
		for _, x := range list {
			tasks, err := adjust.Tasks(tx, x)
			if err != nil {
				return err
			}
			answered, listed := 0, 0
			for _, t := range tasks {
				if t.Answer != "" {
					answered++
				}
				if t.Listed != 0 {
					listed++
				}
			}
			data.Table.Rows = append(data.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: ui.Plain(x.Document), Href: batches + "/" + strconv.FormatInt(x.ID, 10), Note: ui.Plain(x.Title)},
				{Text: ui.OnDay(x.Decreed)}, {Text: ui.OnDay(x.Until)}, {Text: ui.M("adjustments.of", "n", answered, "all", len(tasks))}, {Text: ui.Count(listed)}}})
		}
		return nil
	}) {
		return
	}
	o.render(w, r, "orders", ui.Page{Title: ui.M("adjustments.orders"), Data: data, Errors: wrong, Back: &ui.Link{Text: ui.M("adjustments.title"), Href: here}})
}

func (o *desk) order(w http.ResponseWriter, r *http.Request) {
	fields := orderFields()
	in := adjust.NewOrder{Document: value(r, "document"), Issuer: value(r, "issuer"), Title: value(r, "title"), Items: int(valueInt(r, "items")), Days: int(valueInt(r, "days"))}
	var err error
	if value(r, "decreed") != "" {
		in.Decreed, err = ui.ParseDay(value(r, "decreed"), o.House.Store.Now().Day(), ui.M("adjustments.field.decreed"))
		err = asField("decreed", err)
	}
	if err == nil {
		_, err = o.adjust.Order(r.Context(), door.Actor(r), door.Key(r), in)
	}
	if wrong, ok := door.Wrong(err); ok {
		o.ordersWith(w, r, fields, ui.Fill(fields, r.PostForm, wrong))
		return
	}
	o.settled(w, r, err, batches+"?done=ordered")
}

// OrderPage is a batch with what each body below does about it.
type OrderPage struct {
	adjust.Order
	Here   string
	Facts  []ui.Fact
	Table  ui.Table
	Fields []ui.Field
	May    bool // the reader's own task waits
	Begin  string
}

func followFields() []ui.Field {
	answer := choices(ui.Field{Kind: ui.FieldRadios, Name: "answer", Label: ui.M("adjustments.field.answer"), Inline: true}, "adjust.order.", []string{adjust.Follow, adjust.NotApplicable})
	return []ui.Field{answer, field(ui.FieldArea, "reason", true)}
}

func (o *desk) orderPage(w http.ResponseWriter, r *http.Request) {
	o.orderWith(w, r, followFields(), nil)
}

func (o *desk) orderWith(w http.ResponseWriter, r *http.Request, fields []ui.Field, wrong []ui.FieldError) {
	d := OrderPage{Fields: fields, Here: batches + "/" + strconv.FormatInt(number(r), 10),
		Table: ui.Table{Caption: ui.M("adjustments.bodies"), HideCaption: true, Columns: columns("agency", "answer", "reason", "listed_from", "days")}}
	if !o.Read(w, r, func(tx *store.Tx) error {
		var err error
		if d.Order, err = adjust.OrderByID(tx, number(r)); err != nil {
			return err
		}
		d.Facts = append(d.Facts, ui.Fact{Label: ui.M("adjustments.field.issuer"), Value: ui.Plain(d.Issuer)}, ui.Fact{Label: ui.M("adjustments.field.decreed"), Value: ui.OnDay(d.Decreed)}, ui.Fact{Label: ui.M("adjustments.col.until"), Value: ui.OnDay(d.Until)},
			ui.Fact{Label: ui.M("adjustments.field.items"), Value: ui.Count(d.Items)})
		if o.allowed(tx, r, adjust.CommandDraft) {
			d.Begin = here + "/new?order=" + strconv.FormatInt(d.ID, 10)
		}
		tasks, err := adjust.Tasks(tx, d.Order)
		if err != nil {
			return err
		}
		whole, err := o.whole(tx, r)
		if err != nil {
			return err
		}
		for _, t := range tasks {
			if !whole && t.Agency != door.Actor(r).Agency {
				continue
			}
			d.May = d.May || t.Agency == door.Actor(r).Agency && t.Answer == "" && o.allowed(tx, r, adjust.CommandFollow)
			row, err := o.taskRow(tx, t)
			if err != nil {
				return err
			}
			d.Table.Rows = append(d.Table.Rows, row)
		}
		return nil
	}) {
		return
	}
	o.render(w, r, "order", ui.Page{Title: ui.M("adjustments.one", "document", d.Document), Data: d, Errors: wrong, Back: &ui.Link{Text: ui.M("adjustments.orders"), Href: batches}})
}

func (o *desk) taskRow(tx *store.Tx, t adjust.Task) (ui.Row, error) {
	name, err := o.House.People.AgencyName(tx, t.Agency, tx.Today())
	state := ui.Status{Tone: ui.ToneTodo, Text: ui.M("adjustments.waiting")}
	switch {
	case t.Answer != "":
		state = ui.Status{Tone: ui.ToneDone, Text: ui.M("adjust.order." + t.Answer)}
	case t.Late:
		state = ui.Status{Tone: ui.ToneLegal, Text: ui.M("adjustments.late")}
	}
	row := ui.Row{Cells: []ui.Cell{{Text: ui.Plain(name)}, {Status: &state}, {Text: ui.Plain(t.Reason)}, {}, {}}}
	if t.Listed != 0 {
		row.Cells[3].Text = ui.OnDay(t.Listed)
	}
	if t.Days > 0 {
		row.Cells[4].Text = ui.CalendarDays(t.Days)
	}
	return row, err
}

func (o *desk) follow(w http.ResponseWriter, r *http.Request) {
	fields := followFields()
	err := o.adjust.Settle(r.Context(), door.Actor(r), door.Key(r), number(r), door.Actor(r).Agency, value(r, "answer"), value(r, "reason"))
	if wrong, ok := door.Wrong(err); ok {
		o.orderWith(w, r, fields, ui.Fill(fields, r.PostForm, wrong))
		return
	}
	o.settled(w, r, err, batches+"/"+strconv.FormatInt(number(r), 10)+"?done=said")
}
