package house

import (
	"go/ast"
	"strings"
)

// wrapper is a function that hands one of its arguments on as a key: say("x")
// that asks for "flow.x" has the prefix "flow.".
type wrapper struct {
	arg            int
	prefix, suffix string
}

// keyAsked is the key that a call asks the catalogue for, where the text
// stands in the call.
func keyAsked(call *ast.CallExpr, wrappers map[string]wrapper) (string, bool) {
	w, ok := wrapperOf(call, wrappers)
	if !ok || w.arg >= len(call.Args) {
		return "", false
	}
	text, isText := textOf(call.Args[w.arg], nil)
	if !isText {
		return "", false
	}
	return w.prefix + text + w.suffix, true
}

// commandName is the name in an act.Command that is written out.
func commandName(lit *ast.CompositeLit) string {
	typ, ok := lit.Type.(*ast.SelectorExpr)
	if !ok || typ.Sel.Name != "Command" {
		return ""
	}
	if x, ok := typ.X.(*ast.Ident); !ok || x.Name != "act" {
		return ""
	}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok && key.Name == "Name" {
				text, _ := textOf(kv.Value, nil)
				return text
			}
		}
	}
	return ""
}

func wrapperOf(call *ast.CallExpr, wrappers map[string]wrapper) (wrapper, bool) {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		w, ok := wrappers[f.Name]
		return w, ok
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			if arg, ok := asking[x.Name+"."+f.Sel.Name]; ok {
				return wrapper{arg: arg}, true
			}
		}
		if arg, ok := asking["."+f.Sel.Name]; ok {
			return wrapper{arg: arg}, true
		}
		w, ok := wrappers[f.Sel.Name]
		return w, ok
	}
	return wrapper{}, false
}

// wrappersOf finds the functions of a package that hand a key on, also those
// that hand it to one another.
func wrappersOf(sources []*Source) map[string]wrapper {
	found := map[string]wrapper{}
	for {
		before := len(found)
		for _, s := range sources {
			for _, d := range s.File.Decls {
				f, ok := d.(*ast.FuncDecl)
				if !ok || f.Body == nil {
					continue
				}
				if w, ok := handsOn(f, found); ok {
					found[f.Name.Name] = w
				}
			}
		}
		if len(found) == before {
			return ambiguous(sources, found)
		}
	}
}

// handsOn looks for a call in f whose key is made of one of f's own arguments
// and of text around it.
func handsOn(f *ast.FuncDecl, known map[string]wrapper) (found wrapper, ok bool) {
	params := map[string]int{}
	for _, field := range f.Type.Params.List {
		for _, name := range field.Names {
			params[name.Name] = len(params)
		}
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		call, isCall := n.(*ast.CallExpr)
		if !isCall || ok {
			return !ok
		}
		w, asks := wrapperOf(call, known)
		if !asks || w.arg >= len(call.Args) {
			return true
		}
		for name, at := range params {
			text, _ := textOf(call.Args[w.arg], map[string]string{name: "\x01"})
			if strings.Count(text, "\x01") == 1 && !strings.Contains(text, unknown) {
				prefix, suffix, _ := strings.Cut(text, "\x01")
				found, ok = wrapper{at, w.prefix + prefix, suffix + w.suffix}, true
			}
		}
		return true
	})
	return found, ok
}

// ambiguous leaves out names that the package also gives to a function that
// hands nothing on: by the name alone one cannot tell which is called.
func ambiguous(sources []*Source, found map[string]wrapper) map[string]wrapper {
	for _, s := range sources {
		for _, d := range s.File.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
				if w, isOne := found[f.Name.Name]; isOne {
					if again, same := handsOn(f, found); !same || again != w {
						delete(found, f.Name.Name)
					}
				}
			}
		}
	}
	return found
}
