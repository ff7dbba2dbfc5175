package catalog

import (
	"encoding/json"
	"slices"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

// BaseList is the key of the kind of list that base items (基本目录) stand on.
const BaseList = "base_item"

// Base says which base item an implementation is of, or why it has none. From
// the base item come name, code, type and legal basis (三级四同); what is not
// written is taken from it, what is written otherwise is refused.
type Base struct {
	Code string `yaml:"code" json:"code,omitempty"` // on the list of base items
	None string `yaml:"none" json:"none,omitempty"` // why there is none: a public service of this body alone
}

// base checks what the file says of its base item, as far as that needs no list.
func (c *checker) base() {
	b := c.d.Base
	if b.Code != "" && !blank(b.None) {
		c.wrong("base", "base_both")
	}
	if b.Code == "" {
		return
	}
	if own := baseOf(c.d.Code); own != "" && own != b.Code {
		c.wrong("base.code", "base_code", "got", b.Code, "want", own)
	}
}

// based tells whether name, type and basis may be left to the base item.
func (it *Item) based() bool { return it.Base.Code != "" }

// baseOf is the base code inside an implementation's code, "" when it has none.
func baseOf(code string) string {
	it, err := gbcode.ParseItem(code, nil)
	if err != nil || !it.Form.Standard() {
		return ""
	}
	return it.Base
}

// stand holds a draft against the base catalogue as it stands on a day: what
// the draft leaves out comes from its base item, and each value that differs is
// a problem. Where no base catalogue is kept at all, what is written holds.
func (d *Draft) stand(tx *store.Tx, on day.Day) ([]Problem, error) {
	if d.NameOnly() {
		return nil, nil
	}
	code := d.Base.Code
	if code == "" {
		code = baseOf(d.Code)
	}
	if code == "" {
		return nil, nil
	}
	e, err := lists.EntryOn(tx, BaseList, code, lists.Stand{Day: on})
	if act.KindOf(err) == act.NotFound {
		return d.standless(tx, on)
	}
	if err != nil {
		return nil, err
	}
	if d.Base.Code == "" {
		return []Problem{d.baseProblem("unsaid", e, "code", code)}, nil
	}
	short := len(d.ItemYAML)
	wrong := d.takeFrom(e)
	if len(d.ItemYAML) != short {
		_, more := Read(d.ItemYAML, d.FlowXML, d.FormJSON) // what depends on the type could not be judged before
		wrong = append(wrong, more...)
	}
	return wrong, nil
}

// standless is a draft whose base item is not on the list: wrong, unless there
// is no list at all and nothing was left to it.
func (d *Draft) standless(tx *store.Tx, on day.Day) ([]Problem, error) {
	if d.Base.Code == "" {
		return nil, nil
	}
	some, err := lists.Page(tx, lists.Query{List: BaseList, At: lists.Stand{Day: on}, Limit: 1, Bare: true})
	if err != nil || len(some) == 0 && d.Name != "" && d.Type != "" && len(d.Basis) > 0 {
		return nil, err
	}
	return []Problem{d.problem("catalog.base.off", "code", d.Base.Code, "day", on)}, nil
}

// takeFrom fills in what the draft leaves to its base item and names each value
// that is written otherwise.
func (d *Draft) takeFrom(e lists.Entry) (wrong []Problem) {
	differs := func(field, got, want string) {
		if got != want {
			wrong = append(wrong, d.baseProblem("differs", e, "field", wording.M("catalog.base.field."+field), "key", field, "got", got, "want", want))
		}
	}
	if d.Name == "" {
		d.fill("name", e.Name)
		d.Name = e.Name
	}
	if d.Type == "" {
		d.fill("type", e.Type)
		d.Type = e.Type
	}
	wrong = append(wrong, d.handles(e)...)
	if of, _ := family(d.Code); of == "" || of == d.Code { // a variant's name says more
		differs("name", d.Name, e.Name)
	}
	differs("type", d.Type, e.Type)
	var rows []Basis
	for _, r := range e.Content.Tables["basis"] {
		law, article := citation(r.Text("article"))
		rows = append(rows, Basis{Law: law, Article: article, Text: r.Text("text")})
	}
	if len(d.Basis) == 0 {
		d.fill("basis", rows)
		d.Basis = rows
		return wrong
	}
	return append(wrong, d.sameBasis(e, rows)...)
}

// handles holds against the base item whether the body decides here (审批) or only
// prepares what is decided above (审核), and takes that it only prepares from it. A
// base item that is both leaves it to each.
func (d *Draft) handles(e lists.Entry) []Problem {
	want := checkup.Handling(e.Content.Columns.Text("handling"))
	switch {
	case want == checkup.DoesBoth && d.Handles == "":
		return []Problem{d.baseProblem("handling", e)}
	case want == checkup.Reviews && d.Handles == "":
		d.fill("handling", want)
		d.Handles = want
	case want != "" && want != checkup.DoesBoth && d.Handles != "" && d.Handles != want:
		return []Problem{d.baseProblem("differs", e, "field", wording.M("catalog.base.field.handling"), "key", "handling",
			"got", wording.M("catalog.word.handling."+string(d.Handles)), "want", wording.M("catalog.word.handling."+string(want)))}
	}
	return nil
}

// Reviewed tells whether the item is a review (审核): another body, above, decides.
func (it *Item) Reviewed() bool { return it.Handles == checkup.Reviews }

// sameBasis wants every article of the base item, and no other that is not
// marked as the handling's own.
func (d *Draft) sameBasis(e lists.Entry, rows []Basis) (wrong []Problem) {
	has := func(list []Basis, b Basis) bool {
		return slices.ContainsFunc(list, func(x Basis) bool { return cited(x) == cited(b) })
	}
	for _, b := range rows {
		if !has(d.Basis, b) {
			wrong = append(wrong, d.baseProblem("basis_lacks", e, "article", b.Cited()))
		}
	}
	for _, b := range d.Basis {
		if !b.Own && !has(rows, b) {
			wrong = append(wrong, d.baseProblem("basis_more", e, "article", b.Cited()))
		}
	}
	return wrong
}

func (d *Draft) baseProblem(key string, e lists.Entry, pairs ...any) Problem {
	return d.problem("catalog.base."+key, append(pairs, "name", d.Name, "base", e.Name, "base_code", e.Code)...)
}

// fill writes a value that came from the base item at the end of the file, so
// that the version says what it held whatever becomes of the list.
func (d *Draft) fill(key string, value any) {
	var b strings.Builder
	b.Write(d.ItemYAML)
	if !strings.HasSuffix(b.String(), "\n") {
		b.WriteByte('\n')
	}
	b.WriteString(key + ": ")
	e := json.NewEncoder(&b) // JSON in one line is YAML too
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(err) // texts only
	}
	d.ItemYAML = []byte(b.String())
}

// citation takes 《law》article apart; what is not written so is all law.
func citation(s string) (law, article string) {
	s = strings.TrimSpace(s)
	if name, rest, ok := strings.Cut(strings.TrimPrefix(s, "《"), "》"); ok {
		return name, strings.TrimSpace(rest)
	}
	return s, ""
}

var noMarks = strings.NewReplacer("《", "", "》", "", " ", "", "　", "")

// cited is a basis as it is compared: without marks and blanks.
func cited(b Basis) string { return noMarks.Replace(b.Law + b.Article) }
