package security_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"tongban/internal/demo"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
)

// kind is a kind of user.
type kind struct {
	name   string
	key    string // account; "" is nobody
	post   string // "" acts for themself
	agency string
	region string
	owner  bool // of the things of the trials, or may act for their owner
}

// far is a township of the county: those posted there have no business with a
// case of the county's seat.
const far = "990124201"

// kinds are all kinds of users. Each post is tried at the right agency, at a
// wrong one, and at the right one in another region.
var kinds = []kind{
	{name: "nobody"},
	{name: "the applicant", key: "baker", owner: true},
	{name: "another applicant", key: "neighbour"},
	{name: "the applicant's agent", key: "r09", owner: true},
	{name: "a firm's representative", key: "r12"},
	{name: "window clerk", key: "spj_window_1", post: "window", agency: "spj", region: demo.Region},
	{name: "window clerk of another region", key: "far_window", post: "window", agency: "spj", region: far},
	{name: "reviewer", key: "scjg_reviewer_1", post: "reviewer", agency: "scjg", region: demo.Region},
	{name: "reviewer of a body taking part", key: "sthj_reviewer_1", post: "reviewer", agency: "sthj", region: demo.Region},
	{name: "reviewer of another agency", key: "rsj_reviewer_1", post: "reviewer", agency: "rsj", region: demo.Region},
	{name: "reviewer of another region", key: "far_reviewer", post: "reviewer", agency: "scjg", region: far},
	{name: "inspector", key: "scjg_inspector_1", post: "inspector", agency: "scjg", region: demo.Region},
	{name: "inspector of another agency", key: "rsj_inspector_1", post: "inspector", agency: "rsj", region: demo.Region},
	{name: "decider", key: "scjg_decider_1", post: "decider", agency: "scjg", region: demo.Region},
	{name: "decider of another agency", key: "rsj_decider_1", post: "decider", agency: "rsj", region: demo.Region},
	{name: "head", key: "scjg_head_1", post: "head", agency: "scjg", region: demo.Region},
	{name: "head of another agency", key: "rsj_head_1", post: "head", agency: "rsj", region: demo.Region},
	{name: "leader", key: "zfb_leader_1", post: "leader", agency: "zfb", region: demo.Region},
	{name: "leader of another region", key: "far_leader", post: "leader", agency: "zfb", region: far},
	{name: "catalogue editor", key: "zfb_catalogue_1", post: "catalogue", agency: "zfb", region: demo.Region},
	{name: "catalogue editor of another region", key: "far_catalogue", post: "catalogue", agency: "zfb", region: far},
	{name: "agency's manager", key: "scjg_manager_1", post: "manager", agency: "scjg", region: demo.Region},
	{name: "manager of another agency", key: "spj_manager_1", post: "manager", agency: "spj", region: demo.Region},
	{name: "manager of another region", key: "far_manager", post: "manager", agency: "scjg", region: far},
	{name: "supervisor", key: "zfb_supervisor_1", post: "supervisor", agency: "zfb", region: demo.Region},
	{name: "supervisor of another region", key: "far_supervisor", post: "supervisor", agency: "zfb", region: far},
	{name: "administrator", key: "zfb_admin_1", post: "admin", agency: "zfb", region: demo.Region},
	{name: "administrator of another region", key: "far_admin", post: "admin", agency: "zfb", region: far},
}

// who is a right that is asked for, over which bodies.
type who struct {
	right  string
	bodies []string // agencies of the scope, any of which will do
	region string   // of the scope; "" is the county
}

// may tells whether a kind holds a right over the county's things: derived from
// the table of rights and from the reach of each, not from what was answered.
func (k kind) may(w who) bool {
	if k.post == "" {
		return false
	}
	region := w.region
	if region == "" {
		region = demo.Region
	}
	inside := k.region == region || gbcode.Under(region, k.region)
	for _, p := range identity.Pairs() {
		if p.Role != k.post || !covers(p.Right, w.right) {
			continue
		}
		switch p.Reach {
		case identity.Office:
			return true
		case identity.Area:
			if inside {
				return true
			}
		case identity.OwnAgency:
			if inside && slices.Contains(w.bodies, k.agency) {
				return true
			}
		}
	}
	return false
}

func covers(pattern, right string) bool {
	n := len(pattern)
	return pattern == right || n > 1 && pattern[n-1] == '*' && len(right) >= n-1 && right[:n-1] == pattern[:n-1]
}

// staffElsewhere posts officials of the township, and lets the agent act for the
// baker.
func (w *world) staffElsewhere(ctx context.Context) error {
	admin, clerk := mustActor(w, "zfb_admin_1"), mustActor(w, "spj_window_1")
	since := day.Span{From: demo.Since}
	hash, err := w.h.People.Hash(ctx, demo.StaffPassword)
	if err != nil {
		return err
	}
	for i, k := range kinds {
		if k.region != far {
			continue
		}
		p, err := w.h.People.RegisterPerson(ctx, clerk, "", identity.NewPerson{Name: "示外乡", IDNo: citizenNumber(i), Phone: fmt.Sprintf("199955790%02d", i), Region: far})
		if err != nil {
			return err
		}
		if _, err := w.h.People.GrantPost(ctx, admin, "", identity.Post{Person: p.Person, Agency: k.agency, Post: k.post, Region: far, Span: since}); err != nil {
			return err
		}
		if _, err := w.h.People.CreateAccount(ctx, admin, identity.NewAccount{Person: p.Person, Login: k.key, Hash: hash, TOTP: demo.StaffTOTP}); err != nil {
			return err
		}
	}
	_, err = w.h.People.Represent(ctx, mustActor(w, "baker"), "", identity.Representation{Agent: w.c.Person("r09"), Subject: w.c.Person("baker"),
		Role: identity.Agent, Document: "委托书2026-1", Span: since})
	return err
}

// citizenNumber makes a number of the township with a right check digit.
func citizenNumber(i int) string {
	body := fmt.Sprintf("%s19800101%03d", demo.Region, 500+i)
	sum := 0
	for j, c := range body {
		sum += int(c-'0') * (1 << (17 - j) % 11)
	}
	return body + string("10X98765432"[sum%11])
}

// token signs somebody in through the operations, once.
func (w *world) token(key string) string {
	if w.tokens[key] == "" {
		w.tokens[key] = w.signIn(key)
	}
	return w.tokens[key]
}

// signIn opens a new session.
func (w *world) signIn(key string) string {
	login, password := key, demo.StaffPassword
	for _, a := range w.c.Accounts() {
		if a.Key == key {
			login, password = a.Login, a.Password
		}
	}
	type started struct{ Token, Next string }
	var s started
	a := w.json("", http.MethodPost, "/sessions", map[string]string{"login": login, "password": password})
	_ = json.Unmarshal(a.body, &s)
	if s.Next == string(identity.SecondFactor) {
		w.later(30 * day.Second) // a code works once
		code, err := identity.TOTPCode(demo.StaffTOTP, w.clock.Now())
		if err != nil {
			panic(err)
		}
		b, _ := json.Marshal(map[string]string{"code": code})
		a = w.ask(request{method: http.MethodPost, path: "/api/v1/sessions/second", token: s.Token, kind: "application/json", body: b})
		s = started{}
		_ = json.Unmarshal(a.body, &s)
	}
	if s.Token == "" || s.Next != "" {
		panic(fmt.Sprintf("%s could not sign in: %s", key, a.short()))
	}
	return s.Token
}
