package drive

import (
	"context"
	"fmt"
	"net/http"
)

// Staff are the officials who handle a driven case.
type Staff struct {
	Window, Market, Fire, Env, Decider *Session
}

// SignInStaff signs in the nth official of each post; the county has two of each.
func (c *Client) SignInStaff(ctx context.Context, n int) (*Staff, error) {
	s := &Staff{}
	for login, into := range map[string]**Session{
		"spj.window": &s.Window, "scjg.reviewer": &s.Market, "xfjy.reviewer": &s.Fire, "sthj.reviewer": &s.Env, "scjg.decider": &s.Decider,
	} {
		x, err := c.Official(ctx, fmt.Sprintf("%s%d", login, n))
		if err != nil {
			return nil, err
		}
		*into = x
	}
	return s, nil
}

// At is the same staff on another server.
func (s *Staff) At(c *Client) *Staff {
	return &Staff{s.Window.At(c), s.Market.At(c), s.Fire.At(c), s.Env.At(c), s.Decider.At(c)}
}

// Done is what a command answers.
type Done struct {
	Case   int64  `json:"case"`
	Number string `json:"number"`
	Status string `json:"status"`
	Extra  int64  `json:"extra"`
}

// Case is a case as its reader sees it.
type Case struct {
	ID     int64  `json:"id"`
	Number string `json:"number"`
	Status string `json:"status"`
	Tasks  []struct {
		ID     int64  `json:"id"`
		Part   string `json:"part"`
		Agency string `json:"agency"`
		State  string `json:"state"`
		Seen   int64  `json:"seen"`
	} `json:"tasks"`
	Papers []struct {
		Number string `json:"number"`
	} `json:"papers"`
}

// Open is the open task of an agency; 0 when there is none.
func (c *Case) Open(agency, part string) (id, seen int64) {
	for _, t := range c.Tasks {
		if t.Agency == agency && t.Part == part && t.State == "open" {
			return t.ID, t.Seen
		}
	}
	return 0, 0
}

// Application is what is handed in: all at once, without a draft.
func Application(item int64, n int) map[string]any {
	return map[string]any{"item": item, "values": Answers(n), "delivery": "window"}
}

// Apply hands an application in.
func (s *Session) Apply(ctx context.Context, key string, item int64, n int) (Done, error) {
	return Ask[Done](ctx, s, http.MethodPost, "/api/v1/cases", key, Application(item, n))
}

// Look opens a case; officials leave a look that its owner sees.
func (s *Session) Look(ctx context.Context, id int64) (*Case, error) {
	c, err := Ask[Case](ctx, s, http.MethodGet, fmt.Sprintf("/api/v1/cases/%d", id), "", nil)
	return &c, err
}

// Accept accepts a case at the window.
func (s *Session) Accept(ctx context.Context, key string, id int64) (Done, error) {
	return Ask[Done](ctx, s, http.MethodPost, fmt.Sprintf("/api/v1/cases/%d/accept", id), key, map[string]any{})
}

// Review finishes a review with an opinion.
func (s *Session) Review(ctx context.Context, key string, id, task, seen int64) (Done, error) {
	return Ask[Done](ctx, s, http.MethodPost, fmt.Sprintf("/api/v1/cases/%d/tasks/%d/review", id, task), key,
		map[string]any{"seen": seen, "passed": true, "text": "材料符合要求，现场与图纸一致"})
}

// Decide grants.
func (s *Session) Decide(ctx context.Context, key string, id, task, seen int64) (Done, error) {
	return Ask[Done](ctx, s, http.MethodPost, fmt.Sprintf("/api/v1/cases/%d/tasks/%d/decide", id, task), key,
		map[string]any{"seen": seen, "outcome": "granted", "articles": []string{"示范办法第一条"}})
}

// Deliver hands the result over.
func (s *Session) Deliver(ctx context.Context, key string, id int64) (Done, error) {
	return Ask[Done](ctx, s, http.MethodPost, fmt.Sprintf("/api/v1/cases/%d/deliver", id), key, map[string]any{"mode": "window"})
}

// Step is one act of a case's way. Prepare looks at the case, which is recorded,
// and finds the task; Do acts on it. A repetition of Do is the same request.
type Step struct {
	Name    string
	Prepare func(ctx context.Context, id int64) (On, error)
	Do      func(ctx context.Context, key string, on On) (Done, error)
}

// On is what an act is done on.
type On struct{ Case, Task, Seen int64 }

// Way is what is done with a case after its application. Each official opens
// the case before they act on it, and that look is recorded.
func (s *Staff) Way() []Step {
	open := func(who *Session, agency, part string) func(context.Context, int64) (On, error) {
		return func(ctx context.Context, id int64) (On, error) {
			c, err := who.Look(ctx, id)
			if err != nil {
				return On{}, err
			}
			task, seen := c.Open(agency, part)
			return On{id, task, seen}, nil
		}
	}
	review := func(name, agency string, who *Session) Step {
		return Step{name, open(who, agency, "review"), func(ctx context.Context, key string, on On) (Done, error) {
			return who.Review(ctx, key, on.Case, on.Task, on.Seen)
		}}
	}
	return []Step{
		{"accept", open(s.Window, "spj", "accept"), func(ctx context.Context, key string, on On) (Done, error) {
			return s.Window.Accept(ctx, key, on.Case)
		}},
		review("market", "scjg", s.Market), review("fire", "xfjy", s.Fire), review("env", "sthj", s.Env),
		{"decide", open(s.Decider, "scjg", "decide"), func(ctx context.Context, key string, on On) (Done, error) {
			return s.Decider.Decide(ctx, key, on.Case, on.Task, on.Seen)
		}},
		{"deliver", func(_ context.Context, id int64) (On, error) { return On{Case: id}, nil }, func(ctx context.Context, key string, on On) (Done, error) {
			return s.Window.Deliver(ctx, key, on.Case)
		}},
	}
}

// Step does one act: the look, and then the act itself.
func (s Step) Step(ctx context.Context, key string, id int64) (Done, error) {
	on, err := s.Prepare(ctx, id)
	if err != nil {
		return Done{}, fmt.Errorf("%s: look: %w", s.Name, err)
	}
	done, err := s.Do(ctx, key, on)
	if err != nil {
		return Done{}, fmt.Errorf("%s: %w", s.Name, err)
	}
	return done, nil
}
