package compare

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/reconcile"
	"tongban/internal/rules/wording"
)

// Results is what the result of a comparison looks like as a file: a line for
// every line of either list, those of one row under one number.
var Results = &lists.Kind{Key: "comparison", Name: "比对结果", NameEN: "Comparison", Columns: []lists.Column{
	{Key: "code", Title: "行号", TitleEN: "Row", Type: lists.Text},
	{Key: "relation", Title: "比对结果", TitleEN: "Result", Type: lists.Text},
	{Key: "their_code", Title: "对方编码", TitleEN: "Their code", Type: lists.Text},
	{Key: "their_name", Title: "对方名称", TitleEN: "Their name", Type: lists.Text, Max: mostName},
	{Key: "our_code", Title: "目录编码", TitleEN: "Our code", Type: lists.Text},
	{Key: "our_name", Title: "目录名称", TitleEN: "Our name", Type: lists.Text, Max: mostName},
	{Key: "differs", Title: "哪里不同", TitleEN: "Differences", Type: lists.Text, Max: mostCell},
	{Key: "score", Title: "把握（千分）", TitleEN: "Score", Type: lists.Text},
	{Key: "why", Title: "理由", TitleEN: "Reasons", Type: lists.Text, Max: mostCell},
	{Key: "verdict", Title: "处理", TitleEN: "Verdict", Type: lists.Text},
	{Key: "reason", Title: "处理意见", TitleEN: "Reason", Type: lists.Text, Max: mostReason},
}}

// Entries goes through the rows of a comparison as lines of Results, page by page.
func Entries(ctx context.Context, s *store.Store, q Query) iter.Seq2[lists.Entry, error] {
	q.Limit = 500
	return func(yield func(lists.Entry, error) bool) {
		for {
			var rows []Row
			if err := s.Read(ctx, func(tx *store.Tx) (err error) {
				rows, err = Page(tx, q)
				return err
			}); err != nil {
				yield(lists.Entry{}, err)
				return
			}
			for i := range rows {
				for _, line := range rows[i].lines() {
					if !yield(lists.Entry{Code: line.Text("code"), N: 1, Content: lists.Content{Columns: line}}, nil) {
						return
					}
				}
			}
			if len(rows) < q.Limit {
				return
			}
			q.After = rows[len(rows)-1].N
		}
	}
}

// lines are the lines of a row: one for each line of the longer side.
func (r *Row) lines() (list []lists.Row) {
	for i := range max(len(r.Theirs), len(r.Ours)) {
		x := lists.Row{"code": fmt.Sprint(r.N)}
		if i < len(r.Theirs) {
			x["their_code"], x["their_name"] = r.Theirs[i].Code, r.Theirs[i].Name
		}
		if i < len(r.Ours) {
			x["our_code"], x["our_name"] = r.Ours[i].Code, r.Ours[i].Name
		}
		if i == 0 {
			x["relation"], x["score"], x["reason"] = r.Relation.Name().In(wording.ZH), fmt.Sprint(r.Score), r.Reason
			x["differs"], x["why"] = r.apart(), r.why()
			x["verdict"] = wording.Text(wording.ZH, "compare.verdict."+VerdictKey(r.Verdict))
		}
		list = append(list, x)
	}
	return list
}

// VerdictKey is a verdict as a key of words: open where nobody decided.
func VerdictKey(v reconcile.Verdict) string {
	if v == reconcile.Open {
		return "open"
	}
	return string(v)
}

func (r *Row) apart() string {
	var parts []string
	for _, d := range r.Differences {
		parts = append(parts, wording.Text(wording.ZH, "compare.apart", "field", d.Field.Name(), "theirs", d.Theirs, "ours", d.Ours))
	}
	return strings.Join(parts, "；")
}

func (r *Row) why() string {
	var parts []string
	for _, s := range r.Why {
		parts = append(parts, s.In(wording.ZH))
	}
	return strings.Join(parts, "；")
}
