package house

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

// The sizes of the product's code, in lines. Long is only spoken of.
const (
	MaxFile     = 500
	MaxFunction = 80
	Long        = 60
)

// Sizes finds files and functions that are too long, and lists as long those
// functions that should soon be cut.
func Sizes(t *Tree) (faults, long []Fault) {
	for _, s := range t.Go {
		if s.Test {
			continue
		}
		if n := strings.Count(t.Text[s.Path], "\n"); n > MaxFile {
			faults = append(faults, Fault{s.Path, n, fmt.Sprintf("has %d lines, more than %d", n, MaxFile)})
		}
		for _, d := range s.File.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			n := t.fset.Position(f.End()).Line - t.fset.Position(f.Pos()).Line + 1
			fault := t.fault(s, f, "%s has %d lines", f.Name.Name, n)
			switch {
			case n > MaxFunction:
				faults = append(faults, fault)
			case n > Long:
				long = append(long, fault)
			}
		}
	}
	return faults, long
}

// Documented finds exported names and packages without a comment.
func Documented(t *Tree) []Fault {
	var faults []Fault
	packages := map[string]*Source{}
	documented := map[string]bool{}
	for _, s := range t.Go {
		if s.Test {
			continue
		}
		packages[s.Dir] = s
		if s.File.Doc != nil {
			documented[s.Dir] = true
		}
		for _, d := range s.File.Decls {
			faults = append(faults, t.undocumented(s, d)...)
		}
	}
	for dir, s := range packages {
		if !documented[dir] {
			faults = append(faults, t.fault(s, s.File.Name, "package %s has no comment on its duty", s.File.Name.Name))
		}
	}
	return faults
}

func (t *Tree) undocumented(s *Source, d ast.Decl) []Fault {
	var faults []Fault
	miss := func(name *ast.Ident, doc ...*ast.CommentGroup) {
		for _, c := range doc {
			if c != nil {
				return
			}
		}
		if name.IsExported() {
			faults = append(faults, t.fault(s, name, "%s is exported and has no comment", name.Name))
		}
	}
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil || ast.IsExported(receiver(d)) {
			miss(d.Name, d.Doc)
		}
	case *ast.GenDecl:
		if d.Tok == token.IMPORT {
			return nil
		}
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				miss(spec.Name, d.Doc, spec.Doc, spec.Comment)
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					miss(name, d.Doc, spec.Doc, spec.Comment)
				}
			}
		}
	}
	return faults
}

// receiver is the name of the type that a method belongs to.
func receiver(f *ast.FuncDecl) string {
	e := f.Recv.List[0].Type
	for {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}
