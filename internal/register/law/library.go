package law

import (
	"embed"
	"io/fs"
	"sync"
)

// The texts of national laws, as they stand in the repository's data/SOURCES.md.
//
//go:embed library
var library embed.FS

// File is a law's file with its name.
type File struct {
	Name string
	Text []byte
}

// Library are the files of the national laws inside the program, by name.
var Library = sync.OnceValue(func() []File {
	list, err := ReadFiles(library, "library")
	if err != nil {
		panic(err) // embedded: missing only if the build is wrong
	}
	return list
})

// ReadFiles reads the files of laws (*.md) in a folder, by name.
func ReadFiles(fsys fs.FS, dir string) ([]File, error) {
	names, err := fs.Glob(fsys, dir+"/*.md")
	if err != nil {
		return nil, err
	}
	list := make([]File, len(names))
	for i, name := range names {
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		list[i] = File{Name: name[len(dir)+1:], Text: b}
	}
	return list, nil
}
