package paper_test

import (
	"fmt"
	"strings"
	"testing"

	"tongban/internal/process/paper"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

const frame = "kind: receipt\ntitle: 收件回执\ntitle_en: Receipt\nnumber: 云{short}收〔{year}〕{n}号\nsealed: true\nbody: |-\n  %s\n"

// A template that could fail at midnight fails when it is imported, on whichever
// branch the fault lies.
func TestTemplateIsCheckedWhole(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{{.Applicant}}：{{range .Missing}}{{.What}}{{.How}}{{end}}{{len .Missing}}`:                  "",
		`{{if and .Reasons (not .Due)}}{{.Reasons}}{{else if eq .Item "x"}}甲{{else}}{{.Day}}{{end}}`: "",
		`{{with .Agent}}代理人{{.}}{{end}}`:                                                             "",
		`{{.Nickname}}`:                                                                              "paper.template.fact",
		`{{if .Reasons}}{{else}}{{.Nickname}}{{end}}`:                                                "paper.template.fact",
		`{{if .Nickname}}甲{{end}}`:                                                                   "paper.template.fact",
		`{{range .Missing}}{{.Applicant}}{{end}}`:                                                    "paper.template.fact",
		`{{range .Lines}}{{.Label}}{{else}}{{.Label}}{{end}}`:                                        "paper.template.fact",
		`{{.Applicant.Name}}`:                                                                        "paper.template.fact",
		`{{range .Applicant}}{{.}}{{end}}`:                                                           "paper.template.word",
		`{{.Missing}}`:                                                                               "paper.template.word",
		`{{.}}`:                                                                                      "paper.template.word",
		`{{printf "%s" .Item}}`:                                                                      "paper.template.word",
		`{{$x := .Item}}{{$x}}`:                                                                      "paper.template.word",
		`{{.Item | len}}`:                                                                            "paper.template.word",
		`{{define "a"}}甲{{end}}{{template "a"}}`:                                                     "paper.template.word",
		`{{block "a" .}}甲{{end}}`:                                                                    "paper.template.word",
		`{{range .Lines}}{{break}}{{end}}`:                                                           "paper.template.word",
		`{{if .Item}}`:                                                                               "paper.template.body",
		`{{eq .Missing .Lines}}`:                                                                     "paper.template.word",
		`{{len .Item .Item}}`:                                                                        "paper.template.word",
		`{{index .Lines 0}}`:                                                                         "paper.template.word",
	} {
		_, err := paper.ParseTemplate(fmt.Appendf(nil, frame, body))
		m, _ := err.(wording.Message)
		if m.Key != want {
			t.Errorf("%s: %v, want %q", body, err, want)
		}
	}
}

func TestTemplateFileIsReadStrictly(t *testing.T) {
	t.Parallel()
	good := fmt.Sprintf(frame, "{{.Item}}")
	for change, want := range map[[2]string]string{
		{"sealed: true", "sealed: true\nnotes: 1"}: "paper.template.file",
		{"kind: receipt", "kind: Receipt!"}:        "paper.template.kind",
		{"title: 收件回执", "title: ''"}:               "paper.template.empty",
		{"{{.Item}}", "   "}:                       "paper.template.empty",
		{"{n}", "{m}"}:                             "paper.template.number",
		{"{n}", ""}:                                "paper.template.number",
		{"{year}", ""}:                             "paper.template.number",
		{"{short}", ""}:                            "paper.template.number",
		{"{n}", "{n}{case}"}:                       "paper.template.number",
		{"云{short}收〔{year}〕{n}号", "\"{case}\""}:    "",
		{"body: |-", "body: *x"}:                   "paper.template.file",
	} {
		_, err := paper.ParseTemplate([]byte(strings.Replace(good, change[0], change[1], 1)))
		if m, _ := err.(wording.Message); m.Key != want {
			t.Errorf("%q for %q: %v, want %s", change[1], change[0], err, want)
		}
	}
}

func TestTemplateInForce(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, d *desk) {
		text := county(t)["receipt.yaml"]
		first, err := d.take(paper.ImportIn{YAML: text})
		must(t, err)
		if first.Version != 1 {
			t.Errorf("the same template again made version %d", first.Version)
		}
		if _, err := d.take(paper.ImportIn{YAML: text + "\n"}); codeOf(err) != "paper.template.order" {
			t.Errorf("two templates for one day: %v", err)
		}
		// An agency's own template goes before the one for all.
		_, err = d.take(paper.ImportIn{Agency: "spj", From: today + 5, YAML: strings.Replace(text, "收件回执", "审批局回执", 1)})
		must(t, err)
		for _, c := range []struct {
			agency string
			on     day.Day
			want   string
		}{{"spj", 4, "收件回执"}, {"spj", 5, "审批局回执"}, {"scjg", 5, "收件回执"}} {
			d.Set((today + c.on).Start())
			p, err := d.write("receipt", c.agency, facts())
			if err != nil || p.Title != c.want {
				t.Errorf("%s after %d days: %s, want %s (%v)", c.agency, c.on, p.Title, c.want, err)
			}
		}
		d.Read(func(tx *store.Tx) error {
			acts, err := d.Ledger.Acts(tx, "paper-template/receipt", 10)
			if len(acts) != 2 || acts[0].Kind != "paper.template_imported" {
				t.Errorf("%d acts", len(acts))
			}
			return err
		})
	})
}

func FuzzParseTemplate(f *testing.F) {
	for _, text := range county(f) {
		f.Add(text)
	}
	f.Add(fmt.Sprintf(frame, `{{if and .Reasons (not .Due)}}{{.Reasons}}{{end}}`))
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4000 {
			return
		}
		_, err := paper.ParseTemplate([]byte(text))
		if _, ok := err.(wording.Message); err != nil && !ok {
			t.Fatalf("not a message: %v", err)
		}
	})
}
