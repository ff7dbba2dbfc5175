package catalog

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"

	"tongban/internal/rules/wording"
)

// maxRows bounds a list of items: a province has some 200,000.
const maxRows = 250_000

// ReadCSV reads a list of items known by name: a first line with the names of
// the columns, then a line each. It returns either all entries or everything
// that is wrong.
func ReadCSV(src []byte) ([]*Draft, []Problem) {
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	if !validText(src) {
		return nil, []Problem{{File: "CSV", Msg: wording.M("catalog.file.text")}}
	}
	r := csv.NewReader(bytes.NewReader(src))
	r.FieldsPerRecord = -1
	var rows [][]string
	var lines []int
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			var at *csv.ParseError
			line := 0
			if errors.As(err, &at) {
				line = at.Line
			}
			return nil, []Problem{{File: "CSV", Line: line, Msg: wording.M("catalog.list.csv")}}
		}
		line, _ := r.FieldPos(0)
		rows, lines = append(rows, record), append(lines, line)
		if len(rows) > maxRows {
			return nil, []Problem{{File: "CSV", Msg: wording.M("catalog.list.many", "max", maxRows)}}
		}
	}
	t := table{sheet: "CSV", rows: rows, lines: lines}
	return t.read()
}
