// Package identitytest makes a small county for tests of what stands on the
// register of identity: an open store, a runner, a clock the test moves, three
// agencies and people for every post.
package identitytest

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/act/acttest"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
)

// The county: 990124 with the township 990124101.
const (
	County   = "990124"
	Township = "990124101"
)

// Start is the county's first moment: a Monday, nine in the morning.
var Start = day.MustParse("2026-03-02").Start() + 9*day.Hour

// Cheap is a password hash that costs tests no time.
var Cheap = identity.Argon{MemoryKiB: 64, Passes: 1, Lanes: 1}

// World is a county in one process.
type World struct {
	*identity.Register
	*acttest.Rig
	people atomic.Int64
}

// Both runs f in a world on each engine.
func Both(t *testing.T, f func(t *testing.T, w *World)) {
	t.Helper()
	acttest.Both(t, func(t *testing.T, e store.Engine) { f(t, New(t, e)) })
}

// New makes a world with the agencies spj, scjg, zfb of the county and xzz of
// the township.
func New(t testing.TB, e store.Engine) *World {
	t.Helper()
	w := &World{Rig: acttest.New(t, e, Start)}
	w.Runner.Log, w.Runner.Rand = slog.New(slog.DiscardHandler), zeros{}
	w.Register = identity.New(w.Store, w.Runner, w.Vault, identity.Options{Hash: Cheap})
	w.Runner.Rights = w.Register
	span := day.Span{From: day.MustParse("2025-01-01")}
	must(t, w.AddRegion(context.Background(), act.Machine(), "", []identity.Region{
		{Code: County, Name: "云禾县", Parent: "9901", Span: span}, {Code: Township, Name: "禾口镇", Parent: County, Span: span}}))
	must(t, w.AddAgency(context.Background(), act.Machine(), "", []identity.Agency{
		{Key: "zfb", Name: "云禾县人民政府办公室", Short: "县政府办", Region: County, Level: "county", Span: span},
		{Key: "spj", Name: "云禾县行政审批局", Short: "县审批局", Region: County, Level: "county", Span: span},
		{Key: "scjg", Name: "云禾县市场监督管理局", Short: "县市场监管局", Region: County, Level: "county", Span: span},
		{Key: "xzz", Name: "禾口镇人民政府", Short: "禾口镇", Region: Township, Level: "township", Span: span}}))
	return w
}

// IDNo is a fresh citizen number with a valid check digit.
func (w *World) IDNo() string {
	n := w.people.Add(1)
	s, err := gbcode.CitizenNumber(County, day.Of(1980, 1, 1)+day.Day(n), int(n%500)*2+1)
	must(w.T, err)
	return s
}

// Resident registers somebody, as a clerk would.
func (w *World) Resident(name string) int64 {
	w.T.Helper()
	got, err := w.RegisterPerson(context.Background(), act.Machine(), "", identity.NewPerson{Name: name, IDNo: w.IDNo(), Region: County})
	must(w.T, err)
	return got.Person
}

// Official registers somebody with a post from today.
func (w *World) Official(name, agency, post string) int64 {
	w.T.Helper()
	p := w.Resident(name)
	w.Post(p, agency, post, "")
	return p
}

// Post gives a person a post from today and returns its id.
func (w *World) Post(person int64, agency, post, region string) int64 {
	w.T.Helper()
	id, err := w.GrantPost(context.Background(), act.Machine(), "", identity.Post{Person: person, Agency: agency, Post: post, Region: region})
	must(w.T, err)
	return id
}

// As is a person in a post, or as applicant when post is "".
func (w *World) As(person int64, agency, post string) act.Actor {
	w.T.Helper()
	var a act.Actor
	must(w.T, w.Read(func(tx *store.Tx) (err error) {
		a, err = w.ActorOf(tx, person, agency, post)
		return err
	}))
	return a
}

// Read runs f on the store.
func (w *World) Read(f func(*store.Tx) error) error {
	return w.Store.Read(context.Background(), f)
}

// Acts lists the kinds of the acts on a stream, oldest first.
func (w *World) Acts(stream string) (kinds []string) {
	w.T.Helper()
	must(w.T, w.Read(func(tx *store.Tx) error {
		acts, err := w.Ledger.Acts(tx, stream, 100)
		for _, a := range acts {
			kinds = append(kinds, a.Kind)
		}
		return err
	}))
	return kinds
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(fmt.Errorf("world: %w", err))
	}
}

// zeros gives ids of internal errors that are the same in every run.
type zeros struct{}

// Read fills b with nothing.
func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

var _ io.Reader = zeros{}
