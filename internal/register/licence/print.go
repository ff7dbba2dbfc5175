package licence

import (
	"tongban/internal/register/licence/sheet"
	"tongban/internal/rules/wording"
)

// PDF prints a licence, after the commit. What is printed comes from the sealed
// document alone.
func PDF(p *sheet.Printer, s Shown) ([]byte, error) {
	d := s.Document
	out := sheet.Document{
		Title: d.Title, Number: d.Number, Agency: d.Agency, KeyID: d.Key, Code: s.Code, Day: d.Day, Sample: d.Sample,
	}
	line := func(key, value string) {
		out.Lines = append(out.Lines, sheet.Line{Label: wording.Text(wording.ZH, "licence.field."+key), Value: value})
	}
	line("holder", d.Holder)
	for _, f := range d.Fields {
		out.Lines = append(out.Lines, sheet.Line{Label: f.Label, Value: f.Value})
	}
	line("agency", d.Agency)
	line("day", wording.Date(wording.ZH, d.Day))
	last := wording.Text(wording.ZH, "licence.sheet.forever")
	if d.Last != 0 {
		last = wording.Date(wording.ZH, d.Last)
	}
	line("span", wording.Text(wording.ZH, "licence.sheet.span", "from", wording.Date(wording.ZH, d.From), "last", last))
	return p.PDF(out)
}
