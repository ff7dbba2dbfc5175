package calendar

import (
	"errors"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
)

// refused names everything that is wrong with a file: one field per fault.
func refused(err error) error {
	var faults workday.Faults
	var m wording.Message
	switch {
	case errors.As(err, &faults) && len(faults) > 0:
		var list []act.Field
		for i, f := range faults {
			list = append(list, act.Field{Name: "file." + strconv.Itoa(i), Msg: f})
		}
		return act.WrongFields("calendar.faults", list)
	case errors.As(err, &m):
		return &act.Error{Kind: act.Invalid, Code: m.Key, Msg: m}
	}
	return err
}
