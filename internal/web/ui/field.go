package ui

import (
	"net/url"
	"strconv"
	"strings"

	"tongban/internal/rules/wording"
)

// FieldKind is what a field asks for; it decides keyboard, width and layout.
type FieldKind string

// The kinds of field. A public date has three inputs named Name_y, Name_m and
// Name_d; a staff day has one, see ParseDay and DayOf.
const (
	FieldText     FieldKind = "text"
	FieldArea     FieldKind = "textarea"
	FieldDate     FieldKind = "date"
	FieldDay      FieldKind = "day"
	FieldPhone    FieldKind = "phone"
	FieldIDNo     FieldKind = "idno"
	FieldUSCC     FieldKind = "uscc"
	FieldNumber   FieldKind = "number"
	FieldMoney    FieldKind = "money"
	FieldCode     FieldKind = "code"
	FieldPassword FieldKind = "password"
	FieldSearch   FieldKind = "search"
	FieldRadios   FieldKind = "choice"
	FieldChecks   FieldKind = "checks"
	FieldYesNo    FieldKind = "yesno"
	FieldSelect   FieldKind = "select"
	FieldFile     FieldKind = "file"
)

// Field is one question with its answer so far and what is wrong with it.
type Field struct {
	Kind FieldKind
	// Name is the form name; ID derives from it.
	Name  string
	Label Text
	// Heading makes the label the page's h1: one question on a page.
	Heading bool
	Hint    Text
	// Source says where a value that is already there comes from.
	Source Text
	Value  string
	// Values are the ticked boxes of FieldChecks, or year, month and day of FieldDate.
	Values []string
	Error  Text
	// Options are the choices; FieldYesNo brings its own.
	Options []Option
	// Optional adds （可不填） to the label. Fields are needed unless marked.
	Optional bool
	// Unit stands after the input: 元, 天, ㎡.
	Unit Text
	// Chars is the width in characters: 4, 8, 12, 20; zero is the full width.
	Chars int
	Rows  int
	// Autocomplete is the HTML token, such as name, tel, street-address.
	Autocomplete string
	File         *FileRule
	// Inline lays radios side by side, for staff.
	Inline bool
}

// Option is one choice.
type Option struct {
	Value string
	Label Text
	Hint  Text
}

// FileRule is what may be uploaded, said before the choice is made.
type FileRule struct {
	// Formats are extensions: pdf, jpg, png.
	Formats []string
	MaxMB   int
	// Why is the reason the file is asked for, with its article.
	Why Text
	// Files are those uploaded so far.
	Files []Uploaded
	// Camera asks phones to open the camera.
	Camera bool
}

// Uploaded is a file that has arrived.
type Uploaded struct {
	Name         string
	Size         int64
	Open, Remove string
}

// ID is the id of the field's first input, which error summaries link to.
func (f Field) ID() string {
	return "f-" + strings.NewReplacer(".", "-", "[", "-", "]", "", "/", "-", " ", "-").Replace(f.Name)
}

// DescribedBy lists the ids that explain the input, for aria-describedby.
func (f Field) DescribedBy() string {
	var ids []string
	if f.Hint != nil {
		ids = append(ids, f.ID()+"-hint")
	}
	if f.Source != nil {
		ids = append(ids, f.ID()+"-source")
	}
	if f.File != nil {
		ids = append(ids, f.ID()+"-file")
	}
	if f.Error != nil {
		ids = append(ids, f.ID()+"-error")
	}
	return strings.Join(ids, " ")
}

// InputMode is the keyboard a phone should show. A citizen number may end in X,
// so it gets the full one.
func (f Field) InputMode() string {
	switch f.Kind {
	case FieldPhone:
		return "tel"
	case FieldNumber, FieldCode, FieldDate:
		return "numeric"
	case FieldMoney:
		return "decimal"
	}
	return ""
}

// InputType is the HTML type of a one-line field.
func (f Field) InputType() string {
	switch f.Kind {
	case FieldPassword:
		return "password"
	case FieldPhone:
		return "tel"
	case FieldSearch:
		return "search"
	}
	return "text"
}

// WidthClass is the style of Chars, or of the kind's own length.
func (f Field) WidthClass() string {
	n := f.Chars
	if n == 0 {
		switch f.Kind {
		case FieldPhone, FieldIDNo, FieldUSCC, FieldDay:
			n = 12
		case FieldNumber, FieldMoney, FieldCode:
			n = 8
		}
	}
	switch {
	case n == 0:
		return "w-full"
	case n <= 4:
		return "w-4"
	case n <= 8:
		return "w-8"
	case n <= 12:
		return "w-12"
	}
	return "w-20"
}

// Grouped tells whether the field has several inputs under one legend.
func (f Field) Grouped() bool {
	switch f.Kind {
	case FieldRadios, FieldChecks, FieldYesNo, FieldDate:
		return true
	}
	return false
}

// Choices are the options with ids and ticks, the first with the field's id.
func (f Field) Choices() []Choice {
	options := f.Options
	if f.Kind == FieldYesNo {
		options = []Option{{Value: "yes", Label: M("ui.yes")}, {Value: "no", Label: M("ui.no")}}
	}
	list := make([]Choice, len(options))
	for i, o := range options {
		id := f.ID()
		if i > 0 {
			id += "-" + strconv.Itoa(i+1)
		}
		list[i] = Choice{Option: o, ID: id, Chosen: f.chosen(o.Value)}
	}
	return list
}

// Choice is an Option as it is drawn.
type Choice struct {
	Option
	ID     string
	Chosen bool
}

func (f Field) chosen(v string) bool {
	if f.Kind != FieldChecks {
		return f.Value == v
	}
	for _, x := range f.Values {
		if x == v {
			return true
		}
	}
	return false
}

// DatePart is year, month or day of a FieldDate as typed.
func (f Field) DatePart(i int) string {
	if i < len(f.Values) {
		return f.Values[i]
	}
	if parts := strings.Split(f.Value, "-"); len(f.Values) == 0 && len(parts) == 3 {
		return strings.TrimLeft(parts[i], "0")
	}
	return ""
}

// Accept is the accept attribute of a file input.
func (r FileRule) Accept() string {
	list := make([]string, len(r.Formats))
	for i, f := range r.Formats {
		list[i] = "." + strings.ToLower(f)
	}
	return strings.Join(list, ",")
}

// FormatList is the formats as people read them: PDF、JPG.
func (r FileRule) FormatList() string {
	list := make([]string, len(r.Formats))
	for i, f := range r.Formats {
		list[i] = strings.ToUpper(f)
	}
	return strings.Join(list, "、")
}

// Fill puts what was typed and what is wrong with it into the fields, and
// returns the same errors, in the fields' order, for Page.Errors. Errors are
// named by field; one whose field is not among these is listed at the end.
func Fill(fields []Field, typed url.Values, wrong map[string]Text) []FieldError {
	var list []FieldError
	known := map[string]bool{}
	for i := range fields {
		f := &fields[i]
		if typed != nil {
			f.take(typed)
		}
		known[f.Name] = true
		if e := wrong[f.Name]; e != nil {
			f.Error = e
			list = append(list, FieldError{Field: f.ID(), Text: e})
		}
	}
	for _, name := range sortedKeys(wrong) {
		if !known[name] && wrong[name] != nil {
			list = append(list, FieldError{Text: wrong[name]})
		}
	}
	return list
}

func (f *Field) take(typed url.Values) {
	switch f.Kind {
	case FieldPassword, FieldFile: // never sent back
	case FieldChecks:
		f.Values = typed[f.Name]
	case FieldDate:
		if typed.Has(f.Name + "_y") {
			f.Values = []string{typed.Get(f.Name + "_y"), typed.Get(f.Name + "_m"), typed.Get(f.Name + "_d")}
		}
	default:
		if typed.Has(f.Name) {
			f.Value = typed.Get(f.Name)
		}
	}
}

// ErrorsIn renders the errors of fields that carry one, for Page.Errors.
func ErrorsIn(fields ...Field) []FieldError {
	var list []FieldError
	for _, f := range fields {
		if f.Error != nil {
			list = append(list, FieldError{Field: f.ID(), Text: f.Error})
		}
	}
	return list
}

var _ Text = wording.Message{}
