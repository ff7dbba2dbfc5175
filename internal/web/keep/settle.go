package keep

import (
	"net/http"
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

const listMost = 100

// list is the requests that wait for somebody to settle them, and those that are
// carried out bit by bit.
func (k *room) list(w http.ResponseWriter, r *http.Request) {
	t := ui.Table{Caption: ui.M("keep.list"), HideCaption: true, Empty: ui.Empty{Text: ui.M("keep.list.none")},
		Columns: []ui.Column{{Label: ui.M("keep.col.who")}, {Label: ui.M("keep.col.asked")}, {Label: ui.M("keep.col.ground")}, {Label: ui.M("keep.col.state")}}}
	for _, state := range []string{casework.ErasureAsked, casework.ErasureApproved} {
		list, err := k.House.Office.Erasures(r.Context(), door.Actor(r), state, 0, listMost)
		if err != nil {
			k.Fail(w, r, err)
			return
		}
		for _, e := range list {
			var name string
			if !k.Read(w, r, func(tx *store.Tx) (err error) {
				name, err = k.House.People.MaskedName(tx, e.Person)
				return err
			}) {
				return
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: ui.Plain(name), Href: "/office/erasures/" + id(e.ID)}, {Text: ui.OnDay(e.Asked.Day())},
				{Text: ui.M("keep.ground." + e.Ground), Note: ui.Plain(e.Article)}, {Text: ui.M("keep.request."+e.State, "day", ui.Long(e.Asked.Day()))}}})
		}
	}
	k.UI.Render(w, r, http.StatusOK, ui.Page{Name: "keep/list", Title: ui.M("keep.menu"), Shell: ui.Staff, Wide: true, Current: "/office/erasures", Data: t})
}

func (k *room) one(w http.ResponseWriter, r *http.Request) { k.showOne(w, r, nil) }

func (k *room) showOne(w http.ResponseWriter, r *http.Request, wrong map[string]ui.Text) {
	e, p, err := k.House.Office.ErasureToSettle(r.Context(), door.Actor(r), number(r, "id"))
	if err != nil {
		k.Fail(w, r, err)
		return
	}
	d := planOf(p)
	d.State = append(d.State, ui.Fact{Label: ui.M("keep.col.ground"), Value: ui.Join{Sep: " · ", Texts: []ui.Text{ui.M("keep.ground." + e.Ground), ui.Plain(e.Article)}}})
	if e.State == casework.ErasureAsked {
		d.Settle = &ui.Confirm{Action: "/office/erasures/" + id(e.ID), Back: "/office/erasures", Yes: ui.M("keep.settle"), Legal: ui.M("keep.settle.law"),
			Fields: []ui.Field{{Kind: ui.FieldRadios, Name: "outcome", Label: ui.M("keep.settle.outcome"),
				Options: []ui.Option{{Value: "approve", Label: ui.M("keep.settle.approve")}, {Value: "refuse", Label: ui.M("keep.settle.refuse")}}},
				{Kind: ui.FieldArea, Name: "reason", Label: ui.M("keep.settle.reason"), Optional: true, Rows: 3}}}
	}
	k.show(w, r, ui.Page{Name: "keep/plan", Title: ui.M("keep.title.settle"), Shell: ui.Staff, Wide: true, Current: "/office/erasures",
		Back: &ui.Link{Text: ui.M("keep.menu"), Href: "/office/erasures"}}, d, wrong)
}

// settle approves or refuses a request.
func (k *room) settle(w http.ResponseWriter, r *http.Request) {
	request, outcome := number(r, "id"), r.PostFormValue("outcome")
	if outcome != "approve" && outcome != "refuse" {
		if _, _, err := k.House.Office.ErasureToSettle(r.Context(), door.Actor(r), request); err != nil {
			k.Fail(w, r, err)
			return
		}
		k.showOne(w, r, map[string]ui.Text{"outcome": ui.M("keep.settle.choose")})
		return
	}
	in := casework.SettleErasureIn{Request: request, Approve: outcome == "approve", Reason: strings.TrimSpace(r.PostFormValue("reason"))}
	_, err := k.House.Office.SettleErasure(r.Context(), door.Actor(r), door.Key(r), in)
	if wrong, ok := door.Wrong(err); ok {
		k.showOne(w, r, wrong)
		return
	}
	if err != nil {
		k.Fail(w, r, err)
		return
	}
	door.Done(w, r, "/office/erasures/"+id(request))
}
