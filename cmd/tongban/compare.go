package main

import (
	"fmt"
	"os"
	"path/filepath"

	"tongban/internal/rules/reconcile"
	"tongban/internal/rules/wording"
	"tongban/internal/work/compare"
)

// catalogCompare sets an own list beside a catalogue that lies in files (事项比对),
// without a server. It decides nothing and keeps nothing.
type catalogCompare struct {
	JSON      bool     `name:"json" help:"cli.option.json"`
	Place     []string `name:"place" help:"compare.command.place"`
	Own       string   `arg:"" name:"OWN" help:"compare.command.own"`
	Catalogue string   `arg:"" name:"CATALOGUE" help:"compare.command.catalogue"`
}

// comparedRow is a row of the answer for other programs.
type comparedRow struct {
	Relation    reconcile.Relation `json:"relation"`
	Score       int                `json:"score"`
	Theirs      []compare.Line     `json:"theirs"`
	Ours        []compare.Line     `json:"ours"`
	Differences []compare.Apart    `json:"differences"`
	Why         []string           `json:"why"`
}

// Run compares; the answer is no when anything differs.
func (c *catalogCompare) Run(s *shell) error {
	theirs, err := c.own(s)
	if err != nil {
		return err
	}
	drafts, problems, err := readCatalogue(c.Catalogue)
	if err != nil {
		return err
	}
	for _, p := range problems {
		fmt.Fprintln(s.err, p.In(s.lang))
	}
	if len(problems) > 0 {
		return errNo
	}
	ours := make([]compare.Line, len(drafts))
	for i, d := range drafts {
		ours[i] = compare.OfDraft(d)
	}
	rows, _ := compare.Match("", theirs, ours, nil, c.Place)
	same := true
	counts := map[reconcile.Relation]int{}
	for i := range rows {
		counts[rows[i].Relation]++
		same = same && rows[i].Relation == reconcile.Same && len(rows[i].Differences) == 0
	}
	if c.JSON {
		if err := s.json(struct {
			OK   bool                       `json:"ok"`
			Rows []comparedRow              `json:"rows"`
			Sum  map[reconcile.Relation]int `json:"sum"`
		}{same, plainRows(rows, s.lang), counts}); err != nil {
			return err
		}
		return yesOrNo(same)
	}
	for i := range rows {
		s.compared(&rows[i])
	}
	for _, rel := range reconcile.Relations() {
		fmt.Fprintf(s.out, "%s %d\n", rel.Name().In(s.lang), counts[rel])
	}
	return yesOrNo(same)
}

// own reads the own list, or says what is wrong with it.
func (c *catalogCompare) own(s *shell) ([]compare.Line, error) {
	f, err := os.Open(filepath.Clean(c.Own))
	if err != nil {
		return nil, wording.M("cli.file.open", "file", c.Own)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	lines, problems := compare.Read(c.Own, f, info.Size(), nil)
	if len(problems) > 0 {
		fmt.Fprintln(s.err, problems.In(s.lang))
		return nil, errNo
	}
	return lines, nil
}

// compared prints a row that is not the same in everything.
func (s *shell) compared(r *compare.Row) {
	if r.Relation == reconcile.Same && len(r.Differences) == 0 {
		return
	}
	fmt.Fprintf(s.out, "%s %d%%\n", r.Relation.Name().In(s.lang), r.Score/10)
	for _, l := range r.Theirs {
		fmt.Fprintf(s.out, "  < %s %s\n", l.Code, l.Name)
	}
	for _, l := range r.Ours {
		fmt.Fprintf(s.out, "  > %s %s\n", l.Code, l.Name)
	}
	for _, d := range r.Differences {
		fmt.Fprintln(s.out, "    "+wording.Text(s.lang, "compare.apart", "field", d.Field.Name(), "theirs", d.Theirs, "ours", d.Ours))
	}
	for _, w := range r.Why {
		fmt.Fprintln(s.out, "    "+w.In(s.lang))
	}
}

func plainRows(rows []compare.Row, lang wording.Lang) []comparedRow {
	list := make([]comparedRow, len(rows))
	for i := range rows {
		r := &rows[i]
		list[i] = comparedRow{Relation: r.Relation, Score: r.Score, Theirs: append([]compare.Line{}, r.Theirs...), Ours: append([]compare.Line{}, r.Ours...),
			Differences: append([]compare.Apart{}, r.Differences...), Why: []string{}}
		for _, w := range r.Why {
			list[i].Why = append(list[i].Why, w.In(lang))
		}
	}
	return list
}
