package paper

import "tongban/internal/register/licence/sheet"

// PDF prints a paper again as it was written, after the commit.
func PDF(p *sheet.Printer, o Opened) ([]byte, error) {
	d := o.Document
	return p.PDF(sheet.Document{
		Title: d.Title, Number: d.Number, Body: d.Body, Agency: d.Agency, KeyID: d.Key, Code: o.Code, Day: d.Day, Sample: d.Sample,
	})
}
