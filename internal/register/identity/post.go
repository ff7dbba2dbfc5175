package identity

import (
	"context"
	"slices"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
)

// The commands on posts.
var (
	CommandGrantPost = act.Command{Name: "staff.grant", Right: "staff.grant"}
	CommandEndPost   = act.Command{Name: "staff.end", Right: "staff.end"}
)

// Post is a post that a person holds at an agency, in a region and below.
type Post struct {
	ID     int64
	Person int64
	Agency string
	Post   string // key: window, reviewer …
	Region string // code of GB/T 2260, at or below the agency's; "" is the agency's
	Span   day.Span
}

// GrantPost gives a person a post. Nobody gives one to themself: an
// administrator who could would hold every part of a case.
func (r *Register) GrantPost(ctx context.Context, a act.Actor, token string, in Post) (int64, error) {
	return run(ctx, r, a, token, CommandGrantPost, in, func(c *act.Call, in Post) (int64, error) {
		if err := r.Lock(c.Tx, epochStaff); err != nil {
			return 0, err
		}
		if err := r.checkPost(c, &in); err != nil {
			return 0, err
		}
		return r.putPost(c, in)
	})
}

func (r *Register) checkPost(c *act.Call, in *Post) error {
	if in.Span.From == 0 {
		in.Span.From = c.Today()
	}
	agency, err := r.Agency(c.Tx, in.Agency, in.Span.From)
	if err != nil {
		return err
	}
	if err := c.Allow(act.Scope{Agency: in.Agency, Region: in.Region}); err != nil {
		return err
	}
	if c.Actor.Person != 0 && c.Actor.Person == in.Person {
		return act.Refuse("identity.post.self").Then("identity.post.self.next")
	}
	if in.Post == Applicant || !slices.Contains(Roles, in.Post) {
		return act.Wrong("identity.post.unknown", "post", in.Post)
	}
	if in.Span.Until != 0 && in.Span.Until <= in.Span.From {
		return act.Wrong("identity.span")
	}
	if in.Region == "" {
		in.Region = agency.Region
	}
	if !gbcode.Under(in.Region, agency.Region) {
		return act.Wrong("identity.post.region", "region", in.Region, "agency", agency.Short)
	}
	if _, err := r.Person(c.Tx, in.Person); err != nil {
		return err
	}
	var one int
	found, err := c.Tx.Get([]any{&one}, `select 1 from staff_post where home = $1 and person = $2 and agency = $3 and post = $4
		and (until_day = 0 or until_day > $5) and ($6 = 0 or from_day < $6)`,
		c.Tx.Home(), in.Person, in.Agency, in.Post, in.Span.From, in.Span.Until)
	if err == nil && found {
		err = act.Refuse("identity.post.held", "post", PostLabel(in.Post))
	}
	return err
}

func (r *Register) putPost(c *act.Call, in Post) (int64, error) {
	in.ID = c.Tx.NewID()
	c.Tx.Put(`insert into staff_post(home, id, person, agency, post, region, from_day, until_day) values($1, $2, $3, $4, $5, $6, $7, $8)`,
		c.Tx.Home(), in.ID, in.Person, in.Agency, in.Post, in.Region, in.Span.From, in.Span.Until)
	r.Bump(c.Tx, epochStaff)
	_, err := c.Note(nil, ledger.Event{Stream: personStream(in.Person), Kind: "staff.granted", Day: in.Span.From, Facts: map[string]any{
		"id": in.ID, "agency": in.Agency, "post": in.Post, "region": in.Region, "until": in.Span.Until.String()}})
	return in.ID, err
}

// EndOfPost names a post and its first day without the person; 0 is today, from
// this moment on.
type EndOfPost struct {
	Post  int64
	Until day.Day
}

// EndPost takes a post away. Open sessions lose it with their next request, and
// a command that runs meanwhile is refused.
func (r *Register) EndPost(ctx context.Context, a act.Actor, token string, in EndOfPost) error {
	_, err := run(ctx, r, a, token, CommandEndPost, in, func(c *act.Call, in EndOfPost) (struct{}, error) {
		if err := r.Lock(c.Tx, epochStaff); err != nil {
			return struct{}{}, err
		}
		p, found, err := store.Find(c.Tx, scanPost, postSelect+`and id = $2`, c.Tx.Home(), in.Post)
		if err != nil {
			return struct{}{}, err
		}
		if !found {
			return struct{}{}, act.Missing("identity.thing.post")
		}
		if err := c.Allow(act.Scope{Agency: p.Agency, Region: p.Region}); err != nil {
			return struct{}{}, err
		}
		if in.Until == 0 {
			in.Until = c.Today()
		}
		in.Until = max(in.Until, p.Span.From)
		if p.Span.Until != 0 && p.Span.Until <= in.Until {
			return struct{}{}, act.Changed("identity.thing.post")
		}
		c.Tx.Put(`update staff_post set until_day = $3 where home = $1 and id = $2`, c.Tx.Home(), p.ID, in.Until)
		r.Bump(c.Tx, epochStaff)
		_, err = c.Note(nil, ledger.Event{Stream: personStream(p.Person), Kind: "staff.ended", Day: in.Until,
			Facts: map[string]any{"id": p.ID, "agency": p.Agency, "post": p.Post}})
		return struct{}{}, err
	})
	return err
}

const postSelect = `select id, person, agency, post, region, from_day, until_day from staff_post where home = $1 `

func scanPost(row store.Row) (p Post, err error) {
	return p, row.Scan(&p.ID, &p.Person, &p.Agency, &p.Post, &p.Region, &p.Span.From, &p.Span.Until)
}

// PostsOf lists every post a person has or had, newest last.
func (r *Register) PostsOf(tx *store.Tx, person int64) ([]Post, error) {
	return store.All(tx, scanPost, postSelect+`and person = $2 order by from_day, id`, tx.Home(), person)
}

// PostsAt lists the posts held at an agency on day d, by post and person.
func (r *Register) PostsAt(tx *store.Tx, agency string, d day.Day) ([]Post, error) {
	return store.All(tx, scanPost, postSelect+`and agency = $2 and from_day <= $3 and (until_day = 0 or until_day > $3)
		order by post, person`, tx.Home(), agency, d)
}

// StaffOf lists who may act in a post of an agency on day d: those who hold it,
// and the stand-ins of those on leave. Each person once.
func (r *Register) StaffOf(tx *store.Tx, agency, post string, d day.Day) ([]int64, error) {
	return store.All(tx, scanID, `select person from staff_post
		where home = $1 and agency = $2 and post = $3 and from_day <= $4 and (until_day = 0 or until_day > $4)
		union
		select l.stand_in from staff_leave l join staff_post p on p.home = l.home and p.person = l.person
		where l.home = $1 and p.agency = $2 and p.post = $3 and p.post <> 'admin' and l.from_day <= $4 and l.until_day > $4
		and p.from_day <= $4 and (p.until_day = 0 or p.until_day > $4) order by 1`, tx.Home(), agency, post, d)
}
