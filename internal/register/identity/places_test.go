package identity_test

import (
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/register/identity/identitytest"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
)

func spanOf(from, until day.Day) day.Span { return day.Span{From: from, Until: until} }

func uscc(t testing.TB) string {
	t.Helper()
	s, err := gbcode.MakeUSCC("91", identitytest.County, "MA000001")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAgencyKeepsItsNumberThroughChangesOfName(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		var before, after, then identity.Agency
		read := func(d day.Day) (g identity.Agency) {
			must(t, w.Read(func(tx *store.Tx) (err error) {
				g, err = w.Agency(tx, "spj", d)
				return err
			}))
			return g
		}
		today := w.Now().Day()
		before = read(today)
		must(t, w.AddAgency(bg, act.Machine(), "", []identity.Agency{{Key: "spj", Name: "云禾县政务服务局", Region: identitytest.County, Span: spanOf(today+30, 0)}}))
		after, then = read(today+30), read(today+29)
		if before.Number == 0 || after.Number != before.Number || after.Name != "云禾县政务服务局" || then.Name != before.Name {
			t.Errorf("before %+v, then %+v, after %+v", before, then, after)
		}
		err := w.AddAgency(bg, act.Machine(), "", []identity.Agency{{Key: "spj", Name: "又一个局", Region: identitytest.County, Span: spanOf(today+10, 0)}})
		wantCode(t, err, "identity.order")
		must(t, w.Read(func(tx *store.Tx) error {
			list, err := w.Agencies(tx, today)
			if len(list) != 4 {
				t.Errorf("%d agencies", len(list))
			}
			_, missing := w.Agency(tx, "nowhere", today)
			if act.KindOf(missing) != act.NotFound {
				t.Errorf("got %v", missing)
			}
			return err
		}))
	})
}

func TestRegionNameComesFromTheRegisterThenTheNationalTable(t *testing.T) {
	t.Parallel()
	w := identitytest.New(t, store.SQLite)
	must(t, w.Read(func(tx *store.Tx) error {
		for code, want := range map[string]string{identitytest.Township: "禾口镇", "110000": "北京市", "990999": "990999"} {
			name, err := w.RegionName(tx, code, tx.Today())
			if err != nil || name != want {
				t.Errorf("%s: %q, %v", code, name, err)
			}
		}
		below, err := w.Regions(tx, identitytest.County, tx.Today())
		if len(below) != 1 || below[0].Code != identitytest.Township {
			t.Errorf("below the county: %v", below)
		}
		return err
	}))
}

func TestPlacesAreAllOrNothing(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		err := w.AddAgency(bg, act.Machine(), "", []identity.Agency{
			{Key: "rsj", Name: "云禾县人力资源和社会保障局", Region: identitytest.County}, {Key: "坏", Name: "", Region: ""}})
		wantCode(t, err, "identity.fields")
		must(t, w.Read(func(tx *store.Tx) error {
			_, err := w.Agency(tx, "rsj", tx.Today())
			if act.KindOf(err) != act.NotFound {
				t.Errorf("half an import is stored: %v", err)
			}
			return nil
		}))
	})
}
