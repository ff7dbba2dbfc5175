package identity_test

import (
	"runtime"
	"strings"
	"sync"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/register/identity/identitytest"
	"tongban/internal/rules/day"
)

const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" // the one of RFC 6238

// official makes somebody with a post and an account whose second factor is set up.
func official(t testing.TB, w *identitytest.World, login, agency, post string) int64 {
	t.Helper()
	p := w.Official("测试官"+agency, agency, post)
	account(t, w, p, login, secret)
	return p
}

func account(t testing.TB, w *identitytest.World, p int64, login, totp string) {
	t.Helper()
	hash, err := w.Hash(bg, goodPassword)
	must(t, err)
	_, err = w.CreateAccount(bg, act.Machine(), identity.NewAccount{Person: p, Login: login, Hash: hash, TOTP: totp})
	must(t, err)
}

func password(w *identitytest.World, login, password string) (identity.SignedIn, error) {
	return w.SignIn(bg, identity.Credentials{Login: login, Password: password, Source: "10.0.0.1"})
}

func code(t testing.TB, w *identitytest.World, totp string) string {
	t.Helper()
	c, err := identity.TOTPCode(totp, w.Now())
	must(t, err)
	return c
}

// signIn signs an official in with both factors.
func signIn(t testing.TB, w *identitytest.World, login string) identity.SignedIn {
	t.Helper()
	half, err := password(w, login, goodPassword)
	must(t, err)
	full, err := w.SignInSecond(bg, half.Token, code(t, w, secret), "10.0.0.1")
	must(t, err)
	return full
}

func TestTOTPMatchesTheVectorsOfRFC6238(t *testing.T) {
	t.Parallel()
	for seconds, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if got, err := identity.TOTPCode(secret, day.Instant(seconds)*day.Second); err != nil || got != want {
			t.Errorf("at %d: %s, %v, want %s", seconds, got, err, want)
		}
	}
}

func TestOfficialsNeedBothFactors(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		p := official(t, w, "li.shi", "spj", "window")
		half, err := password(w, " LI.shi", goodPassword)
		must(t, err)
		if half.Next != identity.SecondFactor {
			t.Fatalf("next %q", half.Next)
		}
		_, err = w.Actor(bg, half.Token)
		wantCode(t, err, "act.sign_in")
		_, err = w.SignInSecond(bg, half.Token, "000000", "")
		wantCode(t, err, "identity.second.wrong")
		full, err := w.SignInSecond(bg, half.Token, code(t, w, secret), "")
		must(t, err)
		if full.Token == half.Token || full.Next != identity.Ready || full.Failed != 1 {
			t.Errorf("signed in %+v", full)
		}
		a, err := w.Actor(bg, full.Token)
		must(t, err)
		if a.Who != act.Staff || a.Person != p || a.Agency != "spj" || a.Post != "window" || a.Name != "测试官spj" || a.Account == 0 || a.Session == 0 {
			t.Errorf("actor %+v", a)
		}
		_, err = w.Open(bg, half.Token)
		wantCode(t, err, "act.sign_in")
	})
}

func TestACodeWorksOnce(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		official(t, w, "li.shi", "spj", "window")
		signIn(t, w, "li.shi")
		used := code(t, w, secret)
		half, err := password(w, "li.shi", goodPassword)
		must(t, err)
		_, err = w.SignInSecond(bg, half.Token, used, "")
		wantCode(t, err, "identity.second.wrong")
		w.Pass(30 * day.Second)
		_, err = w.SignInSecond(bg, half.Token, used, "")
		wantCode(t, err, "identity.second.wrong")
		_, err = w.SignInSecond(bg, half.Token, code(t, w, secret), "")
		must(t, err)
	})
}

func TestOneCodeInTwoBrowsersAtOnceOpensOneSession(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		official(t, w, "li.shi", "spj", "window")
		var tokens [2]string
		for i := range tokens {
			half, err := password(w, "li.shi", goodPassword)
			must(t, err)
			tokens[i] = half.Token
		}
		var wg sync.WaitGroup
		var errs [2]error
		for i := range tokens {
			wg.Go(func() { _, errs[i] = w.SignInSecond(bg, tokens[i], code(t, w, secret), "") })
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("answers %v", errs)
		}
	})
}

func TestFirstAdministratorAndRecoveryCodes(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		first, err := w.FirstAdministrator(bg, "root", "测试甲", w.IDNo())
		must(t, err)
		_, err = w.FirstAdministrator(bg, "root2", "测试乙", w.IDNo())
		wantCode(t, err, "identity.first.exists")
		if !strings.HasPrefix(first.TOTP.URI, "otpauth://totp/Tongban:root?") {
			t.Errorf("uri %s", first.TOTP.URI)
		}
		second := func(code string) (identity.SignedIn, error) {
			half, err := password(w, "root", first.Password)
			must(t, err)
			return w.SignInSecond(bg, half.Token, code, "")
		}
		full, err := second(first.Recovery[0])
		must(t, err)
		if full.Next != identity.NewPassword {
			t.Errorf("next %q", full.Next)
		}
		_, err = w.Actor(bg, full.Token)
		wantCode(t, err, "identity.password.change_first")
		_, err = second(first.Recovery[0])
		wantCode(t, err, "identity.second.wrong")
		full, err = second(strings.ToUpper(strings.ReplaceAll(first.Recovery[1], "-", " ")))
		must(t, err)
		changed, err := w.ChangePassword(bg, full.Token, first.Password, goodPassword, "")
		must(t, err)
		a, err := w.Actor(bg, changed.Token)
		must(t, err)
		if a.Post != "admin" {
			t.Fatalf("actor %+v", a)
		}
		p := w.Resident("测试丙")
		_, err = w.GrantPost(bg, a, "", identity.Post{Person: p, Agency: "scjg", Post: "decider"})
		must(t, err)
		made, err := w.CreateAccount(bg, a, identity.NewAccount{Person: p, Login: "bing"})
		if err != nil || made.Password == "" || made.Login != "bing" {
			t.Fatalf("account %+v, %v", made, err)
		}
		reset, err := w.ResetAccount(bg, a, p, "")
		if err != nil || reset.Password == made.Password || reset.Login != "bing" {
			t.Errorf("reset %+v, %v", reset, err)
		}
		_, err = password(w, "bing", made.Password)
		wantCode(t, err, "identity.sign_in.wrong")
	})
}

func TestAnOfficialWithoutSecondFactorHasNoPostUntilItIsSetUp(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		p := w.Official("测试甲", "spj", "window")
		account(t, w, p, "jia", "")
		in, err := password(w, "jia", goodPassword)
		must(t, err)
		a, err := w.Actor(bg, in.Token)
		if err != nil || in.Next != identity.NeedTOTP || a.Who != act.Applicant || len(a.Grants) != 0 {
			t.Fatalf("next %q, actor %+v, %v", in.Next, a, err)
		}
		totp, err := w.SetUpTOTP(bg, in.Token)
		must(t, err)
		_, _, err = w.ConfirmTOTP(bg, in.Token, "000000")
		wantCode(t, err, "identity.second.wrong")
		full, codes, err := w.ConfirmTOTP(bg, in.Token, code(t, w, totp.Secret))
		must(t, err)
		a, err = w.Actor(bg, full.Token)
		if err != nil || a.Post != "window" || len(codes) != 10 || full.Token == in.Token {
			t.Errorf("actor %+v, %d codes, %v", a, len(codes), err)
		}
		_, err = w.Open(bg, in.Token)
		wantCode(t, err, "act.sign_in")
	})
}

func TestGuessingIsSlowed(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		account(t, w, w.Resident("测试甲"), "jia", "")
		for _, login := range []string{"jia", "nobody"} {
			for range 6 {
				_, err := password(w, login, "wrong password")
				wantCode(t, err, "identity.sign_in.wrong")
			}
			_, err := password(w, login, goodPassword)
			wantCode(t, err, "identity.sign_in.wait")
			w.Pass(2 * day.Second)
			_, err = password(w, login, "wrong password")
			wantCode(t, err, "identity.sign_in.wrong")
			w.Pass(3 * day.Second)
			_, err = password(w, login, "wrong password")
			wantCode(t, err, "identity.sign_in.wait")
		}
		w.Pass(day.Second)
		// Another source is not locked out by this one.
		_, err := w.SignIn(bg, identity.Credentials{Login: "jia", Password: goodPassword, Source: "10.9.9.9"})
		must(t, err)
		w.Pass(5 * day.Second)
		in, err := password(w, "jia", goodPassword)
		must(t, err)
		if in, err = password(w, "jia", goodPassword); err != nil || in.Failed != 0 {
			t.Errorf("the count was not given back: %+v, %v", in, err)
		}
	})
}

func TestASourceThatTriesManyAccountsIsSlowed(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		var slowed bool
		for i := range 70 {
			_, err := password(w, "nobody"+string(rune('0'+i)), "wrong password")
			if act.KindOf(err) == act.Refused {
				slowed = true
			}
		}
		if !slowed {
			t.Error("seventy accounts from one source, and none slowed")
		}
	})
}

func TestGuessesAtOnceAreAllCounted(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		account(t, w, w.Resident("测试甲"), "jia", "")
		var wg sync.WaitGroup
		var mu sync.Mutex
		looked := 0
		for range 40 {
			wg.Go(func() {
				_, err := password(w, "jia", "wrong password")
				mu.Lock()
				defer mu.Unlock()
				if act.KindOf(err) == act.Invalid {
					looked++
				}
			})
		}
		wg.Wait()
		if looked != 6 {
			t.Errorf("%d of forty guesses at once were looked at", looked)
		}
	})
}

func TestAnUnknownAccountTakesTheSameWork(t *testing.T) {
	w := identitytest.New(t, store.SQLite)
	slow := identity.New(w.Store, w.Runner, w.Vault, identity.Options{Hash: identity.Argon{MemoryKiB: 32 * 1024, Passes: 3, Lanes: 1}})
	hash, err := slow.Hash(bg, goodPassword)
	must(t, err)
	_, err = w.CreateAccount(bg, act.Machine(), identity.NewAccount{Person: w.Resident("测试甲"), Login: "jia", Hash: hash})
	must(t, err)
	// The memory that a password costs is the witness: no clock, which other work disturbs.
	costs := func(login string) (bytes uint64) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := slow.SignIn(bg, identity.Credentials{Login: login, Password: "wrong password", Source: "a"})
		runtime.ReadMemStats(&after)
		wantCode(t, err, "identity.sign_in.wrong")
		return after.TotalAlloc - before.TotalAlloc
	}
	const passwordCosts = 32 << 20
	for _, login := range []string{"jia", "nobody"} {
		if n := costs(login); n < passwordCosts {
			t.Errorf("%s: %d bytes of work, a password costs %d", login, n, passwordCosts)
		}
	}
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "short7!", "1234567890", "password123", "Passw0rd2026", "qwertyuiop12", "aaaaaaaaaaaa", "abcdefghijklm",
		"woaini1314520", "admin123456", "zhang.san-2026x", strings.Repeat("长", 201)} {
		if identity.CheckPassword(bad, "zhang.san") == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	for _, good := range []string{goodPassword, "青山 绿水 3 桥 走七里", "kT7#pq9mL2xz"} {
		if err := identity.CheckPassword(good, "zhang.san"); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}
