package lists

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tongban/internal/register/lists/sheet"
	"tongban/internal/rules/wording"
)

// MostRows bounds the rows of a file, over all its sheets.
const MostRows = 100_000

// headRows is how far down the names of the columns may stand: above them
// people write a title.
const headRows = 10

// The columns that a file has beside those of the list.
const (
	columnOp      = "_op"      // what to do with the entry; empty: compare
	columnVersion = "_version" // number of the version that the row was made from
	columnOwner   = "_owner"   // of a table: code of the entry that the row belongs to
)

// grid is a sheet, a CSV file or a part of one, as it is read: rows of text.
type grid struct {
	k     *Kind
	part  string // table, "" for the entries
	name  string // what problems call it
	rows  []gridRow
	heads map[int]string // column from 0 → key; nil until the names of the columns are found
	head  int            // row of the names
	wrong Problems
}

type gridRow struct {
	n     int
	cells []string
	lost  map[string]bool
}

// extra are the columns of a part beside those of the list.
func extra(part string) []Column {
	if part != "" {
		return []Column{{Key: columnOwner, Title: wording.Text(wording.ZH, "lists.column.owner"), TitleEN: wording.Text(wording.EN, "lists.column.owner"), Type: Text}}
	}
	return []Column{
		{Key: columnOp, Title: wording.Text(wording.ZH, "lists.column.op"), TitleEN: wording.Text(wording.EN, "lists.column.op"), Type: Text},
		{Key: columnVersion, Title: wording.Text(wording.ZH, "lists.column.version"), TitleEN: wording.Text(wording.EN, "lists.column.version"), Type: Number, Max: 1 << 30}}
}

// layout are the columns of a part as they stand in a file: the owner first, the
// entry's own control columns last.
func (k *Kind) layout(part string) []Column {
	if part != "" {
		return slices.Concat(extra(part), k.columns(part))
	}
	return slices.Concat(k.columns(part), extra(part))
}

// column finds the column of a name as people write it.
func (g *grid) column(head string) (string, bool) {
	want := headKey(head)
	for _, c := range g.k.layout(g.part) {
		if want == headKey(c.Title) || want == headKey(c.TitleEN) || want == c.Key || slices.Contains(c.Also, want) {
			return c.Key, true
		}
	}
	return "", false
}

// headKey is a column's name without blanks, stars and the kind of brackets.
func headKey(s string) string {
	s = strings.NewReplacer("（", "(", "）", ")", "*", "", "＊", "", "\n", "").Replace(fold(tidy(s)))
	return strings.ToLower(s)
}

// isHead tells whether a row names the columns: it names at least the one
// without which nothing can be read.
func (g *grid) isHead(cells []string) bool {
	must := "code"
	if g.part != "" {
		must = columnOwner
	}
	return slices.ContainsFunc(cells, func(s string) bool { key, ok := g.column(s); return ok && key == must })
}

// row takes the next row. The first rows may be a title; then come the names of
// the columns.
func (g *grid) row(n int, cells []string) {
	switch {
	case g.heads != nil:
		if slices.ContainsFunc(cells, func(s string) bool { return tidy(s) != "" }) {
			g.rows = append(g.rows, gridRow{n: n, cells: slices.Clone(cells)})
		}
	case g.isHead(cells):
		g.names(n, cells)
	}
}

// names takes the row with the names of the columns.
func (g *grid) names(n int, cells []string) {
	g.heads, g.head = map[int]string{}, n
	seen := map[string]bool{}
	for i, s := range cells {
		if tidy(s) == "" {
			continue
		}
		key, ok := g.column(s)
		if !ok {
			var known []string
			for _, c := range g.k.layout(g.part) {
				known = append(known, c.Title)
			}
			g.problem(n, sheet.Letters(i+1), "lists.file.head", "got", short(tidy(s)), "known", strings.Join(known, "、"))
			continue
		}
		if seen[key] {
			g.problem(n, sheet.Letters(i+1), "lists.file.head_twice", "got", short(tidy(s)))
			continue
		}
		seen[key], g.heads[i] = true, key
	}
	for _, c := range g.k.columns(g.part) {
		if c.Required && !seen[c.Key] {
			g.problem(n, "", "lists.file.head_missing", "name", c.Title)
		}
	}
}

// done tells whether the file had the names of its columns.
func (g *grid) done() bool {
	if g.heads == nil {
		g.problem(0, "", "lists.file.no_head", "name", g.k.layout(g.part)[0].Title, "rows", headRows)
		return false
	}
	return true
}

func (g *grid) problem(row int, column, key string, pairs ...any) {
	g.wrong = append(g.wrong, Problem{Sheet: g.name, Row: row, Column: column, Msg: wording.M(key, pairs...)})
}

// lose notes that a cell cannot be taken as it is.
func (g *grid) lose(r *gridRow, col int, key string, pairs ...any) {
	name, ok := g.heads[col]
	if !ok {
		return
	}
	if r.lost == nil {
		r.lost = map[string]bool{}
	}
	if r.lost[name] {
		return
	}
	r.lost[name] = true
	g.problem(r.n, g.cellName(col), key, pairs...)
}

// cellName is a column as problems name it: B（权力名称）.
func (g *grid) cellName(col int) string {
	for _, c := range g.k.layout(g.part) {
		if c.Key == g.heads[col] {
			return sheet.Letters(col+1) + "（" + c.Title + "）"
		}
	}
	return sheet.Letters(col + 1)
}

// read makes a Row of a line, and takes out the columns beside the list's own.
func (g *grid) read(r gridRow) (row Row, control map[string]string) {
	row, control = Row{}, map[string]string{}
	for i, s := range r.cells {
		key, ok := g.heads[i]
		if !ok || r.lost[key] || tidy(s) == "" {
			continue
		}
		if strings.HasPrefix(key, "_") {
			control[key] = harmed(tidy(s))
		} else {
			row[key] = harmed(tidy(s))
		}
	}
	return row, control
}

func (g *grid) heading() heading {
	h := heading{name: g.name, letters: map[string]string{}}
	for i, key := range g.heads {
		h.letters[key] = sheet.Letters(i + 1)
	}
	return h
}

// danger are the characters with which a cell begins that a spreadsheet might
// take for a formula, and the mark put before them.
const danger = "=+-@＝＋－＠'"

// Harmless puts a mark before a text that a spreadsheet might run, so that who
// opens an export runs nothing; what is read back takes it off.
func Harmless(s string) string {
	if r, _ := utf8.DecodeRuneInString(s); s != "" && strings.ContainsRune(danger, r) {
		return "'" + s
	}
	return s
}

// harmed takes off what Harmless put on.
func harmed(s string) string {
	if rest, marked := strings.CutPrefix(s, "'"); marked {
		if r, _ := utf8.DecodeRuneInString(rest); rest != "" && strings.ContainsRune(danger, r) {
			return rest
		}
	}
	return s
}

var ops = map[string]Op{"新增": Add, "add": Add, "new": Add, "变更": Edit, "edit": Edit, "取消": End, "end": End}

// assemble makes a batch of what was read: the entries, and the tables below
// them by the codes of their owners.
func assemble(k *Kind, grids []*grid) Batch {
	b := Batch{List: k.Key, sheets: map[string]heading{}}
	at := map[string]int{} // code → index of its change
	whole := false
	for _, g := range grids {
		b.Problems = append(b.Problems, g.wrong...)
		b.sheets[g.part] = g.heading()
		whole = whole || g.part == ""
	}
	for _, g := range grids {
		if g.part != "" {
			continue
		}
		b.Changes = slices.Grow(b.Changes, len(g.rows))
		for i, r := range g.rows {
			ch := g.entry(&b, r)
			g.rows[i] = gridRow{} // of a long file the cells are not held twice
			b.Changes = append(b.Changes, ch)
			if _, twice := at[codeKey(k, ch)]; !twice {
				at[codeKey(k, ch)] = len(b.Changes) - 1
			}
		}
	}
	for _, g := range grids {
		if g.part == "" {
			continue
		}
		for i := range b.Changes {
			if b.Changes[i].Content.Tables == nil {
				b.Changes[i].Content.Tables = map[string][]Row{}
			}
			if !b.Changes[i].at.partial {
				b.Changes[i].Content.Tables[g.part] = []Row{}
			}
		}
		for _, r := range g.rows {
			g.below(&b, r, at, whole)
		}
	}
	return b
}

// entry reads a line of the list itself.
func (g *grid) entry(b *Batch, r gridRow) Change {
	row, control := g.read(r)
	ch := Change{Content: Content{Columns: row}, at: place{line: line{n: r.n, lost: r.lost}}}
	if s := control[columnOp]; s != "" {
		op, known := ops[strings.ToLower(s)]
		if !known {
			b.Problems = append(b.Problems, Problem{Sheet: g.name, Row: r.n, Msg: wording.M("lists.change.op", "got", short(s))})
		}
		ch.Op = op
	}
	if s := control[columnVersion]; s != "" {
		n, ok := whole(fold(s))
		if !ok || n < 0 || n > 1<<30 {
			b.Problems = append(b.Problems, Problem{Sheet: g.name, Row: r.n, Msg: wording.M("lists.file.version", "got", short(s))})
		}
		ch.Base = int(n)
	}
	return ch
}

// below reads a line of a table.
func (g *grid) below(b *Batch, r gridRow, at map[string]int, whole bool) {
	row, control := g.read(r)
	owner := Change{Code: control[columnOwner]}
	key := codeKey(g.k, owner)
	i, known := at[key]
	switch {
	case r.lost[columnOwner]:
		return
	case key == "":
		b.Problems = append(b.Problems, Problem{Sheet: g.name, Row: r.n, Msg: wording.M("lists.file.owner")})
		return
	case !known && whole:
		b.Problems = append(b.Problems, Problem{Sheet: g.name, Row: r.n, Msg: wording.M("lists.file.nobody", "code", short(owner.Code), "sheet", b.sheets[""].name)})
		return
	case !known:
		i = len(b.Changes)
		at[key] = i
		b.Changes = append(b.Changes, Change{Code: owner.Code, Content: Content{Tables: map[string][]Row{}},
			at: place{line: line{n: r.n}, partial: true}})
	}
	ch := &b.Changes[i]
	ch.Content.Tables[g.part] = append(ch.Content.Tables[g.part], row)
	if ch.at.rows == nil {
		ch.at.rows = map[string][]line{}
	}
	ch.at.rows[g.part] = append(ch.at.rows[g.part], line{n: r.n, lost: r.lost})
}

// codeKey is the code of a change as the list would keep it, or as it was
// written where it cannot be kept.
func codeKey(k *Kind, ch Change) string {
	given := ch.Content.Columns.Text("code")
	if given == "" {
		given = ch.Code
	}
	v, msg := k.Column("code").settle(given, Names{})
	if code, ok := v.(string); ok && msg.IsZero() {
		return code
	}
	return given
}

// serial turns the number of a day in a workbook into the day as it is written.
func serial(text string, date1904 bool) (string, bool) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n < 20_000 || n > 80_000 { // 1954 to 2119
		return "", false
	}
	from := dayZero
	if date1904 {
		from = dayZero1904
	}
	return (from + dayCount(n)).String(), true
}
