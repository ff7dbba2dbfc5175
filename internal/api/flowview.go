package api

import (
	"tongban/internal/rules/flow"
	"tongban/internal/rules/flowtable"
	"tongban/internal/rules/wording"
	"tongban/internal/work/change"
)

// flowLine is an item with a flow; Rev is that of its draft, 0 for none.
type flowLine struct {
	Item   int64  `json:"item"`
	Code   string `json:"code"`
	Name   string `json:"name"`
	Agency string `json:"agency"`
	Rev    int    `json:"rev"`
	By     string `json:"by,omitempty"`
	At     string `json:"at,omitempty"`
}

// flowStep is what a row says of a node.
type flowStep struct {
	Kind     string `json:"kind,omitempty" maxLength:"40" example:"userTask"`
	Name     string `json:"name" maxLength:"200" example:"审查"`
	Role     string `json:"role,omitempty" maxLength:"40"`
	Post     string `json:"post,omitempty" maxLength:"40"`
	Part     string `json:"part,omitempty" maxLength:"40"`
	Officers int    `json:"officers,omitempty"`
	Term     string `json:"term,omitempty" maxLength:"40" example:"P5W"`
	Action   string `json:"action,omitempty" maxLength:"40"`
	Special  string `json:"special,omitempty" maxLength:"40"`
	Risk     string `json:"risk,omitempty" maxLength:"1000"`
	Guard    string `json:"guard,omitempty" maxLength:"1000"`
	Basis    string `json:"basis,omitempty" maxLength:"1000"`
}

// flowWay is what a row says of a way out of a choice.
type flowWay struct {
	Name      string `json:"name,omitempty" maxLength:"200"`
	Condition string `json:"condition,omitempty" maxLength:"2000" example:"form.area > 50"`
	Otherwise bool   `json:"otherwise,omitempty"`
}

// flowRow is a row of the table; ID names it in edits.
type flowRow struct {
	ID       string    `json:"id"`
	Kind     string    `json:"kind" enum:"step,event,choice,split,way,branch,join,go,other"`
	Depth    int       `json:"depth"`
	No       int       `json:"no,omitempty"`
	Text     string    `json:"text"`
	Type     string    `json:"type,omitempty"`
	Step     *flowStep `json:"step,omitempty"`
	Way      *flowWay  `json:"way,omitempty"`
	Lost     bool      `json:"lost,omitempty"`
	Problems []string  `json:"problems,omitempty"`
}

// flowView is the flow of an item as a table: the draft where there is one, else
// the newest version's.
type flowView struct {
	Item     int64     `json:"item"`
	Name     string    `json:"name"`
	Rev      int       `json:"rev"`
	Base     int       `json:"base"`
	By       string    `json:"by,omitempty"`
	At       string    `json:"at,omitempty"`
	Stale    bool      `json:"stale"`
	Waiting  bool      `json:"waiting"`
	Changes  int       `json:"changes"`
	Rows     []flowRow `json:"rows"`
	Problems []string  `json:"problems"`
}

// flowDifference is a row that differs; Fields are the columns whose values do.
type flowDifference struct {
	Kind   string   `json:"kind" enum:"added,removed,changed,placed"`
	Fields []string `json:"fields"`
	Was    *flowRow `json:"was,omitempty"`
	Is     *flowRow `json:"is,omitempty"`
}

func (b *flowStep) step() flowtable.Step {
	return flowtable.Step{Kind: flow.Kind(b.Kind), Name: b.Name, Role: b.Role, Post: b.Post, Part: b.Part, Officers: b.Officers, Term: b.Term, Action: b.Action,
		About: flow.About{Special: b.Special, Risk: b.Risk, Guard: b.Guard, Basis: b.Basis}}
}

func stepOf(s flowtable.Step) *flowStep {
	return &flowStep{string(s.Kind), s.Name, s.Role, s.Post, s.Part, s.Officers, s.Term, s.Action, s.About.Special, s.About.Risk, s.About.Guard, s.About.Basis}
}

// rowID is by what edits name a row.
func rowID(r *flowtable.Row) string {
	if r.Node != "" {
		return r.Node
	}
	return r.Flow
}

func rowOf(r *flowtable.Row, lang wording.Lang) flowRow {
	v := flowRow{ID: rowID(r), Kind: string(r.Kind), Depth: r.Depth, No: r.No, Text: r.Line.In(lang), Type: string(r.Type), Lost: r.Lost}
	switch {
	case r.Kind == flowtable.RowWay:
		v.Way = &flowWay{r.Way.Name, r.Way.Condition, r.Way.Otherwise}
	case r.Node != "" && r.Kind != flowtable.RowGo:
		v.Step = stepOf(r.Step)
	}
	return v
}

func flowViewOf(x *change.FlowSheet, lang wording.Lang) flowView {
	v := flowView{Item: x.Item, Name: x.Name, Rev: x.Rev, Base: x.Began.N, At: moment(x.At), Stale: x.Stale, Waiting: x.Waiting, Changes: len(x.Differences()),
		Rows: make([]flowRow, len(x.Table.Rows)), Problems: []string{}}
	at := map[string]*flowRow{}
	for i := range x.Table.Rows {
		v.Rows[i] = rowOf(&x.Table.Rows[i], lang)
		if v.Rows[i].Kind != string(flowtable.RowGo) {
			at[v.Rows[i].ID] = &v.Rows[i]
		}
	}
	for _, p := range x.Problems() {
		if p.Row == nil {
			v.Problems = append(v.Problems, p.Text.In(lang))
		} else if r := at[rowID(p.Row)]; r != nil {
			r.Problems = append(r.Problems, p.Text.In(lang))
		}
	}
	return v
}

func flowDifferences(all []flowtable.Difference, lang wording.Lang) []flowDifference {
	list := make([]flowDifference, len(all))
	for i, d := range all {
		list[i] = flowDifference{Kind: string(d.Kind), Fields: d.Fields}
		if list[i].Fields == nil {
			list[i].Fields = []string{}
		}
		if d.Was != nil {
			was := rowOf(d.Was, lang)
			list[i].Was = &was
		}
		if d.Is != nil {
			is := rowOf(d.Is, lang)
			list[i].Is = &is
		}
	}
	return list
}
