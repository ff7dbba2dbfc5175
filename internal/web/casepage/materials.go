package casepage

import (
	"fmt"
	"net/http"

	"tongban/internal/record/file"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// Materials is the page of what was handed in: the list, and one of them with
// its picture on the left and what is checked on the right.
type Materials struct {
	Table ui.Table
	Shown *Material
}

// Material is one material as it is looked at.
type Material struct {
	Name   string
	Facts  []ui.Fact
	Files  []Attached
	Why    string
	Basis  string
	How    string
	Mark   string // address that marks it as compared with the original, "" for none
	Seen   int64
	Action string
}

// Attached is a file of a material.
type Attached struct {
	file.Attachment
	Open    string
	Picture string // "" for what is no picture
}

var states = map[string]ui.Tone{
	casework.MaterialGiven: ui.ToneNow, casework.MaterialSupplied: ui.ToneOK, casework.MaterialBring: ui.ToneTodo,
	casework.MaterialDeferred: ui.ToneOff, casework.MaterialMissing: ui.ToneTodo, casework.MaterialChecked: ui.ToneOK, casework.MaterialWaived: ui.ToneOff,
}

// MaterialState is where a material stands, in the words of the office.
func MaterialState(state string) ui.Status {
	return ui.Status{Tone: states[state], Text: ui.M("office.material." + state)}
}

func (p *Pages) materials(w http.ResponseWriter, r *http.Request) {
	a, c, ok := p.look(w, r)
	if !ok {
		return
	}
	v := p.view(c, a, "materials")
	at, err := p.attachments(r, c)
	if err != nil {
		p.door.Fail(w, r, err)
		return
	}
	chosen := r.URL.Query().Get("m")
	m := Materials{Table: ui.Table{Caption: ui.M("office.case.materials"), HideCaption: true, Empty: ui.Empty{Text: ui.M("office.materials.none")},
		Columns: []ui.Column{{Label: ui.M("office.materials.name")}, {Label: ui.M("office.materials.source")}, {Label: ui.M("office.materials.grade")}, {Label: ui.M("office.materials.state")}}}}
	for _, x := range c.Facts.Materials {
		if chosen == "" && len(at[x.Key]) > 0 {
			chosen = x.Key
		}
		s := MaterialState(x.State)
		m.Table.Rows = append(m.Table.Rows, ui.Row{ID: x.Key, Cells: []ui.Cell{
			{Text: ui.Plain(materialName(c, x.Key)), Href: Address(c.ID, "materials?m="+x.Key)}, {Text: sourceOf(x)}, {Text: grade(x.Grade)}, {Status: &s}}})
		if x.Key == chosen {
			m.Shown = shown(c, x, at[x.Key])
		}
	}
	if m.Shown != nil && able(a, "case.check", window(c.Item)) && c.Status == casework.Received {
		if x := c.Facts.Material(chosen); x.State != casework.MaterialSupplied && x.State != casework.MaterialChecked {
			m.Shown.Mark, m.Shown.Action = chosen, fmt.Sprintf("/counter/case/%d/check", c.ID)
		}
	}
	v.Part = m
	p.render(w, r, "materials", "office.case.title.materials", v)
}

func sourceOf(x casework.MaterialIn) ui.Text {
	if x.Source != "" {
		return ui.Plain(x.Source)
	}
	if len(x.Files) > 0 {
		return ui.M("office.materials.uploaded", "n", len(x.Files))
	}
	return ui.M("office.materials.paper")
}

func grade(g string) ui.Text {
	if g == "" {
		return ui.M("office.grade.none")
	}
	return ui.M("office.grade." + g)
}

func shown(c *casework.Case, x casework.MaterialIn, files []file.Attachment) *Material {
	m := &Material{Name: materialName(c, x.Key)}
	s := MaterialState(x.State)
	m.Facts = []ui.Fact{{Label: ui.M("office.materials.state"), Status: &s}, {Label: ui.M("office.materials.grade"), Value: grade(x.Grade)}, {Label: ui.M("office.materials.source"), Value: sourceOf(x)}}
	if of := ItemMaterial(c.Item, x.Key); of != nil {
		m.Why, m.Basis, m.How = of.Why, of.Basis, of.How
	}
	for _, f := range files {
		at := Attached{Attachment: f, Open: fmt.Sprintf("/office/file/%d", f.ID)}
		if f.Type == file.JPG || f.Type == file.PNG {
			at.Picture = at.Open + "/picture"
		}
		m.Files = append(m.Files, at)
	}
	return m
}

// ItemMaterial is what the item says about a material; nil when it has none.
func ItemMaterial(v *catalog.Version, key string) *catalog.Material {
	for i := range v.Materials {
		if v.Materials[i].Key == key {
			return &v.Materials[i]
		}
	}
	return nil
}

// attachments are the files of a case by material.
func (p *Pages) attachments(r *http.Request, c *casework.Case) (map[string][]file.Attachment, error) {
	all := map[string][]file.Attachment{}
	err := p.door.House.Store.Read(r.Context(), func(tx *store.Tx) error {
		list, err := p.door.House.Files.List(tx, casework.FilesOf(c.ID))
		for _, f := range list {
			all[f.Slot] = append(all[f.Slot], f)
		}
		return err
	})
	return all, err
}
