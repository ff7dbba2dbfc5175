package identity

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"

	"tongban/internal/rules/day"
)

// One-time codes by RFC 6238: HMAC-SHA-1, six digits, steps of 30 seconds,
// which is what every authenticator app speaks.
const (
	totpStep   = 30 * day.Second
	totpSecret = 20 // bytes
	totpDrift  = 1  // steps by which a telephone's clock may be off
)

// totpCode is the code of one step.
func totpCode(secret []byte, step int64) string {
	m := hmac.New(sha1.New, secret)
	_ = binary.Write(m, binary.BigEndian, step)
	sum := m.Sum(nil)
	at := sum[len(sum)-1] & 15
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[at:])&0x7fffffff)%1_000_000)
}

// totpMatch returns the step whose code this is, later than the last one used;
// 0 when there is none.
func totpMatch(secret []byte, code string, now day.Instant, used int64) int64 {
	code = strings.ReplaceAll(code, " ", "")
	var found int64
	for step := int64(now/totpStep) - totpDrift; step <= int64(now/totpStep)+totpDrift; step++ {
		if subtle.ConstantTimeCompare([]byte(totpCode(secret, step)), []byte(code)) == 1 && step > used {
			found = step
		}
	}
	return found
}

// TOTPCode is the code that an authenticator app shows for a secret (base32, as
// in the address of SetUpTOTP) at this moment: for the demonstration and tests.
func TOTPCode(secret string, now day.Instant) (string, error) {
	b, err := totpBytes(secret)
	return totpCode(b, int64(now/totpStep)), err
}

// totpBytes reads a secret as apps write it: base32, in blocks or not.
func totpBytes(secret string) ([]byte, error) {
	b, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(strings.ReplaceAll(secret, " ", "")))
	if err != nil {
		return nil, fmt.Errorf("totp secret: %w", err)
	}
	return b, nil
}

// TOTP is a new secret for an authenticator app.
type TOTP struct {
	Secret string // base32, to be typed
	URI    string // otpauth://, to be shown as a QR code
}

func (r *Register) totp(secret []byte, login string) TOTP {
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
	q := url.Values{"secret": {text}, "issuer": {r.o.Issuer}}
	return TOTP{Secret: text, URI: "otpauth://totp/" + url.PathEscape(r.o.Issuer+":"+login) + "?" + q.Encode()}
}
