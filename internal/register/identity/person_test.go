package identity_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/register/identity"
	"tongban/internal/register/identity/identitytest"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

var bg = context.Background()

const goodPassword = "river lantern 37 oak"

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t testing.TB, err error, code string) {
	t.Helper()
	var e *act.Error
	if !errors.As(err, &e) || e.Code != code {
		t.Fatalf("got %v, want %s", err, code)
	}
}

func signUp(w *identitytest.World, name, idno, phone string) identity.SignUp {
	return identity.SignUp{NewPerson: identity.NewPerson{Name: name, IDNo: idno, Phone: phone}, Password: goodPassword, Source: "s"}
}

func TestPersonIsSealedAndFoundAgain(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		clerk := w.As(w.Official("测试甲", "spj", "window"), "spj", "window")
		idno := w.IDNo()
		got, err := w.RegisterPerson(bg, clerk, "t1", identity.NewPerson{Name: " 测试  乙 ", IDNo: idno, Phone: "138 0000 0001", Address: "禾口镇 1 号"})
		must(t, err)
		must(t, w.Read(func(tx *store.Tx) error {
			p, err := w.Person(tx, got.Person)
			must(t, err)
			if p.Name != "测试 乙" || p.IDNo != idno || p.Phone != "13800000001" || p.Birth == "" || p.Grade != identity.GradeB {
				t.Errorf("read back %+v", p)
			}
			if m := p.Masked(); m.IDNo == idno || m.Name == p.Name || m.Address != "" || m.Birth != "" {
				t.Errorf("masked %+v", m)
			}
			var name, no []byte
			_, err = tx.Get([]any{&name, &no}, `select name, idno from person where home = $1 and id = $2`, tx.Home(), got.Person)
			must(t, err)
			if slices.Contains([]string{string(name), string(no)}, idno) || len(name) < 30 {
				t.Error("values lie in clear")
			}
			for what, find := range map[string]func() ([]int64, error){
				"phone": func() ([]int64, error) { return w.FindByPhone(tx, "+86 138-0000-0001", 5) },
				"name":  func() ([]int64, error) { return w.FindByName(tx, "测试 乙", 5) },
				"idno": func() ([]int64, error) {
					id, _, err := w.FindByIDNo(tx, "", " "+idno)
					return []int64{id}, err
				},
			} {
				if ids, err := find(); err != nil || !slices.Equal(ids, []int64{got.Person}) {
					t.Errorf("by %s: %v, %v", what, ids, err)
				}
			}
			masked, err := w.MaskedName(tx, got.Person)
			if err != nil || masked == "测试 乙" {
				t.Errorf("masked name %q, %v", masked, err)
			}
			return nil
		}))
		replay, err := w.RegisterPerson(bg, clerk, "t1", identity.NewPerson{Name: " 测试  乙 ", IDNo: idno, Phone: "138 0000 0001", Address: "禾口镇 1 号"})
		if err != nil || replay != got {
			t.Errorf("the same submission again: %+v, %v", replay, err)
		}
		_, err = w.RegisterPerson(bg, clerk, "t1", identity.NewPerson{Name: "测试丙", IDNo: idno})
		wantCode(t, err, "act.key_reused")
	})
}

func TestWhatIsWrongIsToldFieldByField(t *testing.T) {
	t.Parallel()
	w := identitytest.New(t, store.SQLite)
	_, err := w.RegisterPerson(bg, act.Machine(), "", identity.NewPerson{Name: "测1", IDNo: "99012419800101001", Phone: "12"})
	var e *act.Error
	if !errors.As(err, &e) || len(e.Fields) != 3 {
		t.Fatalf("got %v", err)
	}
	for _, f := range e.Fields {
		if text := f.Msg.In(wording.ZH); text == "" || text[0] == "⟦"[0] && text[:3] == "⟦" {
			t.Errorf("%s: %s", f.Name, text)
		}
	}
}

func TestTwoSignUpsWithOneNumberMakeOnePerson(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		idno := w.IDNo()
		var wg sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			wg.Go(func() {
				in := signUp(w, "测试甲", idno, "1380000010"+string(rune('0'+i)))
				_, errs[i] = w.SignUp(bg, in)
			})
		}
		wg.Wait()
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
				continue
			}
			wantCode(t, err, "identity.person.exists")
		}
		if done != 1 {
			t.Fatalf("%d signed up: %v", done, errs)
		}
		must(t, w.Read(func(tx *store.Tx) error {
			var n int
			_, err := tx.Get([]any{&n}, `select count(*) from person where home = $1`, tx.Home())
			if n != 1 {
				t.Errorf("%d people", n)
			}
			return err
		}))
	})
}

func TestClerksRegisteringAtOnceGetOnePerson(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		idno := w.IDNo()
		var wg sync.WaitGroup
		ids := make([]int64, 6)
		for i := range ids {
			wg.Go(func() {
				got, err := w.RegisterPerson(bg, act.Machine(), "", identity.NewPerson{Name: "测试甲", IDNo: idno})
				if err != nil {
					t.Error(err)
				}
				ids[i] = got.Person
			})
		}
		wg.Wait()
		if slices.Sort(ids); ids[0] != ids[5] || ids[0] == 0 {
			t.Errorf("people %v", ids)
		}
	})
}

func TestWhoSignedUpUnderAnothersNumberLosesTheAccount(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		idno := w.IDNo()
		squatter, err := w.SignUp(bg, signUp(w, "测试丁", idno, "13800000002"))
		must(t, err)
		_, err = w.Actor(bg, squatter.Token)
		must(t, err)
		got, err := w.RegisterPerson(bg, act.Machine(), "", identity.NewPerson{Name: "测试甲", IDNo: idno})
		must(t, err)
		if !got.Existed {
			t.Error("a second person with the same number")
		}
		_, err = w.Actor(bg, squatter.Token)
		wantCode(t, err, "act.sign_in")
		_, err = w.SignIn(bg, identity.Credentials{Login: "13800000002", Password: goodPassword})
		wantCode(t, err, "identity.account.closed")
		first, err := w.ResetAccount(bg, act.Machine(), got.Person, "owner")
		must(t, err)
		in, err := w.SignIn(bg, identity.Credentials{Login: "owner", Password: first.Password})
		if err != nil || in.Next != identity.NewPassword {
			t.Errorf("the owner signs in: %+v, %v", in, err)
		}
	})
}

func TestErasedPersonIsNamedAsErased(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		p := w.Resident("测试甲")
		must(t, w.Store.Do(bg, store.People, func(tx *store.Tx) error {
			keys, err := w.Vault.KeysOf(tx, "person", p)
			must(t, err)
			return w.Vault.Erase(tx, keys[0])
		}))
		must(t, w.Read(func(tx *store.Tx) error {
			name, err := w.Name(tx, p)
			if err != nil || name != wording.Text(wording.ZH, "identity.person.erased") {
				t.Errorf("name %q, %v", name, err)
			}
			_, err = w.Person(tx, p)
			if erased := (vault.Erased{}); !errors.As(err, &erased) {
				t.Errorf("got %v", err)
			}
			return nil
		}))
	})
}

func TestKnownValuesPreferTheBetterGrade(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		p := w.Resident("测试甲")
		know := func(g identity.Grade, v string) {
			must(t, w.Know(bg, act.Machine(), "", identity.NewValues{Subject: p, Values: []identity.Value{
				{Element: "premises.address", Value: v, Grade: g, Source: "测试"}}}))
		}
		know(identity.GradeD, "旧街 1 号")
		know(identity.GradeA, "新街 2 号")
		know(identity.GradeC, "旧街 3 号")
		know(identity.GradeA, "新街 4 号")
		must(t, w.Read(func(tx *store.Tx) error {
			known, err := w.Known(tx, p)
			if v := known["premises.address"]; v.Value != "新街 4 号" || v.Grade != identity.GradeA || v.AsOf != identitytest.Start.Day() {
				t.Errorf("known %+v", v)
			}
			if known["person.name"].Value != "测试甲" || known["person.name"].Grade != identity.GradeB {
				t.Errorf("own name %+v", known["person.name"])
			}
			return err
		}))
	})
}

func TestRepresentation(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		uncle, neighbour, stranger := w.Resident("测试甲"), w.Resident("测试乙"), w.Resident("测试丙")
		clerk := w.As(w.Official("测试丁", "spj", "window"), "spj", "window")
		firm, err := w.AddLegalPerson(bg, clerk, "", identity.LegalPerson{Name: "云禾测试食品有限公司", USCC: uscc(t), Region: identitytest.County})
		must(t, err)
		may := func(agent, subject int64, right string) bool {
			var ok bool
			must(t, w.Read(func(tx *store.Tx) (err error) {
				ok, err = w.MayActFor(tx, agent, subject, right, tx.Today())
				return err
			}))
			return ok
		}
		today := w.Now().Day()
		_, err = w.Represent(bg, clerk, "", identity.Representation{Agent: neighbour, Subject: uncle, Powers: []string{"case.apply"}, Document: "委2026-1",
			Span: spanOf(today, today+10)})
		must(t, err)
		if !may(neighbour, uncle, "case.apply") || may(neighbour, uncle, "case.withdraw") || may(stranger, uncle, "case.apply") || may(uncle, neighbour, "case.apply") {
			t.Error("powers of the agent")
		}
		_, err = w.Represent(bg, w.As(neighbour, "", ""), "", identity.Representation{Agent: stranger, Subject: uncle})
		wantCode(t, err, "identity.represent.not_yours")
		_, err = w.Represent(bg, w.As(stranger, "", ""), "", identity.Representation{Agent: stranger, Subject: firm.Person, Role: identity.LegalRepresentative})
		wantCode(t, err, "identity.represent.not_yours")
		id, err := w.Represent(bg, clerk, "", identity.Representation{Agent: uncle, Subject: firm.Person, Role: identity.LegalRepresentative, Document: "照1"})
		must(t, err)
		_, err = w.Represent(bg, w.As(uncle, "", ""), "", identity.Representation{Agent: neighbour, Subject: firm.Person})
		must(t, err)
		if !may(neighbour, firm.Person, "case.correct") {
			t.Error("the firm's agent")
		}
		w.Pass(10 * 24 * day.Hour)
		if may(neighbour, uncle, "case.apply") {
			t.Error("an authority that ended still holds")
		}
		must(t, w.EndRepresentation(bg, w.As(uncle, "", ""), "", id))
		if may(uncle, firm.Person, "case.apply") {
			t.Error("laid down and still held")
		}
	})
}
