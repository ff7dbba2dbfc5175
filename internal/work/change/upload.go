package change

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"path"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/wording"
)

// ReadUpload reads a file that somebody hands in, by its name: a list of items known
// by name (.xlsx, .csv, .json), or an archive with the folders of written ones (.zip). It
// returns all drafts, or everything that is wrong with them; an error is of a file
// that cannot be read at all.
func ReadUpload(name string, b []byte) ([]*catalog.Draft, []catalog.Problem, error) {
	switch strings.ToLower(path.Ext(name)) {
	case ".zip":
		return readZip(b)
	}
	if drafts, wrong, ok := catalog.ReadList(name, b); ok {
		return drafts, wrong, nil
	}
	return nil, nil, act.WrongFields("admin.import.wrong", []act.Field{{Name: "file", Msg: wording.M("admin.import.kind")}})
}

const (
	zipFiles = 1000
	zipBytes = 64 << 20 // unpacked: a bomb is refused before it is read
)

// readZip reads the folders of written items in an archive: every folder that
// holds an item.yaml.
func readZip(b []byte) ([]*catalog.Draft, []catalog.Problem, error) {
	broken := act.WrongFields("admin.import.wrong", []act.Field{{Name: "file", Msg: wording.M("admin.import.zip")}})
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, nil, broken
	}
	var size uint64
	for _, f := range z.File {
		if size += f.UncompressedSize64; size > zipBytes || len(z.File) > zipFiles {
			return nil, nil, act.WrongFields("admin.import.wrong", []act.Field{{Name: "file", Msg: wording.M("admin.import.zip.large")}})
		}
	}
	var drafts []*catalog.Draft
	var wrong []catalog.Problem
	err = fs.WalkDir(z, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Base(name) != "item.yaml" {
			return err
		}
		draft, bad := catalog.ReadFolder(z, path.Dir(name))
		if wrong = append(wrong, bad...); len(bad) == 0 {
			drafts = append(drafts, draft)
		}
		return nil
	})
	if err != nil || len(drafts)+len(wrong) == 0 {
		return nil, nil, broken
	}
	return drafts, wrong, nil
}
