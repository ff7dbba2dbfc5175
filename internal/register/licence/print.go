package licence

import (
	"tongban/internal/register/licence/sheet"
	"tongban/internal/rules/day"
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
	line("day", written(d.Day))
	last := wording.Text(wording.ZH, "licence.sheet.forever")
	if d.Last != 0 {
		last = written(d.Last)
	}
	line("span", wording.Text(wording.ZH, "licence.sheet.span", "from", written(d.From), "last", last))
	return p.PDF(out)
}

// written is a day as it stands on a licence, without the day of the week.
func written(d day.Day) string {
	y, m, n := d.Date()
	return wording.Text(wording.ZH, "licence.sheet.day", "y", y, "m", m, "d", n)
}
