package house

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// storeys are the rooms from the bottom up. A room may import rooms of lower
// storeys only; rooms of one storey do not know one another. A name that ends
// in / stands for every room below it.
var storeys = [][]string{
	{"rules/day"}, {"rules/wording"}, {"rules/condition", "rules/gbcode", "rules/citation", "rules/gram", "rules/demand"},
	{"rules/workday", "rules/form", "rules/flow", "rules/seal"}, {"rules/draw", "rules/flowtable"}, {"rules/checkup"}, {"rules/reconcile"},
	{"record/store"}, {"record/vault"}, {"record/ledger"}, {"record/file", "record/job", "record/witness"}, {"record/act"}, {"record/archive"},
	{"register/calendar"}, {"register/identity"}, {"register/law"}, {"register/power"}, {"register/lists"}, {"register/received"}, {"register/catalog"}, {"register/licence"},
	{"register/exchange"}, {"register/credit"},
	{"process/proceeding"}, {"process/paper", "process/notice"},
	{"work/inspect", "work/reorganise"},
	{"work/"},
	{"house"},
	{"insight/", "demo"},
	{"web", "api"},
	{"cmd/"},
}

// lent are the libraries that a pure room may use beside the standard library.
var lent = map[string][]string{
	"rules/wording":   {"github.com/goccy/go-yaml"},
	"rules/condition": {"github.com/expr-lang/expr"},
	"rules/form":      {"github.com/santhosh-tekuri/jsonschema/v6", "golang.org/x/text"},
	"rules/seal":      {"github.com/emmansun/gmsm"},
}

// Room is the room that a folder belongs to: "internal/register/licence/sheet"
// lies in "register/licence". Folders outside the floors have none.
func Room(dir string) string {
	if rest, ok := strings.CutPrefix(dir, "cmd/"); ok {
		return "cmd/" + strings.Split(rest, "/")[0]
	}
	rest, ok := strings.CutPrefix(dir, "internal/")
	if !ok {
		return ""
	}
	parts := strings.Split(rest, "/")
	switch parts[0] {
	case "rules", "record", "register", "process", "work", "insight":
		if len(parts) > 1 {
			return parts[0] + "/" + parts[1]
		}
	}
	return parts[0]
}

// storey is the height of a room, -1 when the plan does not have it.
func storey(room string) int {
	return slices.IndexFunc(storeys, func(rooms []string) bool {
		return slices.ContainsFunc(rooms, func(r string) bool {
			return r == room || strings.HasSuffix(r, "/") && strings.HasPrefix(room, r)
		})
	})
}

// MayImport tells whether one room may import another.
func MayImport(room, other string) bool {
	return room == other || storey(other) < storey(room)
}

// Arrows finds imports that go up or sideways, rooms that are not on the plan,
// libraries in the pure rooms, and test support in the product.
func Arrows(t *Tree) []Fault {
	var faults []Fault
	for _, s := range t.Go {
		room := Room(s.Dir)
		if room == "" {
			continue
		}
		if storey(room) < 0 {
			faults = append(faults, t.fault(s, s.File.Name, "room %s is not on the plan of floors", room))
			continue
		}
		for _, spec := range s.File.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			if wrong := wrongArrow(s, room, name); wrong != "" {
				faults = append(faults, t.fault(s, spec, "%s", wrong))
			}
		}
	}
	return faults
}

func wrongArrow(s *Source, room, name string) string {
	dir, ours := strings.CutPrefix(name, Module+"/")
	if !ours {
		return wrongLibrary(s, room, name)
	}
	other := Room(dir)
	switch {
	case other == "":
		return room + " imports " + dir + ", which is outside the floors"
	case storey(other) < 0:
		return room + " imports " + other + ", which is not on the plan of floors"
	case s.Test && strings.HasSuffix(s.File.Name.Name, "_test") && (other == "house" || other == "demo"):
		// A test of a room from outside may open the whole house, in its county.
	case !MayImport(room, other):
		return room + " imports " + other + ", which does not lie below it"
	case strings.HasSuffix(dir, "test") && !s.Test && !strings.HasSuffix(s.Dir, "test"):
		return room + " imports " + dir + ", which is for tests"
	}
	return ""
}

func wrongLibrary(s *Source, room, name string) string {
	outside := strings.Contains(strings.Split(name, "/")[0], ".")
	switch {
	case s.Test:
	case name == "database/sql" && room != "record/store":
		return room + " imports database/sql: only record/store speaks to databases"
	case outside && strings.HasPrefix(room, "rules/"):
		if !slices.ContainsFunc(lent[room], func(l string) bool { return name == l || strings.HasPrefix(name, l+"/") }) {
			return room + " is pure and imports " + name
		}
	}
	return ""
}

// buckets are names that do not say what a folder holds.
var buckets = []string{"util", "utils", "common", "helper", "helpers", "model", "models", "service", "services",
	"repository", "repositories", "controller", "controllers", "shared", "misc", "lib", "core", "base", "types"}

// Buckets finds folders and packages whose name does not say what they hold.
func Buckets(t *Tree) []Fault {
	var faults []Fault
	seen := map[string]bool{}
	for _, s := range t.Go {
		for d := s.Dir; d != "." && !seen[d]; d = path.Dir(d) {
			seen[d] = true
			if slices.Contains(buckets, path.Base(d)) {
				faults = append(faults, Fault{Path: d, Line: 1, What: "the name of this folder does not say what it holds"})
			}
		}
		if name := strings.TrimSuffix(s.File.Name.Name, "_test"); slices.Contains(buckets, name) {
			faults = append(faults, t.fault(s, s.File.Name, "the name of package %s does not say what it holds", name))
		}
	}
	return faults
}
