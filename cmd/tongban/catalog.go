package main

import (
	"fmt"
	"io/fs"
	"os"
	slash "path"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/wording"
	"tongban/internal/work/change"
	"tongban/internal/work/inspect"
)

// catalogCommands look at catalogues that lie in files.
type catalogCommands struct {
	Check catalogCheck `cmd:"" help:"checkup.command.check"`
	Rules catalogRules `cmd:"" help:"checkup.command.rules"`

	Compare catalogCompare `cmd:"" help:"compare.command.help"`
}

// catalogCheck judges a catalogue as a whole (清单体检), without a server.
type catalogCheck struct {
	All   bool     `help:"checkup.command.all"`
	JSON  bool     `name:"json" help:"cli.option.json"`
	Base  []string `placeholder:"FILE" help:"checkup.command.base"`
	Paths []string `arg:"" name:"PATH" help:"checkup.command.path"`
}

// checkupAnswer is the whole answer for other programs.
type checkupAnswer struct {
	OK         bool            `json:"ok"`
	Items      int             `json:"items"`
	Errors     int             `json:"errors"`
	Warnings   int             `json:"warnings"`
	Notes      int             `json:"notes"`
	Unreadable []string        `json:"unreadable"`
	Findings   []checkup.Plain `json:"findings"`
}

// shownOf is how many findings of one rule are printed without --all.
const shownOf = 20

// Run reads everything that can be read, says what cannot, judges the rest
// together, and answers no when anything is wrong.
func (c *catalogCheck) Run(s *shell) error {
	var drafts []*catalog.Draft
	var wrong []string
	for _, name := range c.Paths {
		read, problems, err := readCatalogue(name)
		if err != nil {
			return err
		}
		drafts = append(drafts, read...)
		for _, p := range problems {
			wrong = append(wrong, p.In(s.lang))
		}
	}
	all := checkup.Catalogue{Items: make([]checkup.Item, len(drafts))}
	for _, name := range c.Base {
		bases, problems, err := readBases(name)
		if err != nil {
			return err
		}
		all.Bases = append(all.Bases, bases...)
		for _, p := range problems {
			wrong = append(wrong, name+": "+p.Sentence().In(s.lang))
		}
	}
	for i, d := range drafts {
		all.Items[i] = d.Checkup("")
	}
	if c.JSON {
		return s.checkupJSON(&all, wrong)
	}
	return s.checkupText(&all, wrong, c.All)
}

// readBases reads a list of base items as its own download has it: with it, items
// are held against what the base catalogue says of them (name, type, basis, and
// whether they are approvals or reviews).
func readBases(name string) ([]checkup.Base, lists.Problems, error) {
	src, err := os.ReadFile(name)
	if err != nil {
		return nil, nil, wording.M("cli.file.open", "file", name)
	}
	k, err := lists.KindOf(catalog.BaseList)
	if err != nil {
		return nil, nil, err
	}
	entries, wrong := lists.ReadFile(k, name, src).Contents(k)
	bases := make([]checkup.Base, len(entries))
	for i, c := range entries {
		bases[i] = inspect.Base(c)
	}
	return bases, wrong, nil
}

func (s *shell) checkupJSON(all *checkup.Catalogue, wrong []string) error {
	out := checkupAnswer{Items: len(all.Items), Unreadable: append([]string{}, wrong...), Findings: []checkup.Plain{}}
	var n checkup.Counts
	for f := range checkup.Judge(all) {
		n.Add(f)
		out.Findings = append(out.Findings, f.In(s.lang))
	}
	out.Errors, out.Warnings, out.Notes = n.Errors, n.Warnings, n.Notes
	out.OK = len(wrong) == 0 && n.Errors == 0
	if err := s.json(out); err != nil {
		return err
	}
	return yesOrNo(out.OK)
}

func (s *shell) checkupText(all *checkup.Catalogue, wrong []string, full bool) error {
	for _, w := range wrong {
		fmt.Fprintln(s.err, w)
	}
	var n checkup.Counts
	left := func(rule string) {
		if more := n.ByRule[rule] - shownOf; !full && more > 0 {
			fmt.Fprintln(s.out, "  "+wording.Text(s.lang, "checkup.command.more", "n", more))
		}
	}
	rule := ""
	for f := range checkup.Judge(all) {
		if f.Rule != rule {
			left(rule)
			rule = f.Rule
			r, _ := checkup.RuleOf(rule)
			fmt.Fprintln(s.out, wording.Text(s.lang, "checkup.command.heading", "severity", r.Severity.Name(), "name", r.Name(), "article", r.Article))
		}
		if n.Add(f); full || n.ByRule[rule] <= shownOf {
			s.checkupFinding(f)
		}
	}
	left(rule)
	fmt.Fprintln(s.out, wording.Text(s.lang, "checkup.command.sum", "items", len(all.Items), "errors", n.Errors, "warnings", n.Warnings, "notes", n.Notes))
	if len(wrong) > 0 {
		s.say("checkup.command.unread", "n", len(wrong))
	}
	return yesOrNo(len(wrong) == 0 && n.Errors == 0)
}

func (s *shell) checkupFinding(f checkup.Finding) {
	p := f.In(s.lang)
	fmt.Fprintf(s.out, "  %s %s\n    %s\n    %s\n", p.Subject.Code, p.Subject.Name, p.Message, p.Mend)
	for _, r := range p.Related {
		fmt.Fprintf(s.out, "    · %s %s\n", r.Code, r.Name)
	}
	for i, r := range p.Ring {
		fmt.Fprintf(s.out, "    %d → %s %s\n", i+1, r.Code, r.Name)
	}
}

func yesOrNo(ok bool) error {
	if ok {
		return nil
	}
	return errNo
}

// readCatalogue reads a list, an item's folder, or a folder with any of them in
// it, at any depth. What cannot be read keeps nothing else from being read.
func readCatalogue(name string) (drafts []*catalog.Draft, problems []catalog.Problem, err error) {
	name = filepath.Clean(name)
	info, err := os.Stat(name)
	if err != nil {
		return nil, nil, wording.M("cli.file.open", "file", name)
	}
	if !info.IsDir() {
		drafts, problems = change.ReadFiles(os.DirFS(filepath.Dir(name)), filepath.Base(name))
		return drafts, problems, nil
	}
	root := os.DirFS(name)
	found := false
	err = fs.WalkDir(root, ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			problems = append(problems, catalog.Problem{File: p, Msg: wording.M("cli.file.open", "file", p)})
			return fs.SkipDir
		}
		ext := strings.ToLower(slash.Ext(p))
		_, missing := fs.Stat(root, slash.Join(p, "item.yaml"))
		item := e.IsDir() && missing == nil
		if !item && (e.IsDir() || ext != ".csv" && ext != ".xlsx" || strings.HasPrefix(slash.Base(p), "~$")) {
			return nil
		}
		found = true
		read, wrong := change.ReadFiles(root, p)
		drafts = append(drafts, read...)
		for _, w := range wrong {
			if w.File = slash.Join(p, w.File); ext == ".csv" || ext == ".xlsx" {
				w.File = p
			}
			problems = append(problems, w)
		}
		if item {
			return fs.SkipDir
		}
		return nil
	})
	if err == nil && !found {
		err = wording.M("checkup.command.empty", "file", name)
	}
	return drafts, problems, err
}

// catalogRules prints the table of everything that is looked for.
type catalogRules struct {
	JSON bool `name:"json" help:"cli.option.json"`
}

// ruleRow is a row of the table.
type ruleRow struct {
	Key      string           `json:"key"`
	Family   string           `json:"family"`
	Severity checkup.Severity `json:"severity"`
	Name     string           `json:"name"`
	Article  string           `json:"article"`
}

// Run prints the table.
func (c *catalogRules) Run(s *shell) error {
	var rows []ruleRow
	for _, r := range checkup.Rules() {
		rows = append(rows, ruleRow{r.Key, r.FamilyName().In(s.lang), r.Severity, r.Name().In(s.lang), r.Article})
	}
	if c.JSON {
		return s.json(rows)
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.Key, r.Severity.Name().In(s.lang), r.Family, r.Name, r.Article)
	}
	return w.Flush()
}
