// Package house holds the rules of this repository as checks: which way
// imports go, who writes which table, how long things may be, that every
// sentence is in the catalogue. Each check takes a Tree and returns faults; the
// tests run it on the repository, and on small bad samples that it must find.
package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// Module is the import path of the repository.
const Module = "tongban"

// Tree is a repository in memory: every file by its path from the root, and
// the Go files parsed.
type Tree struct {
	Text map[string]string
	Go   []*Source
	fset *token.FileSet
}

// Source is one Go file.
type Source struct {
	Path string // from the root
	Dir  string
	Test bool
	File *ast.File
}

// Fault is a place where the repository departs from a rule.
type Fault struct {
	Path string
	Line int
	What string
}

// String writes the fault as compilers do.
func (f Fault) String() string { return fmt.Sprintf("%s:%d: %s", f.Path, f.Line, f.What) }

// notOurs are folders that hold what was built, fetched or recorded here.
var notOurs = []string{".git", ".build", "bin", "node_modules", "vendor", "data-demo"}

// Load reads the files of the repository at root.
func Load(root string) (*Tree, error) {
	text := map[string]string{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(notOurs, d.Name()):
			return filepath.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(root, name)
		text[filepath.ToSlash(inside)] = string(b)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the repository: %w", err)
	}
	return Parse(text)
}

// Parse makes a tree from files by path. Go files must be well formed.
func Parse(text map[string]string) (*Tree, error) {
	t := &Tree{Text: text, fset: token.NewFileSet()}
	for _, name := range t.Paths("*.go") {
		f, err := parser.ParseFile(t.fset, name, text[name], parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		t.Go = append(t.Go, &Source{Path: name, Dir: path.Dir(name), Test: strings.HasSuffix(name, "_test.go"), File: f})
	}
	return t, nil
}

// Paths lists the files whose last name matches the pattern, in order. Samples
// that tests read are not the repository's own.
func (t *Tree) Paths(pattern string) []string {
	var list []string
	for name := range t.Text {
		if ok, _ := path.Match(pattern, path.Base(name)); ok && !strings.Contains("/"+name, "/testdata/") {
			list = append(list, name)
		}
	}
	sort.Strings(list)
	return list
}

// HasDir tells whether a folder holds files.
func (t *Tree) HasDir(dir string) bool {
	for name := range t.Text {
		if strings.HasPrefix(name, dir+"/") {
			return true
		}
	}
	return false
}

func (t *Tree) fault(s *Source, at ast.Node, format string, args ...any) Fault {
	return Fault{Path: s.Path, Line: t.line(at), What: fmt.Sprintf(format, args...)}
}

func (t *Tree) line(at ast.Node) int { return t.fset.Position(at.Pos()).Line }

// lineOf is the line of an offset in a text, from 1.
func lineOf(text string, offset int) int { return 1 + strings.Count(text[:offset], "\n") }
