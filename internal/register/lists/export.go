package lists

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"io"
	"iter"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/rules/wording"
)

// Export says how a list is written into a file.
type Export struct {
	Kind  *Kind
	Names Names
	Lang  wording.Lang // of the columns' names and the choices; "" is Chinese, the one that is read back
}

func (x Export) lang() wording.Lang {
	if x.Lang == "" {
		return wording.ZH
	}
	return x.Lang
}

// heads are the names of a part's columns.
func (x Export) heads(part string) []string {
	var list []string
	for _, c := range x.Kind.layout(part) {
		list = append(list, c.Label(x.lang()))
	}
	return list
}

// lines are the rows of an entry in a part, as they stand in a file: one for the
// entry itself, or one for each row of the table.
func (x Export) lines(part string, e Entry) [][]string {
	columns := x.Kind.columns(part)
	one := func(r Row) []string {
		list := make([]string, 0, len(columns)+2)
		for i := range columns {
			list = append(list, x.cell(&columns[i], r[columns[i].Key]))
		}
		return list
	}
	if part == "" {
		return [][]string{append(one(e.Content.Columns), "", strconv.Itoa(e.N))}
	}
	var list [][]string
	for _, r := range e.Content.Tables[part] {
		list = append(list, append([]string{Harmless(e.Code)}, one(r)...))
	}
	return list
}

// cell writes a value so that it is read back as the same, and runs nothing.
func (x Export) cell(c *Column, v any) string {
	if s, isText := v.(string); isText {
		if c.Type == Agency && x.Names.key[x.Names.Agency(s)] != s {
			return Harmless(s) // the name is not its own
		}
		return Harmless(x.Names.Show(c, s, x.lang()))
	}
	return x.Names.Show(c, v, x.lang())
}

// CSV writes the entries of a list, or with part one of the tables below them,
// as text in UTF-8 with its mark, which spreadsheets open. It writes row by row.
func (x Export) CSV(w io.Writer, part string, entries iter.Seq2[Entry, error]) error {
	if part != "" && x.Kind.Table(part) == nil {
		return act.Missing("lists.thing.list")
	}
	b := bufio.NewWriterSize(w, 64<<10)
	if _, err := b.WriteString("\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(b)
	out.UseCRLF = true
	if err := out.Write(x.heads(part)); err != nil {
		return err
	}
	for e, err := range entries {
		if err != nil {
			return err
		}
		for _, line := range x.lines(part, e) {
			if err := out.Write(line); err != nil {
				return err
			}
		}
	}
	if out.Flush(); out.Error() != nil {
		return out.Error()
	}
	return b.Flush()
}

// jsonFormat names the format of a list in JSON.
const jsonFormat = "tongban-list/1"

// JSON writes a list as one document of the form that Schema describes, entry
// by entry. at names the state that it shows.
func (x Export) JSON(w io.Writer, at Stand, entries iter.Seq2[Entry, error]) error {
	b := bufio.NewWriterSize(w, 64<<10)
	head, err := json.Marshal(struct {
		Format string `json:"format"`
		List   string `json:"list"`
		Name   string `json:"name"`
		On     string `json:"on"`
		Seq    int64  `json:"seq"`
	}{jsonFormat, x.Kind.Key, x.Kind.Label(x.lang()), at.Day.String(), at.Seq})
	if err != nil {
		return err
	}
	_, _ = b.Write(head[:len(head)-1])
	_, _ = b.WriteString(`,"entries":[`)
	first := true
	for e, err := range entries {
		if err != nil {
			return err
		}
		if !first {
			_ = b.WriteByte(',')
		}
		first = false
		_ = b.WriteByte('\n')
		if err := x.entryJSON(b, e); err != nil {
			return err
		}
	}
	_, _ = b.WriteString("\n]}\n")
	return b.Flush()
}

// entryJSON writes the content of an entry with its version and span.
func (x Export) entryJSON(b *bufio.Writer, e Entry) error {
	content, err := e.Content.MarshalJSON()
	if err != nil {
		return err
	}
	_, _ = b.WriteString(`{"_version":` + strconv.Itoa(e.N) + `,"_from":"` + e.Span.From.String() + `"`)
	if e.Span.Until != 0 {
		_, _ = b.WriteString(`,"_until":"` + e.Span.Until.String() + `"`)
	}
	_ = b.WriteByte(',')
	_, err = b.Write(content[1:])
	return err
}
