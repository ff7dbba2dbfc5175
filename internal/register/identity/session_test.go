package identity_test

import (
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/register/identity/identitytest"
	"tongban/internal/rules/day"
)

func TestATokenPlantedBeforeIsWorthNothing(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		planted := "chosen-by-somebody-else-0123456789abc"
		_, err := w.Actor(bg, planted)
		wantCode(t, err, "act.sign_in")
		in, err := w.SignUp(bg, signUp(w, "测试甲", w.IDNo(), "13800000001"))
		must(t, err)
		again, err := password(w, "13800000001", goodPassword)
		must(t, err)
		if in.Token == planted || again.Token == in.Token || len(in.Token) < 32 {
			t.Errorf("tokens %q, %q", in.Token, again.Token)
		}
		_, err = w.Actor(bg, planted)
		wantCode(t, err, "act.sign_in")
		must(t, w.Read(func(tx *store.Tx) error {
			n := 0
			err := tx.Each(func(row store.Row) error {
				var digest []byte
				n++
				if err := row.Scan(&digest); err != nil {
					return err
				}
				if string(digest) == in.Token {
					t.Error("the database holds the token")
				}
				return nil
			}, `select digest from session where home = $1`, tx.Home())
			if n != 2 {
				t.Errorf("%d sessions", n)
			}
			return err
		}))
	})
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		official(t, w, "li.shi", "spj", "window")
		public, err := w.SignUp(bg, signUp(w, "测试甲", w.IDNo(), "13800000001"))
		must(t, err)
		staff := signIn(t, w, "li.shi")
		alive := func(in identity.SignedIn) bool { _, err := w.Actor(bg, in.Token); return err == nil }
		w.Pass(29 * day.Minute)
		if !alive(staff) {
			t.Error("gone after 29 minutes")
		}
		w.Pass(29 * day.Minute)
		if !alive(staff) {
			t.Error("a request did not keep the session")
		}
		w.Pass(31 * day.Minute)
		if alive(staff) || !alive(public) {
			t.Error("after half an hour: staff are out, the public are not")
		}
		staff = signIn(t, w, "li.shi")
		for range 12 * 3 {
			w.Pass(20 * day.Minute)
			alive(staff)
		}
		if alive(staff) {
			t.Error("staff are still in after twelve hours")
		}
		w.Pass(21 * day.Hour)
		if alive(public) {
			t.Error("the public are still in after a day")
		}
		must(t, w.DropExpired(bg))
		must(t, w.Read(func(tx *store.Tx) error {
			var n int
			_, err := tx.Get([]any{&n}, `select count(*) from session where home = $1`, tx.Home())
			if n != 0 {
				t.Errorf("%d sessions left", n)
			}
			return err
		}))
	})
}

func TestSigningOutHereAndEverywhere(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		account(t, w, w.Resident("测试甲"), "jia", "")
		var in [4]identity.SignedIn
		for i := range in {
			var err error
			in[i], err = password(w, "jia", goodPassword)
			must(t, err)
		}
		alive := func(i int) bool { _, err := w.Actor(bg, in[i].Token); return err == nil }
		must(t, w.SignOut(bg, in[0].Token, false))
		if alive(0) || !alive(1) {
			t.Error("signing out here")
		}
		must(t, w.SignOut(bg, in[1].Token, true))
		if alive(1) || alive(2) || alive(3) {
			t.Error("signing out everywhere")
		}
		must(t, w.SignOut(bg, in[0].Token, true))
	})
}

func TestChangingThePasswordEndsTheOtherSessions(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		account(t, w, w.Resident("测试甲"), "jia", "")
		thief, err := password(w, "jia", goodPassword)
		must(t, err)
		mine, err := password(w, "jia", goodPassword)
		must(t, err)
		_, err = w.ChangePassword(bg, mine.Token, "not the old one", "another lantern 81 elm", "")
		wantCode(t, err, "identity.fields")
		_, err = w.ChangePassword(bg, mine.Token, goodPassword, "1234567890", "")
		wantCode(t, err, "identity.fields")
		fresh, err := w.ChangePassword(bg, mine.Token, goodPassword, "another lantern 81 elm", "")
		must(t, err)
		for token, want := range map[string]bool{thief.Token: false, mine.Token: false, fresh.Token: true} {
			if _, err := w.Actor(bg, token); (err == nil) != want {
				t.Errorf("session: %v", err)
			}
		}
		_, err = password(w, "jia", goodPassword)
		wantCode(t, err, "identity.sign_in.wrong")
	})
}

func TestAnOpenSessionFollowsItsPosts(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		p := official(t, w, "li.shi", "spj", "window")
		in := signIn(t, w, "li.shi")
		post := func() (string, string) {
			a, err := w.Actor(bg, in.Token)
			must(t, err)
			return a.Post, a.Agency
		}
		second := w.Post(p, "scjg", "decider", "")
		if got, at := post(); got != "window" || at != "spj" {
			t.Errorf("acts as %s of %s", got, at)
		}
		must(t, w.ChoosePost(bg, in.Token, "scjg", "decider", 0))
		if got, at := post(); got != "decider" || at != "scjg" {
			t.Errorf("acts as %s of %s", got, at)
		}
		must(t, w.EndPost(bg, act.Machine(), "", identity.EndOfPost{Post: second}))
		if got, at := post(); got != "window" || at != "spj" {
			t.Errorf("after the end acts as %s of %s", got, at)
		}
		wantCode(t, w.ChoosePost(bg, in.Token, "scjg", "decider", 0), "identity.post.gone")
		must(t, w.ChoosePost(bg, in.Token, "", "", 0))
		a, err := w.Actor(bg, in.Token)
		if err != nil || a.Who != act.Applicant || a.Post != "" || len(a.Grants) != 1 {
			t.Errorf("as oneself: %+v, %v", a, err)
		}
	})
}

func TestClerksReachNoOfficialsAccount(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		clerk := w.As(w.Official("测试甲", "spj", "window"), "spj", "window")
		target := official(t, w, "li.shi", "scjg", "decider")
		_, err := w.ResetAccount(bg, clerk, target, "")
		wantCode(t, err, "act.not_allowed")
		resident := w.Resident("测试乙")
		made, err := w.CreateAccount(bg, clerk, identity.NewAccount{Person: resident, Login: "yi.1"})
		must(t, err)
		in, err := password(w, "yi.1", made.Password)
		if err != nil || in.Next != identity.NewPassword {
			t.Errorf("first sign-in %+v, %v", in, err)
		}
		_, err = w.CreateAccount(bg, clerk, identity.NewAccount{Person: w.Resident("测试丙"), Login: "YI.1"})
		wantCode(t, err, "identity.login.taken")
		_, err = w.CreateAccount(bg, clerk, identity.NewAccount{Person: resident, Login: "yi.2"})
		wantCode(t, err, "identity.account.exists")
		town := w.Resident("测试丁")
		w.Post(town, "xzz", "admin", "")
		_, err = w.ResetAccount(bg, w.As(town, "xzz", "admin"), target, "")
		wantCode(t, err, "act.not_allowed")
	})
}

func BenchmarkActor(b *testing.B) {
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		b.Run(string(e), func(b *testing.B) {
			w := identitytest.New(b, e)
			official(b, w, "li.shi", "spj", "window")
			in := signIn(b, w, "li.shi")
			for b.Loop() {
				if _, err := w.Actor(bg, in.Token); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
