package adjust

import (
	"bytes"
	"path"
	"strings"

	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
)

// KindOf is what the entries of a list say: of items, what those say that are known
// by name only.
func KindOf(list string) (*lists.Kind, error) {
	if list == OnItems {
		return catalog.ListKind, nil
	}
	return lists.KindOf(list)
}

// ReadEntries reads entries of a list with their content from a file, as the list's
// own export has them: a workbook (.xlsx), a document (.json), or else a text file.
// Everything that is wrong with it is one Invalid error.
func ReadEntries(list string, does Does, name string, src []byte) ([]Entry, error) {
	k, err := KindOf(list)
	if err != nil {
		return nil, err
	}
	var b lists.Batch
	switch strings.ToLower(path.Ext(name)) {
	case ".xlsx":
		b = lists.ReadExcel(k, bytes.NewReader(src), int64(len(src)))
	case ".json":
		b = lists.ReadJSON(k, bytes.NewReader(src))
	default:
		b = lists.ReadCSV(k, "", bytes.NewReader(src))
	}
	if err := b.Problems.AsError(); err != nil {
		return nil, err
	}
	entries := make([]Entry, len(b.Changes))
	for i, ch := range b.Changes {
		content := ch.Content
		code := ch.Code
		if code == "" {
			code = content.Columns.Text("code")
		}
		entries[i] = Entry{List: list, Code: code, Does: does, Content: &content}
	}
	return entries, nil
}
