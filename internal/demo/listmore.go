package demo

import (
	"fmt"
	"slices"

	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
)

// What stands on the other lists.
const (
	servicesOnline = 93
	servicesInfo   = 119
	townServices   = 18
	inspections    = 459
	beforeReform   = 201 // approvals before registration
	afterReform    = 34
	kept           = 165 // approvals after six reviews
	negativeTotal  = 117
)

// cutsMade are the approvals that each of the six reviews cancelled.
var cutsMade = []int{31, 22, 24, 17, 16, 12}

// reformDay is when approvals moved behind registration (先照后证).
var reformDay = day.Of(2025, 7, 1)

// baseItems writes the base catalogue: the real names and types.
func (m *listMaker) baseItems() (out []lists.Content) {
	seen := map[string]bool{}
	for _, it := range m.items {
		if seen[it.base] {
			continue
		}
		seen[it.base] = true
		handling := "approval"
		if it.kind == "20" {
			handling = ""
		}
		out = append(out, lists.Content{
			Columns: lists.Row{"code": it.base, "name": it.name, "type": it.kind, "agency": it.agency, "handling": handling, "county": true, "note": "名称和类型取自公开的事项目录，依据为示范"},
			Tables:  map[string][]lists.Row{"basis": {{"article": m.invented("政务服务事项")}}},
		})
	}
	return out
}

// reviewed writes the approvals before the six reviews.
func (m *listMaker) reviewed() (out []lists.Content) {
	total := kept
	for _, n := range cutsMade {
		total += n
	}
	for _, it := range m.items {
		if it.kind == "01" && len(out) < total {
			out = append(out, lists.Content{Columns: lists.Row{"code": fmt.Sprintf("SP-%03d", len(out)+1), "name": it.name, "type": "kept", "agency": it.agency, "basis": m.invented("行政审批")}})
		}
	}
	return out
}

// cuts are the six reviews, each with its document and day.
func (m *listMaker) cuts() (out []lists.Batch) {
	all, next := m.reviewed(), 0
	for i, n := range cutsMade {
		b := m.order("abolished", day.Of(2025, 4, 1).AddMonths(2*i), fmt.Sprintf("第%d批取消行政审批事项（示范数据）", i+1))
		for range n {
			c := all[next*2]
			c.Columns["type"], c.Columns["after"] = "cancelled", "纳入双随机抽查，按信用等级确定频次"
			b.Changes = append(b.Changes, lists.Change{Op: lists.Edit, Content: c})
			next++
		}
		out = append(out, b)
	}
	return out
}

// fees writes one of the lists of fees.
func (m *listMaker) fees(list string) (out []lists.Content) {
	for _, f := range m.l.Fees {
		if f[0] != list {
			continue
		}
		c := lists.Row{"code": fmt.Sprintf("SF-%s-%03d", map[string]string{"fee_admin": "X", "fee_fund": "J", "fee_enterprise": "Q", "fee_priced": "D"}[list], len(out)+1),
			"name": f[1], "agency": f[2], "standard": f[3], "funds": f[5], "enterprise": f[6], "basis": orElse(f, 7, "示范收费目录第二条"), "note": "标准为示范，不作收费依据"}
		if len(f) > 8 {
			c["item"] = m.itemNamed(f[2].(string), f[8].(string))
		}
		if most := asInt(f[4]); most > 0 {
			c["most"] = most * 100
		}
		out = append(out, lists.Content{Columns: c})
	}
	return out
}

// orElse is a text of a line that may end before it.
func orElse(line []any, at int, otherwise string) any {
	if at < len(line) {
		return line[at]
	}
	return otherwise
}

// asInt is a whole number of a file, whatever its reader made of it.
func asInt(v any) int64 {
	switch n := v.(type) {
	case uint64:
		return int64(n)
	case int64:
		return n
	case int:
		return int64(n)
	}
	return 0
}

// itemNamed finds the code of an agency's item by its name.
func (m *listMaker) itemNamed(agency, name string) string {
	for _, it := range slices.Concat(m.full, m.items) {
		if it.agency == agency && it.name == name {
			return it.code
		}
	}
	return ""
}

func (m *listMaker) intermediaries() (out []lists.Content) {
	for i, x := range m.l.IntermediaryLines {
		agency, name := x[1].(string), x[2].(string)
		out = append(out, lists.Content{Columns: lists.Row{"code": fmt.Sprintf("ZJ-%02d", i+1), "name": x[0], "agency": agency, "item": m.itemNamed(agency, name), "item_name": name,
			"basis": orElse(x, 7, "示范规程第九条"), "who": x[3], "days": asInt(x[4]), "result": x[5], "price": x[6], "note": "依据为示范"}})
	}
	return out
}

// negative writes what may not be entered, and what only with a licence.
func (m *listMaker) negative() (out []lists.Content) {
	for i, name := range m.l.Prohibited {
		out = append(out, lists.Content{Columns: lists.Row{"code": fmt.Sprintf("1%05d", i+1), "name": name, "type": "prohibited", "industry": "不分行业", "measure": "禁止准入（示范）"}})
	}
	for i, line := range m.l.Industries {
		for j, what := range line[1].([]any) {
			if len(out) < negativeTotal {
				out = append(out, lists.Content{Columns: lists.Row{"code": fmt.Sprintf("2%02d%03d", i+1, j+1), "name": fmt.Sprintf("未获得许可，不得从事%s", what), "type": "licensed", "industry": line[0],
					"measure": fmt.Sprintf("%s许可（示范）", what)}})
			}
		}
	}
	return out
}

func (m *listMaker) qualifications() (out []lists.Content) {
	for i, q := range m.l.Qualifications {
		out = append(out, lists.Content{Columns: lists.Row{"code": fmt.Sprintf("%02d", i+1), "name": q[0], "type": q[1], "body": q[2], "agency": q[3], "basis": m.invented("职业资格"), "note": "依据为示范"}})
	}
	return out
}

// registrations writes the approvals around registration, all in one place.
func (m *listMaker) registrations(where string) (out []lists.Content) {
	for i := len(m.items) - 1; i >= 0; i-- {
		if it := m.items[i]; it.kind == "01" && len(out) < beforeReform {
			out = append(out, lists.Content{Columns: lists.Row{"code": fmt.Sprintf("QH-%03d", len(out)+1), "name": it.name, "type": where, "agency": it.agency, "item": it.code, "basis": m.invented("先照后证")}})
		}
	}
	return out
}

// registrationReform moves all but 34 approvals behind registration in one act.
func (m *listMaker) registrationReform() lists.Batch {
	b := m.order("registration", reformDay, "先照后证：前置审批事项由 201 项减为 34 项（示范数据）")
	for _, c := range m.registrations("after")[afterReform:] {
		b.Changes = append(b.Changes, lists.Change{Op: lists.Edit, Content: c})
	}
	return b
}

// publicServices writes the services of the county and of its townships.
func (m *listMaker) publicServices() (out []lists.Content) {
	for _, it := range m.items {
		if n := len(out); it.kind == "20" && n < servicesOnline+servicesInfo {
			kind := "info"
			if n < servicesOnline {
				kind = "online"
			}
			a := m.b.Agencies[m.place(it.agency)]
			out = append(out, lists.Content{Columns: lists.Row{"code": fmt.Sprintf("GF-%03d", n+1), "name": it.name, "type": kind, "agency": it.agency, "region": m.b.Region, "item": it.code,
				"place": m.b.Hall.Name, "phone": a.Phone, "note": "名称取自公开的事项目录"}})
		}
	}
	for i := range townServices {
		t := m.towns()[i%len(m.towns())]
		out = append(out, lists.Content{Columns: lists.Row{"code": fmt.Sprintf("GX-%02d", i+1), "name": m.l.TownshipServices[(i+i/len(m.towns()))%len(m.l.TownshipServices)], "type": "info", "region": t.Code, "place": t.Name + "便民服务中心", "note": "示范"}})
	}
	return out
}

// once writes how many trips each item takes.
func (m *listMaker) once() (out []lists.Content) {
	for i, it := range slices.Concat(m.items, m.full) {
		c := lists.Row{"code": it.code, "name": it.name, "agency": it.agency, "type": "once"}
		switch {
		case i%20 == 7:
			c["type"], c["reason"], c["day"] = "more", []string{"要到现场核查，核查后还要本人签字", "法律规定本人到场参加考试或者听证", "要先取样检测，再交原件核对"}[i%3], "2026-12-31"
		case i%5 < 2:
			c["type"] = "none"
		}
		out = append(out, lists.Content{Columns: c})
	}
	return out
}

func (m *listMaker) proofs() (out []lists.Content) {
	for i, p := range m.l.Proofs {
		out = append(out, lists.Content{Columns: lists.Row{"code": fmt.Sprintf("ZM-%02d", i+1), "name": p[0], "agency": p[1], "issuer": p[2], "use": p[3], "type": p[4], "basis": m.invented("证明事项")}})
	}
	return out
}

// hall writes which items are handled at the hall. Those of one agency are not,
// because they are secret; a few others because of where they happen. Of those
// written in full the window only receives what is not the bureau's own to decide.
func (m *listMaker) hall() (out []lists.Content) {
	for i, it := range slices.Concat(m.items, m.full) {
		c := lists.Row{"code": it.code, "name": it.name, "agency": it.agency, "type": "decided", "window": "综合窗口"}
		switch {
		case it.agency == "tyj":
			c["type"], c["reason"] = "out", "涉密，在本机关办理"
		case i%50 == 11:
			c["type"], c["reason"] = "out", "要在现场办理，大厅不具备场地条件"
		case it.basis != nil && (it.agency == "spj" || it.agency == "zhzf"): // the latter on paper only, as the cases show
		case it.basis != nil:
			c["type"], c["reason"] = "received", "窗口收件和送达，由本机关审查决定"
		case i%4 == 1:
			c["type"], c["reason"] = "received", "由本机关集体审议决定，窗口只受理和送达"
		}
		if c["type"] == "out" {
			delete(c, "window")
		}
		out = append(out, lists.Content{Columns: c})
	}
	return out
}

// inspections writes what is inspected at random: each subject of the agencies
// that may punish, by what is looked at, until there are as many as there are.
func (m *listMaker) inspections() (out []lists.Content) {
	looks := [][3]string{{"许可和登记情况", "site", "ordinary"}, {"安全管理情况", "site", "key"}, {"信息公示和报送情况", "online", "ordinary"}, {"质量和标准执行情况", "sample", "key"}}
	for _, look := range looks {
		for _, a := range m.b.Agencies {
			la := m.l.Agencies[a.Key]
			for _, s := range la.Subjects {
				if la.Soft || len(out) == inspections {
					continue
				}
				out = append(out, lists.Content{Columns: lists.Row{"code": fmt.Sprintf("CC-%03d", len(out)+1), "name": "对" + s + look[0] + "的抽查", "type": look[2], "agency": a.Key, "object": s, "content": look[0],
					"basis": m.invented("随机抽查"), "method": look[1], "ratio": 3 + m.rnd.IntN(8), "times": 1 + m.rnd.IntN(2), "joint": m.rnd.IntN(4) == 0}})
			}
		}
	}
	return out
}
