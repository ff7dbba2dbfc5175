package house

import (
	"go/ast"
	"slices"
	"strconv"
	"strings"
)

// worldly are packages by which the world would come into a pure room.
var worldly = []string{"os", "os/exec", "os/signal", "net", "net/http", "syscall", "log", "log/slog", "database/sql",
	"math/rand", "math/rand/v2", "crypto/rand", "runtime", "io/ioutil", "flag", "context", "unsafe"}

// clocks are the functions of package time that read or wait for a clock.
var clocks = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}

// theDoor is the one function of the rules that reads a clock. It is the value
// that the product passes in as day.Clock; the rules themselves may not call it.
const theDoor = "rules/day System"

// Purity finds clocks, randomness, goroutines and the world outside in rules.
func Purity(t *Tree) []Fault {
	var faults []Fault
	for _, s := range t.Go {
		room := Room(s.Dir)
		if s.Test || !strings.HasPrefix(room, "rules/") {
			continue
		}
		for _, spec := range s.File.Imports {
			if name, _ := strconv.Unquote(spec.Path.Value); slices.Contains(worldly, name) {
				faults = append(faults, t.fault(s, spec, "rules are pure and do not import %s", name))
			}
		}
		for _, d := range s.File.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && room+" "+f.Name.Name == theDoor {
				continue
			}
			ast.Inspect(d, func(n ast.Node) bool {
				if what := impure(n); what != "" {
					faults = append(faults, t.fault(s, n, "rules are pure: no %s", what))
				}
				return true
			})
		}
	}
	return faults
}

func impure(n ast.Node) string {
	switch n := n.(type) {
	case *ast.GoStmt:
		return "goroutines"
	case *ast.SelectStmt, *ast.ChanType, *ast.SendStmt:
		return "channels"
	case *ast.SelectorExpr:
		x, ok := n.X.(*ast.Ident)
		if !ok {
			return ""
		}
		if x.Name == "time" && slices.Contains(clocks, n.Sel.Name) || x.Name == "day" && n.Sel.Name == "System" {
			return "clock (" + x.Name + "." + n.Sel.Name + ")"
		}
	}
	return ""
}
