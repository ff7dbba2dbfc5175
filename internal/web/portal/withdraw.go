package portal

import (
	"net/http"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// mayWithdraw tells whether a page offers to withdraw; the command decides.
func mayWithdraw(status string) bool {
	return status == casework.Received || status == casework.Correcting || status == casework.Handling
}

// withdrawPage asks once more, with what follows from it as the heading.
func (p *portal) withdrawPage(w http.ResponseWriter, r *http.Request, a act.Actor) {
	c, ok := p.looked(w, r, a)
	if !ok {
		return
	}
	back := "/my/" + id(c.ID)
	if !mayWithdraw(c.Status) {
		door.Done(w, r, back)
		return
	}
	p.show(w, r, ui.Page{Name: "portal/confirm", Title: ui.M("portal.withdraw.title"), Back: &ui.Link{Text: ui.M("portal.case.back"), Href: back},
		Data: ui.Confirm{Action: back + "/withdraw", Back: back, Yes: ui.M("portal.withdraw.do"), Legal: ui.M("portal.withdraw.law"),
			Facts:  []ui.Fact{{Label: ui.M("portal.item"), Value: itemName(c.Item)}, {Label: ui.M("ui.receipt.number"), Value: ui.Plain(c.Number), Number: true}},
			Fields: []ui.Field{{Kind: ui.FieldArea, Name: "reason", Label: ui.M("portal.withdraw.reason"), Optional: true, Rows: 3}}}})
}

func (p *portal) withdraw(w http.ResponseWriter, r *http.Request, a act.Actor) {
	n, ok := p.number(w, r, "id")
	if !ok {
		return
	}
	in := casework.WithdrawIn{Case: n, Reason: strings.TrimSpace(r.PostFormValue("reason"))}
	if _, err := p.House.Office.Withdraw(r.Context(), a, door.Key(r), in); err != nil {
		p.Fail(w, r, err)
		return
	}
	door.Done(w, r, "/my/"+id(n)+"?was=withdrawn")
}
