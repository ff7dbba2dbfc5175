package house

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
	"strings"
)

// unknown stands in a text for what only the running program knows.
const unknown = "\x00"

// statement is a text of the program that holds SQL.
type statement struct {
	at   ast.Node
	text string
}

var sqlWords = regexp.MustCompile(`(?is)^\s*(select\s|insert\s+into\b|update\s+\S+\s+(\w+\s+)?set\b|update\s+\x00|delete\s+from\b|with\s+\w+.*\bas\b|from\s+\w+|(left |inner )?join\s|where\s|and\s+\(?(not )?exists|union\s)`)

var writes = regexp.MustCompile(`(?i)\b(?:insert\s+into|update|delete\s+from)\s+([a-z_]+\b|\x00)`)

// locks is the one use of "update" that writes nothing.
var locks = regexp.MustCompile(`(?i)\bfor\s+(no\s+key\s+)?update\b(\s+of\s+\w+)?`)

var reads = regexp.MustCompile(`(?i)\b(?:from|join)\s+([a-z_]+)\b`)

// statements lists the texts of a file that look like SQL. Concatenations are
// put together as far as the file's package has the parts as constants.
func statements(s *Source, constants map[string]string) []statement {
	var list []statement
	var walk func(n ast.Node) bool
	walk = func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		text, isText := textOf(e, constants)
		if !isText {
			return true
		}
		if sqlWords.MatchString(text) {
			list = append(list, statement{e, locks.ReplaceAllString(text, "")})
		}
		for _, call := range calls(e) { // SQL inside what a statement is put together from
			for _, arg := range call.Args {
				ast.Inspect(arg, walk)
			}
		}
		return false
	}
	ast.Inspect(s.File, walk)
	return list
}

// textOf renders a string expression; parts that are not known become a mark.
// It is false for an expression without any text of its own.
func textOf(e ast.Expr, constants map[string]string) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return unknown, false
		}
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.ParenExpr:
		return textOf(e.X, constants)
	case *ast.Ident:
		if text, ok := constants[e.Name]; ok {
			return text, false
		}
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			x, okX := textOf(e.X, constants)
			y, okY := textOf(e.Y, constants)
			return x + y, okX || okY
		}
	}
	return unknown, false
}

func calls(e ast.Expr) []*ast.CallExpr {
	var list []*ast.CallExpr
	ast.Inspect(e, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			list = append(list, c)
			return false
		}
		return true
	})
	return list
}

// constantsOf collects the string constants and variables of a package that
// are written out at its top.
func constantsOf(sources []*Source) map[string]string {
	all := map[string]string{}
	for range 3 { // constants made of constants
		for _, s := range sources {
			for _, d := range s.File.Decls {
				g, ok := d.(*ast.GenDecl)
				if !ok || g.Tok != token.CONST && g.Tok != token.VAR {
					continue
				}
				for _, spec := range g.Specs {
					v := spec.(*ast.ValueSpec)
					for i, name := range v.Names {
						if i < len(v.Values) {
							if text, ok := textOf(v.Values[i], all); ok && !strings.Contains(text, unknown) {
								all[name.Name] = text
							}
						}
					}
				}
			}
		}
	}
	return all
}
