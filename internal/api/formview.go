package api

import (
	"tongban/internal/rules/form"
	"tongban/internal/rules/wording"
)

// formView is an item's form: its groups and fields in order.
type formView struct {
	Title  string      `json:"title"`
	Groups []groupView `json:"groups"`
	Fields []fieldView `json:"fields"`
}

type groupView struct {
	Key   string `json:"key"`
	Title string `json:"title"`
}

type fieldView struct {
	Key       string       `json:"key"`
	Label     string       `json:"label"`
	Help      string       `json:"help,omitempty"`
	Group     string       `json:"group"`
	Widget    string       `json:"widget"`
	Multiple  bool         `json:"multiple,omitempty"`
	Element   string       `json:"element,omitempty"`
	Sensitive bool         `json:"sensitive,omitempty"`
	Required  bool         `json:"required"`
	Options   []optionView `json:"options,omitempty"`
	When      string       `json:"when,omitempty"`
	MinLength int          `json:"min_length,omitempty"`
	MaxLength int          `json:"max_length,omitempty"`
	Min       *float64     `json:"min,omitempty"`
	Max       *float64     `json:"max,omitempty"`
}

type optionView struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

func formOf(f *form.Form, lang wording.Lang) *formView {
	v := &formView{Title: f.Title, Groups: []groupView{}, Fields: []fieldView{}}
	if lang == wording.EN && f.TitleEN != "" {
		v.Title = f.TitleEN
	}
	for _, g := range f.Groups {
		v.Groups = append(v.Groups, groupView{g.Key, g.Name().In(lang)})
	}
	for i := range f.Fields {
		x := &f.Fields[i]
		y := fieldView{
			Key: x.Key, Label: x.Label().In(lang), Group: x.Group, Widget: string(x.Widget), Multiple: x.Multiple, Element: x.Element, Sensitive: x.Sensitive,
			Required: x.Required, When: x.When, MinLength: x.MinLength, MaxLength: x.MaxLength, Min: x.Min, Max: x.Max,
		}
		if help := x.HelpText(); !help.IsZero() {
			y.Help = help.In(lang)
		}
		for _, o := range x.Options {
			y.Options = append(y.Options, optionView{o.Value, o.Text().In(lang)})
		}
		v.Fields = append(v.Fields, y)
	}
	return v
}
