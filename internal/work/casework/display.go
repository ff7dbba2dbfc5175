package casework

import (
	"fmt"
	"strconv"
	"strings"

	"tongban/internal/rules/day"
	"tongban/internal/rules/form"
	"tongban/internal/rules/wording"
)

// display writes the value of a form's field for people.
func display(f *form.Field, v any) string {
	if f == nil || v == nil {
		return ""
	}
	switch f.Widget {
	case form.Choice:
		return choices(f, v)
	case form.YesNo:
		if v == true {
			return wording.Text(wording.ZH, "casework.yes")
		}
		return wording.Text(wording.ZH, "casework.no")
	case form.Money:
		return money(v)
	case form.Date:
		if d, err := day.Parse(fmt.Sprint(v)); err == nil {
			return wording.Date(wording.ZH, d)
		}
	}
	if x, ok := v.(float64); ok {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// Display is display for the pages.
func Display(f *form.Field, v any) string { return display(f, v) }

func choices(f *form.Field, v any) string {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var out []string
	for _, x := range list {
		text := fmt.Sprint(x)
		for _, o := range f.Options {
			if o.Value == text {
				text = o.Label
			}
		}
		out = append(out, text)
	}
	return strings.Join(out, "、")
}

// money writes fen as yuan with two places.
func money(v any) string {
	var fen int64
	switch x := v.(type) {
	case int64:
		fen = x
	case float64:
		fen = int64(x)
	case int:
		fen = int64(x)
	}
	return fmt.Sprintf("%d.%02d 元", fen/100, fen%100)
}
