package vault_test

import (
	"fmt"
	"strings"
	"testing"

	"tongban/internal/record/vault"
)

// A code is its text's own, however it is typed, and no other's.
func TestCodesAreForgivingAndTheirTextsOwn(t *testing.T) {
	t.Parallel()
	keys, err := vault.NewKeys(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := vault.New(keys, nil)
	for i := range 500 {
		text := fmt.Sprint("990124-Y260309-", i)
		code := v.Code("p", text)
		for _, typed := range []string{code, strings.ToLower(code), code[:4] + " " + code[4:8] + " " + code[8:], code[:5] + "-" + code[5:], strings.ReplaceAll(code, "L", "1")} {
			if !v.IsCode("p", text, typed) {
				t.Fatalf("%s is not taken for %s", typed, code)
			}
		}
		if len(code) != 10 || v.IsCode("p", text+"0", code) || v.IsCode("q", text, code) || v.IsCode("p", text, code[:9]) || v.IsCode("p", text, "") {
			t.Fatalf("%s is another's too", code)
		}
	}
}
