package identity

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/wording"
)

// Argon is the cost of an argon2id password hash (RFC 9106). Hashes carry
// their own cost, so that a higher one holds for new passwords only.
type Argon struct {
	MemoryKiB uint32
	Passes    uint32
	Lanes     uint8
}

// DefaultArgon costs about 25 ms and 19 MiB for each attempt.
var DefaultArgon = Argon{MemoryKiB: 19 * 1024, Passes: 2, Lanes: 1}

const (
	passwordMin = 10  // characters
	passwordMax = 200 // characters; more would only cost us time
	saltBytes   = 16
	hashBytes   = 32
)

func (p Argon) key(salt []byte, password string, n int) []byte {
	return argon2.IDKey([]byte(password), salt, p.Passes, p.MemoryKiB, p.Lanes, uint32(n))
}

// hash writes a password hash in the PHC form.
func (p Argon) hash(salt []byte, password string) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.MemoryKiB, p.Passes, p.Lanes,
		b64.EncodeToString(salt), b64.EncodeToString(p.key(salt, password, hashBytes)))
}

// matchesPassword tells whether the password has this hash.
func matchesPassword(hash, password string) bool {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	var p Argon
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.MemoryKiB, &p.Passes, &p.Lanes); err != nil || p.Passes == 0 || p.Lanes == 0 {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) == 0 {
		return false
	}
	return subtle.ConstantTimeCompare(want, p.key(salt, password, len(want))) == 1
}

// Hash hashes a password for CreateAccount. It takes its time and its memory,
// and never runs inside a command; hashedAtOnce run at a time.
func (r *Register) Hash(ctx context.Context, password string) (string, error) {
	if err := r.enter(ctx); err != nil {
		return "", err
	}
	defer r.leave()
	return r.o.Hash.hash(r.random(saltBytes), password), nil
}

func (r *Register) verify(ctx context.Context, hash, password string) (bool, error) {
	if err := r.enter(ctx); err != nil {
		return false, err
	}
	defer r.leave()
	return utf8.RuneCountInString(password) <= passwordMax && matchesPassword(hash, password), nil
}

func (r *Register) enter(ctx context.Context) error {
	select {
	case r.gate <- struct{}{}:
		return nil
	case <-ctx.Done():
		return r.runner.SettleFor(ctx, "password", fmt.Errorf("%w: %w", store.ErrUnavailable, ctx.Err()))
	}
}

func (r *Register) leave() { <-r.gate }

// CheckPassword tells what is wrong with a new password: it must have ten
// characters, be none that everybody tries first, and not hold the login.
func CheckPassword(password, login string) error {
	field := func(key string, pairs ...any) error {
		return act.WrongFields("identity.fields", []act.Field{{Name: "password", Msg: wording.M(key, pairs...)}})
	}
	n := utf8.RuneCountInString(password)
	lower := strings.ToLower(password)
	switch {
	case n < passwordMin:
		return field("identity.password.short", "min", passwordMin, "got", n)
	case n > passwordMax:
		return field("identity.password.long", "max", passwordMax)
	case common(lower):
		return field("identity.password.common")
	case len(login) >= 4 && strings.Contains(lower, strings.ToLower(login)):
		return field("identity.password.login")
	}
	return nil
}

// commonStems are what guessing programs try first, joined and repeated as people do.
var commonStems = []string{
	"password", "passw0rd", "p@ssw0rd", "p@ssword", "qwertyuiop", "qwerty", "asdfghjkl", "asdfgh", "zxcvbnm", "1qaz2wsx", "qazwsx",
	"1q2w3e4r", "q1w2e3r4", "iloveyou", "woaini", "5201314", "1314520", "admin", "administrator", "welcome", "letmein", "abcdef", "abc123",
	"a123456", "aa123456", "123456", "12345678", "123456789", "1234567890", "0123456789", "0987654321", "987654321", "147258369", "123321",
	"111111", "000000", "666666", "888888", "112233", "123123", "456789", "7890", "qq", "tongban", "zhengwu", "gongzuo", "mima", "woaizhongguo",
}

// common tells whether a password in lower case is made of such pieces alone,
// with few other characters, or of fewer than five different ones.
func common(lower string) bool {
	var different []rune
	for _, c := range lower {
		if !slices.Contains(different, c) {
			different = append(different, c)
		}
	}
	if len(different) < 5 || sequence(lower) {
		return true
	}
	rest := lower
	for _, stem := range byLength() {
		rest = strings.ReplaceAll(rest, stem, "")
	}
	return utf8.RuneCountInString(rest) <= 4 && rest != lower
}

// sequence tells whether every character follows the one before it (abcdefghij, 9876543210).
func sequence(s string) bool {
	up, down := true, true
	for i := 1; i < len(s); i++ {
		up = up && s[i] == s[i-1]+1
		down = down && s[i] == s[i-1]-1
	}
	return up || down
}

func byLength() []string {
	stems := slices.Clone(commonStems)
	slices.SortFunc(stems, func(a, b string) int { return len(b) - len(a) })
	return stems
}
