package lists

import (
	"bytes"
	"path"
	"strings"

	"tongban/internal/rules/wording"
)

// MostTogether bounds the entries of one act: a province's list is brought in as
// several files of up to MostRows rows each, all of them or none.
const MostTogether = 500_000

// ReadFile reads a batch from a file as the list's own export has it: a workbook
// (.xlsx), a document (.json), or else a text file.
func ReadFile(k *Kind, name string, src []byte) Batch {
	switch strings.ToLower(path.Ext(name)) {
	case ".xlsx":
		return ReadExcel(k, bytes.NewReader(src), int64(len(src)))
	case ".json":
		return ReadJSON(k, bytes.NewReader(src))
	}
	return ReadCSV(k, "", bytes.NewReader(src))
}

// Together makes one act of what was read from several files: all of them or none.
// Whatever is wrong is named with its file.
func Together(k *Kind, names []string, read []Batch) Batch {
	out := Batch{List: k.Key}
	for i, b := range read {
		if len(read) > 1 {
			b.named(names[i])
		}
		for j := range b.Changes {
			b.Changes[j].at.sheets = b.sheets
		}
		out.Changes, out.Problems = append(out.Changes, b.Changes...), append(out.Problems, b.Problems...)
	}
	if n := len(out.Changes); n > MostTogether {
		return Batch{List: k.Key, Problems: Problems{{Msg: wording.M("lists.file.together", "max", MostTogether, "got", n)}}}
	}
	return out
}

// named puts the name of the file before the names of its sheets.
func (b *Batch) named(file string) {
	for i := range b.Problems {
		b.Problems[i].Sheet = strings.TrimSpace(file + " " + b.Problems[i].Sheet)
	}
	for part, h := range b.sheets {
		h.name = strings.TrimSpace(file + " " + h.name)
		b.sheets[part] = h
	}
}
