package reorganise_test

import (
	"context"
	"fmt"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/act/acttest"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/register/identity/identitytest"
	"tongban/internal/register/lists"
	"tongban/internal/register/power"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/work/reorganise"
)

var bg = context.Background()

var must, code = acttest.Must, acttest.Code

// rig is a small county with one who drafts and one who decides.
type rig struct {
	*identitytest.World
	desk        *reorganise.Desk
	power       *power.Register
	ann, leader act.Actor
}

func both(t *testing.T, f func(t *testing.T, g *rig)) {
	t.Helper()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		g := &rig{World: w, power: power.New(w.Runner, w.Register)}
		g.desk = &reorganise.Desk{Runner: w.Runner, People: w.Register, Lists: lists.New(w.Runner, w.Register), Items: catalog.New(), Power: g.power,
			Cases: func(*act.Call, int64, map[string]string, string, day.Day, func(int64) bool) error { return nil }, Region: identitytest.County}
		as := func(name, agency, post string) act.Actor { return w.As(w.Official(name, agency, post), agency, post) }
		g.ann, g.leader = as("测试甲", "zfb", "catalogue"), as("测试乙", "zfb", "leader")
		f(t, g)
	})
}

func (g *rig) today() day.Day { return g.Now().Day() }

func (g *rig) read(t testing.TB, f func(tx *store.Tx) error) {
	t.Helper()
	must(t, g.Store.Read(bg, f))
}

// give gives an agency powers by their codes.
func (g *rig) give(t testing.TB, agency string, codes ...string) {
	t.Helper()
	for _, c := range codes {
		_, err := g.power.Give(bg, act.Machine(), "", []power.Holding{{Power: c, Agency: agency}})
		must(t, err)
	}
}

// codeOf is the n-th base code.
func codeOf(n int) string { return fmt.Sprintf("992014903%03d", n) }

func (g *rig) begin(t testing.TB, document string, from day.Day, moves []reorganise.Move, agencies ...reorganise.Agency) reorganise.At {
	t.Helper()
	at, err := g.desk.Begin(bg, g.ann, "", reorganise.Plan{Document: document, Reason: "机构改革", From: from, Agencies: agencies, Moves: moves})
	must(t, says(err))
	return at
}

// done takes an act all the way, on the day after.
func (g *rig) done(t testing.TB, document string, moves []reorganise.Move, agencies ...reorganise.Agency) reorganise.At {
	t.Helper()
	at := g.begin(t, document, g.today()+1, moves, agencies...)
	must(t, says(g.desk.Decide(bg, g.leader, "", at, true, "")))
	g.Pass(24 * day.Hour)
	n, err := g.desk.CarryDue(bg)
	must(t, says(err))
	if n != 1 {
		t.Fatalf("%d acts carried out", n)
	}
	return at
}

// holders are the agencies that hold a power on a day.
func (g *rig) holders(t testing.TB, c string, on day.Day) (keys []string) {
	t.Helper()
	g.read(t, func(tx *store.Tx) error {
		list, err := g.power.HoldersOf(tx, c, on)
		for _, h := range list {
			keys = append(keys, h.Agency)
		}
		return err
	})
	return keys
}

func (g *rig) name(t testing.TB, key string, on day.Day) (name string) {
	t.Helper()
	g.read(t, func(tx *store.Tx) error {
		a, err := g.Agency(tx, key, on)
		if act.KindOf(err) == act.NotFound {
			return nil
		}
		name = a.Name
		return err
	})
	return name
}

func merge(from, to string) reorganise.Agency {
	return reorganise.Agency{Key: from, Fate: reorganise.End, Heir: to}
}

func founded(key, name string) reorganise.Agency {
	return reorganise.Agency{Key: key, Fate: reorganise.Begin, Name: name, Level: "county"}
}

// says makes an error tell what its fields say.
func says(err error) error {
	if e, ok := err.(*act.Error); ok {
		for _, f := range e.Fields {
			err = fmt.Errorf("%w\n%s %s", err, f.Name, f.Msg.In(wording.ZH))
		}
	}
	return err
}

// faults are the keys of what an error says of single fields.
func faults(err error) (keys []string) {
	if e, ok := err.(*act.Error); ok {
		for _, f := range e.Fields {
			keys = append(keys, f.Msg.Key)
		}
	}
	return keys
}

func sealFrom(agency string, from day.Day) identity.SealFrom {
	return identity.SealFrom{Agency: agency, From: from}
}
