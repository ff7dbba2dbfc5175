package checkup

import "tongban/internal/rules/gbcode"

// ReadCode fills in what the code itself tells about the item, where it is not
// yet known: base item, level of exercise, and of which item it is a variant.
func (it *Item) ReadCode() {
	c, err := gbcode.ParseItem(it.Code, nil)
	if err != nil {
		return
	}
	if it.Base == "" {
		it.Base = c.Base
	}
	if it.Level == "" {
		it.Level = c.Level
	}
	if it.Of == "" && c.Form == gbcode.BusinessItem {
		it.Of = c.Code[:len(c.Code)-len(c.Business)]
	}
}
