package office

import "testing"

// A name that begins like a formula is text in a spreadsheet.
func TestCellsAreInert(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"": "", "市监局": "市监局", "12": "12", "97.5%": "97.5%", "=1+1": "'=1+1", "+1": "'+1", "-2": "'-2", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx", "＝1": "'＝1",
	} {
		if got := inert(cell); got != want {
			t.Errorf("%q is written %q, want %q", cell, got, want)
		}
	}
}
