package admin

import (
	"net/http"
	"strconv"

	"tongban/internal/record/job"
	"tongban/internal/record/store"
	"tongban/internal/web/ui"
)

// System is how the platform stands, for whoever keeps it.
type System struct {
	ReadOnly  string
	Facts     []ui.Fact
	Followers ui.Table
	Parked    ui.Table
	Keys      []ui.Fact
}

const parkedMost = 20

func (o *desk) system(w http.ResponseWriter, r *http.Request) {
	h := o.door.House
	data := System{Followers: ui.Table{Caption: ui.M("admin.system.followers"), Plain: true, Empty: ui.Empty{Text: ui.M("admin.system.followers.none")},
		Columns: []ui.Column{{Label: ui.M("admin.field.name")}, {Label: ui.M("admin.system.behind"), Number: true}, {Label: ui.M("admin.system.parked"), Number: true}}},
		Parked: ui.Table{Caption: ui.M("admin.system.jobs.parked"), Empty: ui.Empty{Text: ui.M("admin.system.jobs.none")}, Columns: []ui.Column{{Label: ui.M("admin.system.job")}, {Label: ui.M("admin.system.why")}}},
		Keys:   []ui.Fact{{Label: ui.M("admin.system.ed25519"), Value: ui.Plain(h.LogKeys.Ed25519Key), Number: true}, {Label: ui.M("admin.system.sm2"), Value: ui.Plain(h.LogKeys.SM2Key), Number: true}}}
	if err := h.ReadOnly(); err != nil {
		data.ReadOnly = err.Error()
	} else if why := h.Store.Broken(); why != "" {
		data.ReadOnly = why
	}
	if !o.door.Read(w, r, func(tx *store.Tx) error {
		if err := o.ledger(tx, &data); err != nil {
			return err
		}
		n, err := job.Count(tx)
		if err != nil {
			return err
		}
		for _, x := range []struct {
			name string
			n    int64
			tone ui.Tone
		}{{"waiting", n.Waiting, ui.ToneDone}, {"late", n.Late, ui.ToneTodo}, {"jobs_parked", n.Parked, ui.ToneLegal}} {
			s := ui.Status{Tone: ui.ToneDone, Text: ui.Plain(strconv.FormatInt(x.n, 10))}
			if x.n > 0 {
				s.Tone = x.tone
			}
			data.Facts = append(data.Facts, ui.Fact{Label: ui.M("admin.system." + x.name), Status: &s})
		}
		parked, err := job.ListParked(tx, parkedMost)
		for _, p := range parked {
			data.Parked.Rows = append(data.Parked.Rows, ui.Row{Cells: ui.Cells(ui.Plain(p.Kind+" "+p.Key), ui.Plain(p.Error))})
		}
		years := h.Office.Calendar().Years()
		if len(years) > 0 {
			data.Facts = append(data.Facts, ui.Fact{Label: ui.M("admin.system.calendar"), Value: ui.M("admin.system.years", "from", years[0], "to", years[len(years)-1])})
		}
		return err
	}) {
		return
	}
	o.render(w, r, "system", "admin.system.title", ui.Page{Current: "/admin/system", Data: data})
}

// ledger tells how far the record is signed and what watches it.
func (o *desk) ledger(tx *store.Tx, data *System) error {
	h := o.door.House
	size, signed, err := h.Ledger.Sizes(tx)
	if err != nil {
		return err
	}
	name, err := h.Ledger.Name(tx)
	if err != nil {
		return err
	}
	s := ui.Status{Tone: ui.ToneOK, Text: ui.M("admin.system.all_signed", "n", size)}
	if signed < size {
		s = ui.Status{Tone: ui.ToneTodo, Text: ui.M("admin.system.signed_to", "signed", signed, "n", size)}
	}
	data.Facts = append(data.Facts, ui.Fact{Label: ui.M("admin.system.log"), Value: ui.Plain(name)}, ui.Fact{Label: ui.M("admin.system.checkpoint"), Status: &s})
	for _, f := range h.Followers {
		behind, parked, err := h.Ledger.Lag(tx, f)
		if err != nil {
			return err
		}
		data.Followers.Rows = append(data.Followers.Rows, ui.Row{Cells: ui.Cells(ui.Plain(f.Name), ui.Count(behind), ui.Count(parked))})
	}
	return nil
}
