package demo

import (
	"errors"
	"fmt"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/rules/wording"
)

// explained adds to a refusal what it says of single fields, for whoever builds
// the county: they see no form.
func explained(err error) error {
	var e *act.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		return err
	}
	list := make([]string, 0, len(e.Fields))
	for _, f := range e.Fields {
		list = append(list, f.Name+" "+f.Msg.In(wording.ZH))
	}
	return fmt.Errorf("%w: %s", err, strings.Join(list, "; "))
}
