package main

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// What was sent is sent again: what is the same stays, what varies becomes a
// number that is the same wherever the value was, and nothing in a text is taken
// for a variable.
func TestAScriptSendsWhatVariesAnew(t *testing.T) {
	t.Parallel()
	first := []trip{{{"begin", nil}}, {
		{"insert into a(id, name, facts, hash) values($1, $2, $3, $4)", []string{`'17'`, `'case/17'`, `'{"a":true,"b":"it''s"}'`, `'\x0011223344556677'`}},
		{"update b set n = $1 where id = $2", []string{`'1'`, `'17'`}},
	}, {{"commit", nil}}}
	second := []trip{{{"begin", nil}}, {
		{"insert into a(id, name, facts, hash) values($1, $2, $3, $4)", []string{`'18'`, `'case/18'`, `'{"a":true,"b":"it''s"}'`, `'\x8811223344556677'`}},
		{"update b set n = $1 where id = $2", []string{`'1'`, `'18'`}},
	}, {{"commit", nil}}}
	s, err := scripted(first, second)
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(s.text, "begin;\n")
	const want = `\startpipeline
insert into a(id, name, facts, hash) values(:v1, ('' || cast(:v2 as text)), E'{"a"\x3atrue,"b"\x3a"it''s"}', (cast('\x' as bytea) || int8send(cast(:v3 as bigint))));
update b set n = '1' where id = :v1;
\endpipeline
commit;
`
	if body != want {
		t.Errorf("the script is\n%s\nwant\n%s", body, want)
	}
	if s.statements != 4 || s.trips != 3 {
		t.Errorf("%d statements in %d trips", s.statements, s.trips)
	}
	if _, err := scripted(first, second[:2]); err == nil {
		t.Error("two that sent different statements made a script")
	}
}

// A row is written again with the same length and other keys, equal values equal.
func TestRowsAreWrittenAnew(t *testing.T) {
	t.Parallel()
	w := &written{rows: map[string]int{}}
	if err := w.compare(
		[]changed{{"a", "insert a", [][]any{{int64(1), "case/1000000000000000000", []byte("hash-one"), "same"}}}, {"b", "insert b", [][]any{{int64(1), int64(7)}}}},
		[]changed{{"a", "insert a", [][]any{{int64(2), "case/2000000000000000000", []byte("hash-two"), "same"}}}, {"b", "insert b", [][]any{{int64(2), int64(7)}}}},
	); err != nil {
		t.Fatal(err)
	}
	one, two := w.inserts[0].arguments(1), w.inserts[0].arguments(2)
	if one[0] == two[0] || one[0] != w.inserts[1].arguments(1)[0] {
		t.Errorf("keys %v and %v, elsewhere %v", one[0], two[0], w.inserts[1].arguments(1)[0])
	}
	if name := one[1].(string); !strings.HasPrefix(name, "case/4") || len(name) != len("case/2000000000000000000") {
		t.Errorf("the name became %s", name)
	}
	if hash := one[2].([]byte); len(hash) != 8 || one[3] != "same" || w.inserts[1].arguments(1)[1] != int64(7) {
		t.Errorf("the others became %v", one)
	}
}

// An operation that ends after the time counts by its part within.
func TestAClosedLoopCountsPartsOfOperations(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const d = 300 * time.Millisecond
		s, err := closed(t.Context(), 2, d, func(ctx context.Context, _, _ int) error { pause(ctx, 200*time.Millisecond); return nil })
		if err != nil {
			t.Fatal(err)
		}
		if s.ops != 4 || math.Abs(s.credit-3) > 0.01 || s.elapsed != d {
			t.Errorf("%d operations, %.2f within the time", s.ops, s.credit)
		}
		failed := errors.New("no")
		if _, err := closed(t.Context(), 2, d, func(context.Context, int, int) error { return failed }); !errors.Is(err, failed) {
			t.Errorf("an error became %v", err)
		}
	})
}

// In an open loop nobody waits for those before them, and what one takes is
// measured from when it was due.
func TestAnOpenLoopDoesNotWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const rate = 200
		began := time.Now()
		open := began.Add(time.Second)
		s := arriving(t.Context(), rate, 500*time.Millisecond, func(ctx context.Context, n int, _ time.Time) error {
			pause(ctx, time.Until(open)) // nobody is served for a second
			if n == 1 {
				return errors.New("no")
			}
			return nil
		})
		if s.most != s.came || s.failed != 1 || s.came != s.ops+1 || s.came < 60 || s.came > 140 {
			t.Errorf("%s", s.String())
		}
		if quick, slow := s.took[0], s.percentile(100); quick < 500*time.Millisecond || slow > time.Second || slow < 900*time.Millisecond {
			t.Errorf("who came last took %s, who came first %s", quick, slow)
		}
	})
}

// What this process does is not others' work.
func TestOurWorkIsNotOthers(t *testing.T) {
	t.Parallel()
	before := usage()
	if before.all == 0 {
		t.Skip("no /proc here")
	}
	const work = 100 * time.Millisecond
	for began := processor(); processor()-began < work; {
		_ = math.Sqrt(float64(time.Now().UnixNano()))
	}
	after := usage()
	if after.ours-before.ours < 8 {
		t.Errorf("%d ticks of ours in %s of work", after.ours-before.ours, work)
	}
	if share := after.others(before); share < 0 || share > 1.05 {
		t.Errorf("others took %.2f", share)
	}
}
