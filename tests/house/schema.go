package house

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

var (
	engineTypes = regexp.MustCompile(`(?i)\b(timestamptz?|datetime|date|time|serial|bigserial|autoincrement|uuid|jsonb?|numeric|real|float|double|deferrable|deferred)\b`)
	primaryKey  = regexp.MustCompile(`(?im)primary key\s*\(\s*([a-z_]+)|^\s*([a-z_]+)\s+[^\n,]*primary key`)
	sqlComment  = regexp.MustCompile(`--[^\n]*`)
)

// homeless are the tables of the database as a whole, which know no home.
var homeless = []string{"id_block", "unnumbered"}

// Schema finds migrations that are misnamed, numbered twice, owned by nobody,
// go backwards, use an engine's own types or deferred constraints, leave a
// table out on one engine, or have a key that does not begin with home.
func Schema(t *Tree) []Fault {
	var faults []Fault
	numbers := map[string]string{}
	rooms := roomsByPackage(t)
	for _, name := range t.Paths("*.sql") {
		if !strings.HasPrefix(name, schemaDir) {
			continue
		}
		add := func(what string) { faults = append(faults, Fault{name, 1, what}) }
		m := schemaName.FindStringSubmatch(path.Base(name))
		if m == nil {
			add("is not named NNNNN_<package>.sql")
			continue
		}
		if other, twice := numbers[m[1]]; twice {
			add("has the number of " + other)
		}
		numbers[m[1]] = path.Base(name)
		if rooms[m[2]] == "" {
			add("belongs to package " + m[2] + ", which there is not")
		}
		faults = append(faults, migration(name, t.Text[name])...)
	}
	return faults
}

func migration(name, text string) []Fault {
	var faults []Fault
	add := func(what string) { faults = append(faults, Fault{name, 1, what}) }
	if !strings.Contains(text, "-- +goose Up") {
		add(`does not say "-- +goose Up"`)
	}
	if strings.Contains(text, "-- +goose Down") {
		add("goes backwards: migrations only go forward")
	}
	if m := engineTypes.FindString(sqlComment.ReplaceAllString(forEngine(text, "neither"), "")); m != "" {
		add("uses " + m + ": days are integers, instants bigints, constraints hold at once")
	}
	sqlite, postgres := forEngine(text, "sqlite"), forEngine(text, "postgres")
	if a, b := tableNames(sqlite), tableNames(postgres); !slices.Equal(a, b) {
		add("makes other tables on SQLite (" + strings.Join(a, " ") + ") than on PostgreSQL (" + strings.Join(b, " ") + ")")
	}
	for _, engine := range []string{sqlite, postgres} {
		faults = append(faults, homes(name, engine)...)
	}
	return faults
}

// homes wants the key of every plain table to begin with home.
func homes(name, text string) []Fault {
	var faults []Fault
	text = sqlComment.ReplaceAllString(text, "")
	for stmt := range strings.SplitSeq(text, ";") {
		m := createTable.FindStringSubmatch(stmt)
		if m == nil || strings.Contains(strings.ToLower(stmt), "virtual table") || slices.Contains(homeless, m[1]) {
			continue
		}
		if key := primaryKey.FindStringSubmatch(stmt); key == nil || !slices.Contains([]string{"home", "log"}, key[1]+key[2]) {
			faults = append(faults, Fault{name, 1, "table " + m[1] + " has no primary key that begins with home, or with log"})
		}
	}
	return faults
}

func tableNames(text string) []string {
	var names []string
	for _, m := range createTable.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// forEngine keeps what one engine is given, as record/store does; for no
// engine, what both are given.
func forEngine(text, engine string) string {
	var b strings.Builder
	keep := true
	for line := range strings.Lines(text) {
		switch mark := strings.TrimSpace(line); mark {
		case "-- +sqlite", "-- +postgres":
			keep = mark == "-- +"+engine
		case "-- +both":
			keep = true
		default:
			if keep {
				b.WriteString(line)
			}
		}
	}
	return b.String()
}
