package portal

import (
	"net/http"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/web/ui"
)

type proofData struct {
	Number string
	File   string
	Name   string // of the file, as the command is told
	Keys   []ui.Fact
	Origin string
	Seen   []ledger.Cosigned // what witnesses said last
	Others []ui.Fact         // keys of the witnesses
}

// proofKeys is what a reader needs to check a proof: the keys of the log and of
// those who cosign it, and how far they have.
func (p *portal) proofKeys(r *http.Request) (proofData, error) {
	data := proofData{Name: "FILE", Origin: p.House.Options.Origin, Keys: []ui.Fact{
		{Label: ui.Plain("Ed25519"), Value: ui.Plain(p.House.LogKeys.Ed25519Key), Number: true},
		{Label: ui.Plain("SM2"), Value: ui.Plain(p.House.LogKeys.SM2Key), Number: true}}}
	for _, w := range p.House.Ledger.Witnesses() {
		data.Others = append(data.Others, ui.Fact{Label: ui.Plain(w.Key.Name()), Value: ui.Plain(w.Key.String()), Number: true})
	}
	if len(data.Others) == 0 {
		return data, nil
	}
	err := p.House.Store.Read(r.Context(), func(tx *store.Tx) (err error) {
		data.Seen, err = p.House.Ledger.Cosigned(tx)
		return err
	})
	return data, err
}

// proofHelp says how a proof is checked, with the public keys of the log.
func (p *portal) proofHelp(w http.ResponseWriter, r *http.Request) {
	data, err := p.proofKeys(r)
	if err != nil {
		p.Fail(w, r, p.House.Runner.SettleFor(r.Context(), "proof", err))
		return
	}
	p.show(w, r, ui.Page{Name: "portal/proof", Title: ui.M("portal.proof.help"), Data: data})
}

func (p *portal) proofPage(w http.ResponseWriter, r *http.Request, a act.Actor) {
	c, ok := p.looked(w, r, a)
	if !ok {
		return
	}
	data, err := p.proofKeys(r)
	if err != nil {
		p.Fail(w, r, p.House.Runner.SettleFor(r.Context(), "proof", err))
		return
	}
	data.Number, data.File, data.Name = c.Number, "/my/"+id(c.ID)+"/proof.json", proofName(c.ID)
	p.show(w, r, ui.Page{Name: "portal/proof", Title: ui.M("portal.proof.title"), Back: &ui.Link{Text: ui.M("portal.case.back"), Href: "/my/" + id(c.ID)}, Data: data})
}

// proof is every act on the case up to now, against a checkpoint signed now.
func (p *portal) proof(w http.ResponseWriter, r *http.Request, a act.Actor) {
	n, ok := p.number(w, r, "id")
	if !ok {
		return
	}
	proof, err := p.House.Office.Proof(r.Context(), a, n)
	if err != nil {
		p.Fail(w, r, err)
		return
	}
	file, err := proof.Encode()
	if err != nil {
		p.Fail(w, r, p.House.Runner.SettleFor(r.Context(), "proof", err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", `attachment; filename="`+proofName(n)+`"`)
	w.Header().Set("Cache-Control", "private, no-store")
	_, _ = w.Write(file)
}

func proofName(n int64) string { return "tongban-proof-" + id(n) + ".json" }
