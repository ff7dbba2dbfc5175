package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"tongban/internal/record/store"
	"tongban/tests/drive"
)

// outdoors is the real binary on a founded county, with people signed in.
type outdoors struct {
	b          *bench
	county     *drive.County // closed; for its items and logins
	dir, db    string
	server     *drive.Server
	client     *drive.Client
	applicants []*drive.Session
	staff      []*drive.Staff
	cases      atomic.Int64 // applications sent
	granted    atomic.Int64 // cases that were seen to end with a licence
}

// outdoors founds a county, starts the binary on it, and signs people in: one
// session for each worker that applies, two teams of officials.
func (b *bench) outdoors(ctx context.Context, e store.Engine) (*outdoors, error) {
	o, err := b.options(ctx, e)
	if err != nil {
		return nil, err
	}
	x := &outdoors{b: b, dir: o.Dir, db: o.Database}
	if x.county, err = drive.Found(ctx, o); err != nil {
		return nil, err
	}
	said, err := durability(ctx, x.county.House.Store)
	if err == nil {
		b.table.condition(said)
		err = x.county.House.Close()
	}
	if err != nil {
		return nil, err
	}
	return x, x.open(ctx)
}

// open starts the server and signs people in.
func (x *outdoors) open(ctx context.Context) (err error) {
	if x.server, err = drive.Serve(x.b.bin, x.dir, x.db, x.b.log); err != nil {
		return err
	}
	x.client = drive.NewClient(x.server.URL, 64)
	logins := x.county.Applicants()
	for i := range 32 {
		s, err := x.client.Resident(ctx, logins[i%len(logins)])
		if err != nil {
			return err
		}
		x.applicants = append(x.applicants, s)
	}
	for n := 1; n <= 2; n++ {
		s, err := x.client.SignInStaff(ctx, n)
		if err != nil {
			return err
		}
		x.staff = append(x.staff, s)
	}
	return nil
}

func (x *outdoors) apply(ctx context.Context, w, n int) error {
	_, err := x.applicants[w].Apply(ctx, fmt.Sprintf("apply-%d-%d", w, time.Now().UnixNano()), x.county.Item, n)
	x.cases.Add(1)
	return err
}

// delivered takes one case from the application to the delivered licence; every act
// has an idempotency key, and officials open the case before they act on it.
func (x *outdoors) delivered(ctx context.Context, w, n int) error {
	key := fmt.Sprintf("%d-%d-", w, time.Now().UnixNano())
	x.cases.Add(1)
	done, err := x.applicants[w].Apply(ctx, key+"apply", x.county.Item, n)
	if err != nil {
		return err
	}
	for _, s := range x.staff[w%len(x.staff)].Way() {
		if done, err = s.Step(ctx, key+s.Name, done.Case); err != nil {
			return err
		}
	}
	if done.Status != "concluded" {
		return fmt.Errorf("case %s ended as %s", done.Number, done.Status)
	}
	return nil
}

// close stops the server, opens the house once more, and checks what is there.
func (x *outdoors) close(ctx context.Context) error {
	return x.closeWith(ctx, func(context.Context, *drive.County) error { return nil })
}

// closeWith is close with a check of the caller's own.
func (x *outdoors) closeWith(ctx context.Context, check func(context.Context, *drive.County) error) error {
	x.client.Close()
	if err := x.server.Stop(); err != nil {
		return err
	}
	c, err := drive.Reopen(ctx, drive.Options(x.dir, x.db))
	if err != nil {
		return err
	}
	err = checked(ctx, c.House, int(x.cases.Load()))
	if err == nil {
		err = check(ctx, c)
	}
	return joined(err, c.House.Close)
}

// http measures the same work through the binary.
func (b *bench) http(ctx context.Context) error {
	b.table.section("Over HTTP: the binary, sessions, rights, vault, papers, ledger, followers, keys against repetition")
	var list []*outdoors
	var applies, wholes []contender
	for _, e := range engines {
		x, err := b.outdoors(ctx, e)
		if err != nil {
			return err
		}
		list = append(list, x)
		for _, n := range workers {
			where := fmt.Sprintf("%s, %d at once", e, n)
			applies = append(applies, contender{"applications (one request each)", where, func(ctx context.Context, d time.Duration) (sample, error) { return closed(ctx, n, d, x.apply) }})
			wholes = append(wholes, contender{"whole cases (12 requests, 5 of them looks)", where, func(ctx context.Context, d time.Duration) (sample, error) { return closed(ctx, n, d, x.delivered) }})
		}
	}
	err := b.interleaved(ctx, "/s", applies)
	if err == nil {
		err = b.interleaved(ctx, "/s", wholes)
	}
	for _, x := range list {
		err = joined(err, func() error { return x.close(ctx) })
	}
	return err
}
