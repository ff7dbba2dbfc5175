package vault

import (
	"crypto/subtle"
	"encoding/base32"
	"strings"

	"tongban/internal/rules/gbcode"
)

// letters are those of codes: none that look like another.
var letters = base32.NewEncoding("ABCDEFGHJKLMNPQRSTUVWXYZ23456789").WithPadding(base32.NoPadding)

// alike turns the digits that no code has into the letters that they look like.
var alike = strings.NewReplacer("-", "", " ", "", "0", "O", "1", "L")

// Code is ten letters and digits that belong to a text for a purpose, for people to
// copy: nothing is stored, and nobody can compute it without the vault.
func (v *Vault) Code(purpose, text string) string {
	return letters.EncodeToString(v.Digest(purpose, text))[:10]
}

// IsCode tells whether what somebody typed is the code of a text, whatever the case
// and the blanks, and with the digits that look like letters.
func (v *Vault) IsCode(purpose, text, typed string) bool {
	typed = alike.Replace(strings.ToUpper(gbcode.Normalize(typed)))
	return subtle.ConstantTimeCompare([]byte(alike.Replace(v.Code(purpose, text))), []byte(typed)) == 1
}
