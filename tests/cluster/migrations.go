package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

const withoutTx = "-- +goose NO TRANSACTION"

// What docs/decisions/010-rolling-upgrades.md demands of a migration that comes
// after the first tag, as far as it can be read off its text: nodes of the
// release before go on working on the schema that it leaves.

var (
	comment   = regexp.MustCompile(`--[^\n]*`)
	newColumn = regexp.MustCompile(`^alter table \w+ add column \w+ [^,]*$`)
	newTable  = regexp.MustCompile(`^create (?:virtual )?table (\w+)`)
	newIndex  = regexp.MustCompile(`^create (unique )?index (concurrently )?\w+ on (\w+)`)
)

// additions tells what in a migration is no mere addition.
func additions(text string) []string {
	var wrong []string
	made := map[string]bool{}
	for _, s := range statements(text) {
		if m := newTable.FindStringSubmatch(s); m != nil {
			made[m[1]] = true
			continue
		}
		if why := refused(s, made, text); why != "" {
			wrong = append(wrong, fmt.Sprintf("%s: %s", why, s))
		}
	}
	return wrong
}

// statements splits a migration, comments taken out and spaces made one.
func statements(text string) []string {
	var list []string
	for s := range strings.SplitSeq(comment.ReplaceAllString(text, ""), ";") {
		if s = strings.ToLower(strings.Join(strings.Fields(s), " ")); s != "" {
			list = append(list, s)
		}
	}
	return list
}

func refused(s string, made map[string]bool, text string) string {
	switch {
	case newColumn.MatchString(s):
		if strings.Contains(s, "not null") && !strings.Contains(s, "default") {
			return "an older node does not fill this column: it needs a default"
		}
		if strings.Contains(s, "unique") || strings.Contains(s, "references") || strings.Contains(s, "check") {
			return "an older node does not know this constraint"
		}
		return ""
	case newIndex.MatchString(s):
		m := newIndex.FindStringSubmatch(s)
		switch {
		case made[m[3]]:
			return ""
		case m[1] != "":
			return "an older node may write what this index refuses"
		case (m[2] == "" || !strings.Contains(text, withoutTx)) && !inSQLite(s, text):
			return "this index keeps writers out while it is made: concurrently, in a file that says " + withoutTx
		}
		return ""
	}
	return "not an addition"
}

// inSQLite tells whether a statement is for SQLite alone, where one node serves
// and is stopped for an upgrade.
func inSQLite(statement, text string) bool {
	var only strings.Builder
	inside := false
	for line := range strings.Lines(text) {
		switch strings.TrimSpace(line) {
		case "-- +sqlite":
			inside = true
		case "-- +postgres", "-- +both":
			inside = false
		default:
			if inside {
				only.WriteString(line)
			}
		}
	}
	return slices.Contains(statements(only.String()), statement)
}
