package change

import (
	"io/fs"
	"path"

	"tongban/internal/register/catalog"
	"tongban/internal/rules/wording"
)

// maxList bounds a list of items, in bytes: those of a province are some 40 MB.
const maxList = 96 << 20

// ReadFiles reads what somebody hands in: the folder of a written item, a
// folder of such folders, a workbook (.xlsx) or a list (.csv) of items known by
// name. It returns either all drafts or everything that is wrong with them.
func ReadFiles(fsys fs.FS, name string) ([]*catalog.Draft, []catalog.Problem) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, fault(name, "change.file.missing")
	}
	if info.IsDir() {
		return readFolders(fsys, name)
	}
	if !catalog.IsList(name) {
		return nil, fault(name, "change.file.kind")
	}
	if info.Size() > maxList {
		return nil, fault(name, "change.file.large", "max", maxList>>20)
	}
	b, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fault(name, "change.file.missing")
	}
	drafts, problems, _ := catalog.ReadList(name, b)
	return drafts, problems
}

func fault(name, key string, pairs ...any) []catalog.Problem {
	return []catalog.Problem{{File: name, Msg: wording.M(key, append(pairs, "file", path.Base(name))...)}}
}

// readFolders reads the folder of one item with its variants', or each item's
// folder in it.
func readFolders(fsys fs.FS, dir string) (drafts []*catalog.Draft, problems []catalog.Problem) {
	all, err := catalog.Folders(fsys, dir)
	if err != nil {
		return nil, fault(dir, "change.file.missing")
	}
	for _, name := range all {
		d, wrong := catalog.ReadFolder(fsys, path.Join(dir, name))
		for _, p := range wrong {
			p.File = path.Join(name, p.File)
			problems = append(problems, p)
		}
		drafts = append(drafts, d)
	}
	switch {
	case len(problems) > 0:
		return nil, problems
	case len(drafts) == 0:
		return nil, fault(dir, "change.file.empty")
	}
	return drafts, nil
}
