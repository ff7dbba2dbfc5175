package portal

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

const (
	courier    = "courier"
	addressMax = 200 // characters of an address for the courier
)

type deliveryData struct {
	Action string
	Place  ui.Text
	Fields []ui.Field
	Saved  ui.Text
}

func (d *draft) deliveryFields() []ui.Field {
	choice := ui.Field{Kind: ui.FieldRadios, Name: "delivery", Label: ui.M("portal.delivery.title"), Value: d.Secret.Delivery, Heading: true}
	for _, x := range d.Version.Delivery {
		o := ui.Option{Value: x, Label: ui.M("portal.delivery." + x)}
		if x == "window" && d.Version.Contact.Address != "" {
			o.Hint = ui.Plain(d.Version.Contact.Address)
		}
		choice.Options = append(choice.Options, o)
	}
	fields := []ui.Field{choice}
	if slices.Contains(d.Version.Delivery, courier) {
		address := ui.Field{Kind: ui.FieldText, Name: "address", Label: ui.M("portal.delivery.address"), Hint: ui.M("portal.delivery.address.hint"),
			Value: d.Secret.Address, Autocomplete: "street-address", Optional: true}
		if address.Value == "" {
			address.Value = d.home()
		}
		fields = append(fields, address)
	}
	return fields
}

// home is the person's own address, where the form has it.
func (d *draft) home() string {
	for _, element := range []string{"person.address", "enterprise.address"} {
		for _, key := range d.Version.Form.Elements()[element] {
			if v, ok := d.Values[key]; ok {
				return fmt.Sprint(v)
			}
		}
	}
	return ""
}

func (p *portal) deliveryPage(w http.ResponseWriter, r *http.Request, a act.Actor) {
	if d, ok := p.open(w, r, a); ok {
		p.showDelivery(w, r, d, nil)
	}
}

func (p *portal) showDelivery(w http.ResponseWriter, r *http.Request, d *draft, wrong map[string]ui.Text) {
	data := deliveryData{Action: d.href("delivery"), Place: d.place("delivery"), Fields: d.deliveryFields(), Saved: d.saved()}
	page := ui.Page{Name: "portal/delivery", Title: ui.M("portal.delivery.title"), OwnHeading: true, Back: d.before("delivery"), Data: data}
	if len(wrong) > 0 {
		page.Errors = ui.Fill(data.Fields, r.PostForm, wrong)
		p.wrong(w, r, page)
		return
	}
	p.show(w, r, page)
}

func (p *portal) delivery(w http.ResponseWriter, r *http.Request, a act.Actor) {
	d, ok := p.open(w, r, a)
	if !ok {
		return
	}
	way, address := r.PostFormValue("delivery"), strings.Join(strings.Fields(r.PostFormValue("address")), " ")
	wrong := map[string]ui.Text{}
	if !slices.Contains(d.Version.Delivery, way) {
		wrong["delivery"] = ui.M("casework.apply.delivery")
	}
	if way == courier && len([]rune(address)) < 6 || len([]rune(address)) > addressMax {
		wrong["address"] = ui.M("portal.delivery.where")
	}
	if len(wrong) > 0 {
		p.showDelivery(w, r, d, wrong)
		return
	}
	if way != courier {
		address = ""
	}
	if _, err := p.House.Office.SaveDraft(r.Context(), a, door.Key(r), casework.DraftIn{Draft: d.ID, Delivery: way, Address: address}); err != nil {
		p.Fail(w, r, err)
		return
	}
	if r.PostForm.Get("act") == "keep" {
		door.Done(w, r, "/draft/"+id(d.ID))
		return
	}
	door.Done(w, r, d.after("delivery"))
}
