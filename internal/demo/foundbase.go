package demo

import (
	"fmt"

	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
)

// The documents by which the base items of the written items hold, and the lists
// that name what these charge and which services of intermediaries they ask for.
const (
	baseDocument     = "云政办发〔2025〕1号"
	feesDocument     = "云政办发〔2025〕2号"
	servicesDocument = "云政办发〔2025〕3号"
)

// baseItems puts the base items of the items that are written in full on the
// base catalogue, before the items that take name, type and basis from them.
func (f *founding) baseItems() error {
	editor, err := f.actor("zfb_catalogue_1")
	if err != nil {
		return err
	}
	_, drafts, err := writtenItems()
	if err != nil {
		return err
	}
	b := lists.Batch{List: catalog.BaseList, Document: baseDocument, From: Since, Region: f.b.Region, Reason: "基本目录首次公布：写全指南的示范事项"}
	for _, d := range drafts {
		if d.Base.Code == "" {
			return fmt.Errorf("%s names no base item", d.Name)
		}
		if catalog.OfItem(d.Code) == "" { // a variant has its item's
			b.Changes = append(b.Changes, lists.Change{Content: baseItemOf(d)})
		}
	}
	_, err = f.h.Lists.Change(f.ctx, editor, "", b)
	return err
}

// asked puts the lists of fees and of services of intermediaries in force, before
// the items that may ask for nothing else.
func (f *founding) asked() error {
	editor, err := f.actor("zfb_catalogue_1")
	if err != nil {
		return err
	}
	m, err := newListMaker(f.b)
	if err != nil {
		return err
	}
	for _, x := range []struct {
		list, document string
		entries        []lists.Content
	}{{"fee_admin", feesDocument, m.fees("fee_admin")}, {"intermediary", servicesDocument, m.intermediaries()}} {
		b := m.first(x.list, x.entries)
		b.Document = x.document
		if _, err := f.h.Lists.Change(f.ctx, editor, "", b); err != nil {
			return err
		}
	}
	return nil
}

// baseItemOf is the base item that a written item of the demonstration rests on.
func baseItemOf(d *catalog.Draft) lists.Content {
	c := lists.Content{
		Columns: lists.Row{"code": d.Base.Code, "name": d.Name, "type": d.Type, "agency": d.Agency, "county": true, "note": "示范数据"},
		Tables:  map[string][]lists.Row{},
	}
	if d.Type != "20" {
		c.Columns["handling"] = "approval"
	}
	for _, b := range d.Basis {
		if !b.Own {
			c.Tables["basis"] = append(c.Tables["basis"], lists.Row{"article": b.Cited(), "text": b.Text})
		}
	}
	return c
}
