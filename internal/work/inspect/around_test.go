package inspect_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
	"tongban/internal/work/inspect"
)

// The words of a made catalogue: few, so that most things meet.
var (
	matters = []string{"食品作坊经营许可", "食品作坊经营许可审批", "食品小作坊经营许可", "经营食品作坊许可", "其他食品作坊经营许可", "其它食品作坊经营许可", "食品作坊经营许可（设立）",
		"护士执业变更注册", "护士执业证变更注册", "人力资源服务机构设立分支机构备案", "人力资源服务机构设立分支备案", "人力资源服务的机构设立分支机构备案", "采伐审批", "采伐核发", "采审批",
		"在电信网中实施广播电视节目传送业务审批", "在电信网内实施广播电视节目传送业务审批", "老年人优待证办理"}
	papers   = []string{"作坊登记卡", "健康检查表", "场地平面图", "作坊登记卡复印件", "申请人健康检查表", "居民身份证", "亲属关系证明", "收入证明", "其它说明", "水质检测报告", "作坊许可证"}
	circle   = []string{"甲凭据", "乙凭据", "丙凭据"}
	payments = []string{"登记工本费", "考试费", "检验费"}
	statutes = []string{"食品安全法", "行政许可法", "森林法", "云禾县没有的办法"}
	kinds    = []string{"20", "10", "07", "01"}
	bodies   = []string{"spj", "scjg", "zfb"}
	bases    = []string{"511A0012600001", "511A0012600002", "511A0012600003"}
)

// maker makes names, items and catalogues by chance.
type maker struct {
	*rand.Rand
	ring int // how many of the circle are made
}

func (m *maker) of(list []string) string { return list[m.IntN(len(list))] }

// name is one of the matters, often written a little otherwise.
func (m *maker) name() string {
	r := []rune(m.of(matters))
	for range m.IntN(4) - 1 {
		switch at := m.IntN(len(r)); m.IntN(3) {
		case 0:
			r[at] = []rune("的和及作")[m.IntN(4)]
		case 1:
			r = slices.Insert(r, at, []rune("的和及作")[m.IntN(4)])
		default:
			if len(r) > 2 {
				r = slices.Delete(r, at, at+1)
			}
		}
	}
	return string(r)
}

// code is a code of the region's form, whose base is one of few, or a variant of a
// standard one.
func (m *maker) code(n int) string {
	if m.IntN(8) == 0 {
		return fmt.Sprintf("11990124YH0000026P4992011902000%02d", n%100)
	}
	return fmt.Sprintf("%s-990124000000-000-11990124MB0000%04d-1-00", m.of(bases), n)
}

// guide is what an item says, as far as others are held against it.
func (m *maker) guide() *checkup.Guide {
	g := &checkup.Guide{Handling: "instant", Applicants: []string{"person"}, Channels: []string{"window"}, Result: checkup.Result{Name: m.of(papers), Licence: m.IntN(2) == 0},
		Terms: checkup.Terms{Statutory: workday.Term{Days: 1 + m.IntN(9), Unit: workday.WorkingDays, Article: m.of(statutes) + "第三条"}}}
	if m.ring > 0 && m.IntN(4) == 0 { // a document for which another is needed
		i := m.IntN(m.ring)
		g.Result.Name, g.Materials = circle[i], []checkup.Material{{Key: "ring", Name: circle[(i+1)%len(circle)], Required: true, How: "自己写", Basis: "第三条"}}
	}
	for range m.IntN(4) {
		p := checkup.Material{Key: fmt.Sprint("m", len(g.Materials)), Name: m.of(papers), Required: m.IntN(3) > 0, When: m.IntN(4) == 0, Supplied: m.IntN(5) == 0, How: "自己写", Basis: "第三条"}
		if m.IntN(4) == 0 {
			p.How = "找第三方机构做"
		}
		g.Materials = append(g.Materials, p)
	}
	for range m.IntN(3) {
		g.Basis = append(g.Basis, checkup.Article{Law: m.of(statutes), Article: fmt.Sprintf("第%s条", m.of([]string{"一", "三", "九"}))})
	}
	if m.IntN(3) == 0 {
		g.Fees = []checkup.Fee{{Name: m.of(payments), Basis: "某办法"}}
	}
	return g
}

// item is an item as somebody would have it.
func (m *maker) item(code string) checkup.Item {
	it := checkup.Item{Code: code, Name: m.name(), Type: m.of(kinds), Agency: m.of(bodies), Region: m.of([]string{"990124", "990124", "990124101"}), From: day.Day(m.IntN(2)) * (today + 30)}
	it.ReadCode()
	if m.IntN(3) > 0 {
		it.Guide = m.guide()
	}
	return it
}

// written is a fully written item as the register takes it.
func (m *maker) written(t *testing.T, n int) *catalog.Draft {
	t.Helper()
	read := func(name string) []byte {
		b, err := os.ReadFile("../../demo/county/items/senior-card/" + name)
		must(t, err)
		return b
	}
	g, agency := m.guide(), m.of(bodies)
	head := map[string]string{"code": fmt.Sprintf("%q", m.code(n)), "base": `{none: "示范"}`, "name": m.name(), "type": `"20"`, "agency": agency, "roles": "{window: " + agency + "}"}
	var b strings.Builder
	lines := strings.SplitAfter(string(read("item.yaml")), "\n")
	skip := false
	for _, line := range lines {
		key, _, _ := strings.Cut(line, ":")
		if top := line != "" && line[0] != ' '; top {
			skip = key == "materials" || key == "basis" || key == "result"
		}
		switch {
		case skip:
		case head[key] != "":
			fmt.Fprintf(&b, "%s: %s\n", key, head[key])
		default:
			b.WriteString(line)
		}
	}
	b.WriteString("situation: 都适合\nmaterials:\n")
	for _, p := range g.Materials {
		source := map[bool]string{true: "licence, element: licence.identity, grade: A", false: "self"}[p.Supplied]
		when := map[bool]string{true: `, when: "applicant.kind == 'person'"`}[p.When]
		fmt.Fprintf(&b, "  - {key: %s, name: %s, source: %s, required: %t, formats: [pdf], max_mb: 1, why: 要, basis: 第三条, how: %s%s}\n", p.Key, p.Name, source, p.Required, p.How, when)
	}
	if len(g.Materials) == 0 {
		b.WriteString("  []\n")
	}
	b.WriteString("basis:\n  - {law: 行政许可法, article: 第一条}\n")
	for _, a := range g.Basis {
		fmt.Fprintf(&b, "  - {law: %s, article: %s}\n", a.Law, a.Article)
	}
	licence := map[bool]string{true: "11990124YH0000026P901", false: ""}[g.Result.Licence]
	fmt.Fprintf(&b, "result: {name: %s, licence_type: %q, fields: [{label: 姓名, value: applicant.name}]}\n", g.Result.Name, licence)
	d, problems := catalog.Read([]byte(b.String()), read("flow.bpmn"), read("form.json"))
	if len(problems) > 0 {
		t.Fatalf("%v\n%s", catalog.Problems(problems), b.String())
	}
	return d
}

// province fills the register: items of two areas, by name and written, lists on
// which some of what they name stands, a library with some of the laws.
func (m *maker) province(t *testing.T, r *rig, named, written int) (codes []string) {
	t.Helper()
	seen := map[string]bool{}
	for _, region := range []string{"990124", "990124101"} {
		var csv strings.Builder
		csv.WriteString("事项名称,事项编码,事项类型,实施主体\n")
		var drafts []*catalog.Draft
		for n := range named + written {
			if n >= named {
				if d := m.written(t, len(codes)); !seen[d.Code] {
					drafts = append(drafts, d)
					seen[d.Code], codes = true, append(codes, d.Code)
				}
				continue
			}
			if code := m.code(len(codes)); !seen[code] {
				fmt.Fprintf(&csv, "%s,%s,%s,%s\n", m.name(), code, m.of(kinds), m.of(bodies))
				seen[code], codes = true, append(codes, code)
			}
		}
		list, problems := catalog.ReadCSV([]byte(csv.String()))
		if len(problems) > 0 {
			t.Fatal(catalog.Problems(problems))
		}
		_, err := catalog.ImportItems(bg, r.Runner, r.ann, catalog.ImportOptions{Region: region, From: today}, append(list, drafts...)...)
		must(t, err)
	}
	var powers []lists.Change
	for i := range 12 {
		powers = append(powers, lists.Change{Content: power(fmt.Sprintf("P-%d", i), m.name(), m.of(kinds[1:]), m.of(bodies), m.of(append([]string{""}, codes...)))})
	}
	for _, b := range bases[:2] {
		powers = append(powers, lists.Change{Content: power(b, m.name(), m.of(kinds[1:]), m.of(bodies), "")})
	}
	r.stand(t, "云政发〔2026〕1号", powers...)
	r.put(t, "base_item", lists.Content{Columns: lists.Row{"code": bases[1], "name": matters[1], "type": "01", "handling": "review"}, Tables: map[string][]lists.Row{"basis": {{"article": "《食品安全法》第三条"}}}})
	r.put(t, "base_item", lists.Content{Columns: lists.Row{"code": bases[0], "name": matters[0], "type": "01"}, Tables: map[string][]lists.Row{"basis": {{"article": "《食品安全法》第三条"}}}})
	r.put(t, "proof", lists.Content{Columns: lists.Row{"code": "M-1", "name": "收入证明（原件）", "agency": "spj", "issuer": "所在单位", "use": "核对", "basis": "《行政许可法》第一条", "type": "paper"}})
	r.put(t, "fee_admin", lists.Content{Columns: lists.Row{"code": "F-1", "name": payments[0], "agency": "spj", "standard": "10元", "basis": "《行政许可法》第一条", "funds": "treasury"}})
	must(t, r.Store.Do(bg, store.Background, func(tx *store.Tx) error {
		for i, name := range statutes[:3] {
			id := int64(1000 + i)
			tx.Put(`insert into law(home, id, key, title, kind, rank, words, created) values($1, $2, $3, $3, 'law', 1, '', 0)`, tx.Home(), id, name)
			tx.Put(`insert into law_name(home, name, law) values($1, $2, $3)`, tx.Home(), name, id)
			if i == 2 {
				continue // no version of it holds
			}
			tx.Put(`insert into law_version(home, id, law, title, kind, issuer, number, adopted, published, from_day, source, note, history, excerpt, invented, articles, digest, imported, imported_by)
				values($1, $2, $3, $4, 'law', '', '', 0, 0, 1, '', '', '', $5, $5, 2, $6, 0, 0)`, tx.Home(), id+100, id, name, false, []byte{})
			for n := range 3 {
				tx.Put(`insert into law_article(home, version, number, sub, under, body) values($1, $2, $3, 0, '', '')`, tx.Home(), id+100, 1+n)
			}
		}
		return nil
	}))
	return codes
}

// put puts an entry on a list.
func (r *rig) put(t *testing.T, list string, c lists.Content) {
	t.Helper()
	_, err := r.lists.Change(bg, r.ann, "", lists.Batch{List: list, Document: "云政发〔2026〕2号", Reason: "公布", Region: "990124", From: today, Changes: []lists.Change{{Content: c}}})
	if e, ok := err.(*act.Error); ok {
		t.Fatalf("%s: %v", list, e.Fields)
	}
	must(t, err)
}

// told writes findings down, whole and in an order of their own.
func told(list []checkup.Finding) string {
	lines := make([]string, len(list))
	for i, f := range list {
		b, err := json.Marshal(f.In(wording.ZH))
		if err != nil {
			panic(err)
		}
		lines[i] = string(b)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// What is found about a proposal by reading what can matter for it is what is found
// by reading everything: for items that stand and new ones, known by name and fully
// written, in catalogues in which names, documents, bases, powers and laws meet.
func TestAProposalIsJudgedAsInTheWholeCatalogue(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		m := &maker{rand.New(rand.NewPCG(7, 6)), 2}
		codes := m.province(t, r, 20, 14)
		m.ring = 3
		found := map[string]int{}
		fewer := 0
		must(t, r.Read(func(tx *store.Tx) error {
			if stand, err := catalog.KeysStand(tx); err != nil || !stand {
				t.Fatalf("no keys: %v", err)
			}
			whole, err := r.desk.Live(tx)
			must(t, err)
			for i := range 70 {
				code := m.of(codes)
				if i%5 == 0 {
					code = m.code(5000 + i)
				}
				it := m.item(code)
				if at := slices.IndexFunc(whole.Items, func(x checkup.Item) bool { return x.Code == code }); at >= 0 && m.IntN(3) > 0 { // a small change
					was := whole.Items[at]
					it.Region, it.Agency = was.Region, was.Agency
					if m.IntN(2) == 0 {
						it.Name = was.Name
					}
				}
				got, err := r.desk.Differing(tx, it)
				must(t, err)
				want := inspect.DifferingIn(whole, it)
				if told(got) != told(want) {
					t.Fatalf("%d %s %s: found\n%s\nin the whole catalogue\n%s", i, it.Code, it.Name, told(got), told(want))
				}
				for _, f := range got {
					found[f.Rule]++
				}
				few, err := r.desk.Around(tx, it)
				must(t, err)
				if len(few.Items) < len(whole.Items)/2 {
					fewer++
				}
			}
			return nil
		}))
		m.together(t, r, codes)
		for _, rule := range strings.Fields("name_twice name_near overlap_item proof_circle material_held own_document same_name item_powerless item_holder law_unknown law_article fee_off_list proof_off_list") {
			if found[rule] == 0 {
				t.Errorf("%s was never found: %v", rule, found)
			}
		}
		if fewer < 7 {
			t.Errorf("only %d times less than half was read", fewer)
		}
	})
}

// together judges several items at once, with powers that come and go with them, by
// reading what can matter and by reading everything.
func (m *maker) together(t *testing.T, r *rig, codes []string) {
	t.Helper()
	found := 0
	must(t, r.Read(func(tx *store.Tx) error {
		whole, err := r.desk.Live(tx)
		must(t, err)
		for i := range 15 {
			items := []checkup.Item{m.item(m.of(codes)), m.item(m.code(6000 + i)), m.item(m.code(7000 + i))}
			if m.IntN(2) == 0 {
				items[2].Name, items[2].Region = items[1].Name, items[1].Region
			}
			gone := whole.Powers[m.IntN(len(whole.Powers))].Code
			comes := lists.Entry{List: "power", Code: "P-99", Name: m.name(), Type: items[1].Type, Agency: items[1].Agency, Content: power("P-99", m.name(), items[1].Type, items[1].Agency, items[1].Code)}
			powers := []lists.Difference{{Op: lists.End, Code: gone}, {Op: lists.Add, Code: "P-99", After: &comes}}
			got, err := r.desk.Would(tx, powers, slices.Clone(items)...)
			must(t, err)
			want, err := inspect.WouldIn(tx, whole, powers, slices.Clone(items)...)
			must(t, err)
			if told(got) != told(want) {
				t.Fatalf("%d: found\n%s\nin the whole catalogue\n%s", i, told(got), told(want))
			}
			found += len(got)
		}
		return nil
	}))
	if found < 30 {
		t.Errorf("only %d were found", found)
	}
}
