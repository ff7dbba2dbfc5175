package catalog

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/token"

	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

// An entry of a list names an item without telling how it is handled: name,
// code, type, agency and, where the list has them, aliases, the code in the
// source and the day from which it holds.

// row is what a row of a file says beside the item itself.
type row struct {
	at     Problem  // where it stands: file, line
	agency string   // the column of its agency
	op     lists.Op // what is to become of the item; Put finds out
	base   int      // number of the version that it was made from; 0 does not ask
	unsaid []string // columns that the file does not have: what they say stays
}

// entryOf makes an entry of a row of a list.
func entryOf(r *lists.FileRow) *Draft {
	c := r.Cells
	d := &Draft{Item: Item{Format: Format, Name: strings.Join(strings.Fields(c.Text("name")), " "), Code: c.Text("code"), Type: c.Text("type"),
		Agency: c.Text("agency"), Aliases: split(c.Text("aliases"))}}
	if s := c.Text("source_code"); s != d.Code {
		d.SourceCode = s
	}
	if s := c.Text("from"); s != "" {
		d.InForce.From, _ = day.Parse(s) // it was read as a day
	}
	d.row = row{at: asProblem(r.Wrong("", wording.Message{})), agency: r.Wrong("agency", wording.Message{}).Column, op: r.Op, base: r.Base}
	for _, key := range []string{"aliases", "source_code"} {
		if !r.Says(key) {
			d.row.unsaid = append(d.row.unsaid, key)
		}
	}
	d.write()
	return d
}

// stays takes over what the file has no column for, and the day when that is the
// one of the version that the row was made from.
func (d *Draft) stays(was *newest) {
	for _, key := range d.row.unsaid {
		switch key {
		case "aliases":
			d.Aliases = was.Aliases
		case "source_code":
			d.SourceCode = was.SourceCode
		}
	}
	if d.InForce.From == was.from {
		d.InForce.From = 0
	}
	d.write()
}

// says tells whether an entry of a list says nothing that the version does not.
func (v *newest) says(d *Draft) bool {
	return strings.Join(strings.Fields(v.Name), " ") == d.Name && v.Type == d.Type && v.Agency == d.Agency &&
		gbcode.Normalize(v.SourceCode) == gbcode.Normalize(d.SourceCode) &&
		slices.Equal(split(strings.Join(v.Aliases, listed)), split(strings.Join(d.Aliases, listed))) &&
		(d.InForce.From == 0 || d.InForce.From == v.from)
}

// write writes the entry as an item.yaml of its own.
func (d *Draft) write() {
	if d.NameOnly() {
		d.ItemYAML = d.Item.plain()
	}
}

// noGuide is what the writer of YAML says of a guide that there is not.
var noGuide = sync.OnceValue(func() []byte {
	b, err := yaml.MarshalWithOptions(&Item{}, yaml.OmitEmpty())
	if err != nil {
		panic(err) // it is empty
	}
	return b[bytes.Index(b, []byte("terms:")):]
})

// plain is an item known by name as the writer of YAML writes it, byte for byte, in a
// fiftieth of its time and memory: a province has 200,000 of them in one file. What
// it does not know (a text of several lines) is left to that writer.
func (it *Item) plain() []byte {
	b := make([]byte, 0, 512)
	several := false
	scalar := func(key, s string) {
		if s == "" {
			return
		}
		several = several || strings.ContainsAny(s, "\r\n")
		b = append(append(b, key...), ' ')
		if token.IsNeedQuoted(s) {
			b = strconv.AppendQuote(b, s)
		} else {
			b = append(b, s...)
		}
		b = append(b, '\n')
	}
	scalar("format:", it.Format)
	scalar("code:", it.Code)
	b = append(b, "base: {}\n"...)
	scalar("name:", it.Name)
	scalar("source_code:", it.SourceCode)
	if len(it.Aliases) > 0 {
		b = append(b, "aliases:\n"...)
	}
	for _, a := range it.Aliases {
		several = several || a == ""
		scalar("-", a)
	}
	scalar("type:", it.Type)
	scalar("agency:", it.Agency)
	if it.InForce == (Force{}) {
		b = append(b, "in_force: {}\n"...)
	} else {
		b = append(b, "in_force:\n"...)
		for _, x := range []struct {
			key string
			on  day.Day
		}{{"  from:", it.InForce.From}, {"  until:", it.InForce.Until}} {
			if x.on != 0 {
				scalar(x.key, x.on.String())
			}
		}
	}
	if several {
		b, err := yaml.MarshalWithOptions(it, yaml.OmitEmpty())
		if err != nil {
			panic(err) // texts and days only
		}
		return b
	}
	return bytes.Clone(append(b, noGuide()...)) // as long as it is
}

// readEntry reads an entry back from its item.yaml.
func readEntry(written []byte) (*Draft, error) {
	d := &Draft{ItemYAML: written}
	return d, yaml.Unmarshal(written, &d.Item)
}

// listRow is what a row of a list tells of an item, without the day.
func listRow(it *Item) lists.Row {
	r := lists.Row{"code": it.Code, "name": it.Name, "type": it.Type, "agency": it.Agency}
	for key, v := range map[string]string{"aliases": strings.Join(it.Aliases, listed), "source_code": it.SourceCode} {
		if v != "" {
			r[key] = v
		}
	}
	return r
}

// listed is what stands between the names of a list within a cell.
const listed = "、"

// split reads a list within a cell.
func split(s string) []string {
	var out []string
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("、，,；;|\n", r) }) {
		if f = strings.Join(strings.Fields(f), " "); f != "" && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}
