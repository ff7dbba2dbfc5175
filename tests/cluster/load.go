package main

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"

	"tongban/tests/drive"
)

// load is people who apply and officials who handle, all through the balancer.
// Each request has a key and is sent again, as a browser's second press is,
// until somebody answers. The book holds what was acknowledged and nothing else.
type load struct {
	item    int64
	persons []*drive.Session
	staff   []*drive.Staff

	mu     sync.Mutex
	book   []*entry
	acks   []time.Time // when anything was acknowledged
	silent int         // requests that nobody answered, or that were put off
	why    map[string]int
	wrong  []error // what must not be answered

	stop    context.CancelFunc
	working sync.WaitGroup
}

// entry is what the book knows of one case.
type entry struct {
	key    string
	who, n int
	done   drive.Done // of the application
	status string     // as last acknowledged
	steps  int        // of the way, acknowledged
	extra  int64      // licence, as acknowledged
	asked  bool       // the next act was sent and not answered: it may be there
}

const (
	crowd     = 8 // who apply and handle cases at once
	pressAt   = 250 * time.Millisecond
	giveUpFor = 4 * time.Minute // an outage longer than this ends the trial
)

// signIn makes the crowd; the sessions lie in the database.
func signIn(ctx context.Context, url string, county *drive.County) (*load, error) {
	l := &load{item: county.Item, why: map[string]int{}}
	c := drive.NewClient(url, 2*crowd)
	logins := county.Applicants()
	for i := range crowd {
		s, err := c.Resident(ctx, logins[i%len(logins)])
		if err != nil {
			return nil, err
		}
		l.persons = append(l.persons, s)
	}
	for n := 1; n <= 2; n++ {
		s, err := c.SignInStaff(ctx, n)
		if err != nil {
			return nil, err
		}
		l.staff = append(l.staff, s)
	}
	return l, nil
}

// start sets everybody to work.
func (l *load) start(ctx context.Context) {
	going, stop := context.WithCancel(ctx)
	l.stop = stop
	for w := range crowd {
		l.working.Go(func() {
			for going.Err() == nil && !l.failed() {
				l.oneCase(ctx, w)
			}
		})
	}
}

// finish lets everybody bring their case to its end.
func (l *load) finish() error {
	l.stop()
	l.working.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return errors.Join(l.wrong...)
}

func (l *load) failed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.wrong) > 0
}

// oneCase takes a case from the application to the delivered licence.
func (l *load) oneCase(ctx context.Context, w int) {
	l.mu.Lock()
	e := &entry{who: w, n: len(l.book) + 1}
	e.key = fmt.Sprintf("case-%d", e.n)
	l.book = append(l.book, e)
	l.mu.Unlock()
	done, ok := l.press(ctx, e, "apply", func(ctx context.Context) (drive.Done, error) { return l.persons[e.who].Apply(ctx, e.key, l.item, e.n) })
	if !ok {
		return
	}
	l.acked(func() { e.done, e.status = done, done.Status })
	for _, s := range l.staff[e.n%len(l.staff)].Way() {
		var on drive.On
		_, ok := l.press(ctx, e, s.Name+", look", func(ctx context.Context) (d drive.Done, err error) {
			on, err = s.Prepare(ctx, e.done.Case)
			return d, err
		})
		if !ok {
			return
		}
		l.note(func() { e.asked = true })
		done, ok := l.press(ctx, e, s.Name, func(ctx context.Context) (drive.Done, error) { return s.Do(ctx, e.key+"-"+s.Name, on) })
		if !ok {
			return
		}
		l.acked(func() { e.status, e.extra, e.asked = done.Status, max(e.extra, done.Extra), false; e.steps++ })
	}
}

// note writes in the book.
func (l *load) note(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
}

func (l *load) acked(note func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	note()
	l.acks = append(l.acks, time.Now())
}

// press sends the same request until it is answered. That it could not be stored
// now is no answer; any other refusal is one that must not be.
func (l *load) press(ctx context.Context, e *entry, what string, ask func(context.Context) (drive.Done, error)) (drive.Done, bool) {
	until := time.Now().Add(giveUpFor)
	for {
		var written atomic.Int64
		done, err := ask(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(i httptrace.WroteRequestInfo) {
			if i.Err == nil {
				written.Add(1)
			}
		}}))
		if again := written.Load() - 1; again > 0 { // by Go's client itself, which is told nothing by a closed connection
			l.note(func() { l.silent++; l.why["connection closed"] += int(again) })
		}
		if err == nil {
			return done, true
		}
		var p *drive.Problem
		answered := errors.As(err, &p) && p.Status != 502 && p.Status != 503 && p.Status != 504
		l.mu.Lock()
		l.silent++
		if p != nil {
			l.why[fmt.Sprintf("%d %s", p.Status, p.Code)]++
		} else {
			l.why["no answer"]++
		}
		if answered || time.Now().After(until) || ctx.Err() != nil {
			l.wrong = append(l.wrong, fmt.Errorf("%s %s (case %d): %w", e.key, what, e.done.Case, err))
			l.mu.Unlock()
			return done, false
		}
		l.mu.Unlock()
		time.Sleep(pressAt)
	}
}

// outage is the longest time without any acknowledgement since from.
func (l *load) outage(from time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	longest, last := time.Duration(0), from
	for _, t := range l.acks {
		if t.After(from) {
			longest, last = max(longest, t.Sub(last)), t
		}
	}
	return longest
}

// recovered tells whether anything was acknowledged after a moment.
func (l *load) recovered(after time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.acks) > 0 && l.acks[len(l.acks)-1].After(after)
}

// acknowledged is how many acts were acknowledged so far.
func (l *load) acknowledged() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.acks)
}

// counted is what was acknowledged so far.
func (l *load) counted() (cases, acts int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.book), len(l.acks)
}
