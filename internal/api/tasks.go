package api

import (
	"context"
	"net/http"

	"tongban/internal/record/act"
	"tongban/internal/work/casework"
)

type assignBody struct {
	Seen   int64 `json:"seen,omitempty" example:"1"`
	Person int64 `json:"person" example:"501"`
}

type opinionBody struct {
	Seen   int64    `json:"seen,omitempty" example:"1"`
	Passed bool     `json:"passed" example:"true"`
	Text   string   `json:"text" maxLength:"5000" example:"材料齐全，符合条件"`
	Points []string `json:"points,omitempty" maxItems:"200"`
}

type visitBody struct {
	Seen     int64    `json:"seen,omitempty" example:"1"`
	Passed   bool     `json:"passed" example:"true"`
	Text     string   `json:"text" maxLength:"5000" example:"灭火器在位，通道畅通"`
	Officers []int64  `json:"officers" maxItems:"20" example:"[501,502]"`
	Points   []string `json:"points,omitempty" maxItems:"200"`
}

type askBody struct {
	Seen     int64  `json:"seen,omitempty" example:"1"`
	To       string `json:"to" maxLength:"40" example:"zjj"`
	Question string `json:"question" maxLength:"5000" example:"这处房屋能不能作经营用？"`
	Days     int    `json:"days" minimum:"1" maximum:"30" example:"5"`
}

type sendBackBody struct {
	Seen   int64  `json:"seen,omitempty" example:"1"`
	To     string `json:"to" maxLength:"100" example:"review"`
	Reason string `json:"reason" maxLength:"2000" example:"核查记录缺第二名人员"`
}

type pauseBody struct {
	Seen   int64  `json:"seen,omitempty" example:"1"`
	Reason string `json:"reason" maxLength:"2000" example:"水质送检"`
	Days   int    `json:"days" minimum:"1" maximum:"365" example:"10"`
}

type resumeBody struct {
	Seen   int64  `json:"seen,omitempty" example:"1"`
	Result string `json:"result" maxLength:"5000" example:"检测合格"`
}

type decideBody struct {
	Seen     int64    `json:"seen,omitempty" example:"1"`
	Outcome  string   `json:"outcome" enum:"granted,refused,returned" example:"granted"`
	Reasons  []string `json:"reasons,omitempty" maxItems:"50"`
	Articles []string `json:"articles,omitempty" maxItems:"50"`
	Points   []string `json:"points,omitempty" maxItems:"200"`
}

// taskAct adds a command on a task of a case to the table.
func taskAct[B, In any](s *server, id, word, command string, example B, run func(context.Context, act.Actor, string, In) (casework.Done, error), in func(t casework.TaskIn, b B) In) {
	p := spec{id: id, method: http.MethodPost, path: "/cases/{case}/tasks/{task}/" + word, tag: "task", command: command, access: staff, example: example}
	on(s, p, func(ctx context.Context, v *visit, x *onTask[B]) (*doneOut, error) {
		done, err := run(ctx, v.actor, x.Key, in(casework.TaskIn{Case: x.Case, Task: x.Task}, x.Body))
		return &doneOut{Echoed(x.Keyed), done}, err
	})
}

// seen puts the version that the reader saw into the name of a task.
func seen(t casework.TaskIn, n int64) casework.TaskIn { t.Seen = n; return t }

// taskActs adds the commands on tasks.
func taskActs(s *server) {
	o := s.h.Office
	taskAct(s, "assignTask", "assign", "case.assign", assignBody{1, 501}, o.Assign, func(t casework.TaskIn, b assignBody) casework.AssignIn {
		return casework.AssignIn{TaskIn: seen(t, b.Seen), Person: b.Person}
	})
	taskAct(s, "reviewTask", "review", "case.review", opinionBody{Seen: 1, Passed: true, Text: "材料齐全，符合条件"}, o.Review, func(t casework.TaskIn, b opinionBody) casework.ReviewIn {
		return casework.ReviewIn{TaskIn: seen(t, b.Seen), Passed: b.Passed, Text: b.Text, Points: b.Points}
	})
	taskAct(s, "visitSite", "visit", "case.visit", visitBody{Seen: 1, Passed: true, Text: "灭火器在位，通道畅通", Officers: []int64{501, 502}}, o.Visit, func(t casework.TaskIn, b visitBody) casework.VisitIn {
		return casework.VisitIn{TaskIn: seen(t, b.Seen), Passed: b.Passed, Text: b.Text, Officers: b.Officers, Points: b.Points}
	})
	taskAct(s, "askBody", "ask", "case.ask", askBody{1, "zjj", "这处房屋能不能作经营用？", 5}, o.Ask, func(t casework.TaskIn, b askBody) casework.AskIn {
		return casework.AskIn{TaskIn: seen(t, b.Seen), To: b.To, Question: b.Question, Days: b.Days}
	})
	taskAct(s, "sendBack", "send-back", "case.send_back", sendBackBody{1, "review", "核查记录缺第二名人员"}, o.SendBack, func(t casework.TaskIn, b sendBackBody) casework.SendBackIn {
		return casework.SendBackIn{TaskIn: seen(t, b.Seen), To: b.To, Reason: b.Reason}
	})
	taskAct(s, "pauseClock", "pause", "case.pause", pauseBody{1, "水质送检", 10}, o.Pause, func(t casework.TaskIn, b pauseBody) casework.PauseIn {
		return casework.PauseIn{TaskIn: seen(t, b.Seen), Reason: b.Reason, Days: b.Days}
	})
	taskAct(s, "resumeClock", "resume", "case.resume", resumeBody{1, "检测合格"}, o.Resume, func(t casework.TaskIn, b resumeBody) casework.ResumeIn {
		return casework.ResumeIn{TaskIn: seen(t, b.Seen), Result: b.Result}
	})
	taskAct(s, "decideCase", "decide", "case.decide", decideBody{Seen: 1, Outcome: casework.Granted, Articles: []string{"示范办法第九条"}}, o.Decide,
		func(t casework.TaskIn, b decideBody) casework.DecideIn {
			return casework.DecideIn{TaskIn: seen(t, b.Seen), Verdict: casework.Verdict{Outcome: b.Outcome, Reasons: b.Reasons, Articles: b.Articles}, Points: b.Points}
		})
}
