package house

import (
	"path"
	"regexp"
	"sort"
	"strings"
)

const schemaDir = "internal/record/store/schema/"

var (
	schemaName  = regexp.MustCompile(`^(\d{5})_([a-z]+)\.sql$`)
	createTable = regexp.MustCompile(`(?im)^\s*create (?:virtual )?table (?:if not exists )?([a-z_]+)`)
	cte         = regexp.MustCompile(`(?i)(?:\bwith|,)\s+(?:recursive\s+)?([a-z_]+)\s*(?:\([^)]*\))?\s+as\s+(?:not\s+)?(?:materialized\s+)?\(`)
)

// Owners tells for each table which room's package owns it, as the name of
// the migration says that makes it.
func Owners(t *Tree) (map[string]string, []Fault) {
	owners := map[string]string{}
	var faults []Fault
	for _, name := range t.Paths("*.sql") {
		if !strings.HasPrefix(name, schemaDir) {
			continue
		}
		m := schemaName.FindStringSubmatch(path.Base(name))
		if m == nil {
			continue // Schema names it
		}
		for _, c := range createTable.FindAllStringSubmatch(t.Text[name], -1) {
			if was, ok := owners[c[1]]; ok && was != m[2] {
				faults = append(faults, Fault{name, 1, "table " + c[1] + " belongs to " + was + " and to " + m[2]})
			}
			owners[c[1]] = m[2]
		}
	}
	return owners, faults
}

// everyTable are the packages that handle tables without knowing them: backup
// and restore copy all of them.
var everyTable = map[string]bool{"record/archive": true}

// Tables finds SQL that writes another package's table, reads one of a package
// that may not be imported, or writes a table that no migration makes.
func Tables(t *Tree) []Fault {
	owners, faults := Owners(t)
	rooms := roomsByPackage(t)
	for dir, sources := range byDir(t) {
		room := Room(dir)
		if room == "" || everyTable[room] {
			continue
		}
		constants := constantsOf(sources)
		for _, s := range sources {
			for _, st := range statements(s, constants) {
				for _, what := range wrongTables(room, st.text, owners, rooms) {
					faults = append(faults, t.fault(s, st.at, "%s", what))
				}
			}
		}
	}
	sort.Slice(faults, func(i, j int) bool { return faults[i].String() < faults[j].String() })
	return faults
}

func wrongTables(room, text string, owners, rooms map[string]string) []string {
	var wrong []string
	if strings.HasPrefix(room, "web") || strings.HasPrefix(room, "api") || strings.HasPrefix(room, "cmd/") {
		return []string{room + " is a face and holds SQL"}
	}
	local := map[string]bool{}
	for _, m := range cte.FindAllStringSubmatch(text, -1) {
		local[m[1]] = true
	}
	for _, m := range writes.FindAllStringSubmatch(text, -1) {
		table := strings.ToLower(m[1])
		owner, known := owners[table]
		switch {
		case table == "set" || local[table]: // "on conflict do update set"
		case table == unknown:
			wrong = append(wrong, "writes a table whose name is not in the text, so that nobody can see whose it is")
		case !known:
			wrong = append(wrong, "writes "+table+", which no migration makes")
		case rooms[owner] != room:
			wrong = append(wrong, room+" writes "+table+", which belongs to "+owner)
		}
	}
	for _, m := range reads.FindAllStringSubmatch(text, -1) {
		table := strings.ToLower(m[1])
		if owner, known := owners[table]; known && !local[table] && !MayImport(room, rooms[owner]) {
			wrong = append(wrong, room+" reads "+table+" of "+owner+", which it may not import")
		}
	}
	return wrong
}

// roomsByPackage maps the package names that migrations use to rooms.
func roomsByPackage(t *Tree) map[string]string {
	rooms := map[string]string{}
	for _, s := range t.Go {
		if room := Room(s.Dir); room != "" && s.Dir == "internal/"+room {
			rooms[path.Base(room)] = room
		}
	}
	return rooms
}

// byDir groups the sources of the product by folder.
func byDir(t *Tree) map[string][]*Source {
	dirs := map[string][]*Source{}
	for _, s := range t.Go {
		if !s.Test {
			dirs[s.Dir] = append(dirs[s.Dir], s)
		}
	}
	return dirs
}
