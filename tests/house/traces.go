package house

import (
	"path"
	"regexp"
	"strings"
)

// trace is something that must not stand in any file of the repository.
type trace struct {
	pattern *regexp.Regexp
	what    string
}

// The words are put together here so that this file does not hold them.
var traces = []trace{
	{regexp.MustCompile(`(?i)\b(registry\.npm` + `js|npm` + `mirror|proxy\.golang` + `|sum\.golang` + `|goproxy\.` + `|deb\.debian` + `|pypi\.` + `org|files\.python` + `hosted)`), "names a registry's host"},
	{regexp.MustCompile(`(?:^|[\s"'=(` + "`" + `])/(?:ro` + `ot|wo` + `rk|ho` + `me/[a-z]+|Us` + `ers/\w+)/`), "holds a path of somebody's machine"},
	{regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`), "leaves work open"},
	{regexp.MustCompile(`"resol` + `ved": "http`), "a lockfile holds addresses"},
}

// textual are the endings of files that people write.
var textual = []string{".go", ".md", ".sql", ".yaml", ".yml", ".json", ".js", ".mjs", ".css", ".html", ".txt", ".txtar", ".bpmn", ".mk", ".sh", ".mod", ".npmrc", ""}

// Traces finds hosts of registries, paths of machines and open ends.
func Traces(t *Tree) []Fault {
	var faults []Fault
	for _, ending := range textual {
		for _, name := range t.Paths("*" + ending) {
			if path.Ext(name) != ending {
				continue
			}
			text := t.Text[name]
			if strings.Contains(text, "\x00") {
				continue
			}
			for _, tr := range traces {
				if at := tr.pattern.FindStringIndex(text); at != nil {
					faults = append(faults, Fault{name, lineOf(text, at[0]), tr.what + ": " + strings.TrimSpace(text[at[0]:at[1]])})
				}
			}
		}
	}
	return faults
}
