package reconcile_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tongban/internal/rules/reconcile"
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
)

// list makes a list of names; "code name" carries a code.
func list(names ...string) (all []reconcile.Entry) {
	for _, n := range names {
		e := reconcile.Entry{Name: n}
		if code, name, ok := strings.Cut(n, " "); ok {
			e.Code, e.Name = code, name
		}
		all = append(all, e)
	}
	return all
}

// said writes the matches down: relation, theirs>ours.
func said(r reconcile.Result) string {
	var b strings.Builder
	for _, m := range r.Matches {
		fmt.Fprintf(&b, "%s %v>%v;", m.Relation, m.Theirs, m.Ours)
	}
	return b.String()
}

func TestKinds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name         string
		theirs, ours []reconcile.Entry
		want         string
	}{
		{"the same", list("食品经营许可证核发"), list("食品经营许可证核发", "道路运输证换发"), "same [0]>[0];only_ours []>[1];"},
		{"brackets and width", list("排水许可（县级）"), list("排水许可"), "same [0]>[0];"},
		{"a place before it", list("云禾县城市户外广告设置审批"), list("城市户外广告设置许可", "户外烧烤点设置许可"), "renamed [0]>[0];only_ours []>[1];"},
		{"another order", list("变更食品经营许可"), list("食品经营许可变更", "食品经营许可注销"), "renamed [0]>[0];only_ours []>[1];"},
		{"coarser", list("公共场所卫生许可"), list("公共场所卫生许可新办", "公共场所卫生许可变更", "公共场所卫生许可证注销", "河道采砂许可"), "coarser [0]>[0 1 2];only_ours []>[3];"},
		{"coarser, listed", list("母婴保健技术服务变更、注销"), list("母婴保健技术服务新办", "母婴保健技术服务变更", "母婴保健技术服务注销"), "coarser [0]>[1 2];only_ours []>[0];"},
		{"finer", list("燃气经营许可（新办）", "燃气经营许可（变更）", "燃气经营许可（注销）"), list("燃气经营许可"), "finer [0 1 2]>[0];"},
		{"finer, by what it lists", list("砍伐城市树木审批", "移植城市树木审批"), list("砍伐、移植城市树木审批"), "finer [0 1]>[0];"},
		{"opposite acts", list("燃气经营许可变更"), list("燃气经营许可注销"), "only_theirs [0]>[];only_ours []>[0];"},
		{"opposite things", list("兽药生产许可证核发"), list("兽药经营许可证核发"), "only_theirs [0]>[];only_ours []>[0];"},
		{"one of each act", list("护士执业变更注册", "护士执业注销注册"), list("护士注销执业注册", "护士变更执业注册"), "renamed [0]>[1];renamed [1]>[0];"},
		{"a code against the name", list("A1 会计从业备案", "A2 食品经营许可"), list("A1 食品经营许可", "A2 会计从业备案"), "same [0]>[1];same [1]>[0];"},
		{"a code and half a name", list("A7 施工许可"), list("A7 建筑工程施工许可证核发", "A8 公路施工许可"), "renamed [0]>[0];only_ours []>[1];"},
		{"nothing", nil, nil, ""},
		{"a name of nothing", list("（）", " "), list("排水许可"), "only_theirs [0]>[];only_theirs [1]>[];only_ours []>[0];"},
	} {
		r := reconcile.Compare(reconcile.Input{Theirs: c.theirs, Ours: c.ours, Places: []string{"云禾县"}})
		if got := said(r); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		for _, m := range r.Matches {
			for _, why := range m.Reasons {
				if s := why.In(wording.ZH); strings.Contains(s, "⟦") || s == "" {
					t.Errorf("%s: reason %q", c.name, s)
				}
			}
			if len(m.Reasons) == 0 {
				t.Errorf("%s: %s without a reason", c.name, m.Relation)
			}
		}
	}
}

// The parts that an own system lists below a line by the act alone are read with
// the line above them.
func TestPartsBelowALine(t *testing.T) {
	t.Parallel()
	theirs := list("P 燃气经营许可", "P1 新办", "P2 注销", "Q 排水设施许可", "Q1 新办", "Q2 变更")
	for i, parent := range map[int]string{1: "P", 2: "P", 4: "Q", 5: "Q"} {
		theirs[i].Parent = parent
	}
	r := reconcile.Compare(reconcile.Input{Theirs: theirs, Ours: list("排水设施许可", "燃气经营许可新办", "燃气经营许可注销")})
	if got, want := said(r), "only_theirs [0]>[];same [1]>[1];same [2]>[2];finer [3 4 5]>[0];"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestWhatDiffers(t *testing.T) {
	t.Parallel()
	theirs := reconcile.Entry{Code: "1", Name: "排水许可", Type: "10", Agency: "a", Days: workday.Term{Days: 20, Unit: workday.WorkingDays}, Steps: []string{"受理", "初审", "决定"}, Fees: []string{"工本费"}, Materials: []string{"申请表", "承诺书"}}
	ours := reconcile.Entry{Code: "2", Name: "排水许可", Type: "01", Agency: "b", Days: workday.Term{Days: 10, Unit: workday.WorkingDays}, Steps: []string{"受理", "决定"}, Fees: []string{}, Materials: []string{"申请表", "平面图"}}
	r := reconcile.Compare(reconcile.Input{Theirs: []reconcile.Entry{theirs}, Ours: []reconcile.Entry{ours}})
	var got []string
	for _, d := range r.Matches[0].Differences {
		got = append(got, fmt.Sprintf("%s %s/%s +%v -%v", d.Field, d.Theirs, d.Ours, d.More, d.Less))
	}
	want := []string{"type 其他行政权力/行政许可 +[] -[]", "agency a/b +[] -[]", "days 20个工作日/10个工作日 +[] -[]",
		"steps 受理、初审、决定/受理、决定 +[初审] -[]", "fees 工本费/ +[工本费] -[]", "materials 申请表、承诺书/申请表、平面图 +[承诺书] -[平面图]"}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
	ours.Steps = []string{"决定", "受理", "初审"}
	ours.Days, ours.Type, ours.Fees, ours.Materials = workday.Term{}, "", nil, nil
	r = reconcile.Compare(reconcile.Input{Theirs: []reconcile.Entry{theirs}, Ours: []reconcile.Entry{ours}})
	if m := r.Matches[0]; len(m.Differences) != 2 || !m.Differs(reconcile.FieldSteps) || !m.Differs(reconcile.FieldAgency) {
		t.Errorf("what a list does not say is held against it: %v", m.Differences)
	}
}

// What a person decided is obeyed, by the keys of the lines, whatever they are
// called now.
func TestDecisionsAreObeyed(t *testing.T) {
	t.Parallel()
	theirs := list("a 排水许可", "b 燃气经营许可", "c 公章刻制备案")
	ours := list("1 排水许可", "2 燃气经营许可", "3 燃气经营许可变更", "4 公章刻制备案")
	decide := func(v reconcile.Verdict, theirs, ours string) reconcile.Decision {
		return reconcile.Decision{Theirs: strings.Fields(theirs), Ours: strings.Fields(ours), Verdict: v}
	}
	for _, c := range []struct {
		name    string
		decided []reconcile.Decision
		want    string
	}{
		{"none", nil, "same [0]>[0];same [1]>[1];same [2]>[3];only_ours []>[2];"},
		{"rejected", []reconcile.Decision{decide(reconcile.Rejected, "a", "1")}, "only_theirs [0]>[];same [1]>[1];same [2]>[3];only_ours []>[0];only_ours []>[2];"},
		{"crossed", []reconcile.Decision{decide(reconcile.Confirmed, "a", "4")}, "renamed [0]>[3];same [1]>[1];only_theirs [2]>[];only_ours []>[0];only_ours []>[2];"},
		{"several", []reconcile.Decision{decide(reconcile.Confirmed, "b", "2 3")}, "same [0]>[0];coarser [1]>[1 2];same [2]>[3];"},
		{"alone", []reconcile.Decision{decide(reconcile.Confirmed, "c", ""), decide(reconcile.Confirmed, "", "4")}, "same [0]>[0];same [1]>[1];only_theirs [2]>[];only_ours []>[2];only_ours []>[3];"},
		{"gone", []reconcile.Decision{decide(reconcile.Confirmed, "z", "1"), decide(reconcile.Rejected, "z", "9")}, "same [0]>[0];same [1]>[1];same [2]>[3];only_ours []>[2];"},
		{"the later of two", []reconcile.Decision{decide(reconcile.Confirmed, "a", "1"), decide(reconcile.Confirmed, "b", "1 2")}, "same [0]>[0];same [1]>[1];same [2]>[3];only_ours []>[2];"},
	} {
		r := reconcile.Compare(reconcile.Input{Theirs: theirs, Ours: ours, Decided: c.decided})
		if got := said(r); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// Every line stands in exactly one match, a rejected pair in none, and the same
// input gives the same result.
func TestEveryLineIsSomewhere(t *testing.T) {
	t.Parallel()
	words := []string{"食品", "药品", "经营", "生产", "许可", "变更", "注销", "设立", "备案", "、", "（县级）", "登记", "企业", "个人", "x", "\xff"}
	name := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 6).Draw(t, "words"), "")
	})
	entry := rapid.Custom(func(t *rapid.T) reconcile.Entry {
		return reconcile.Entry{Code: rapid.SampledFrom([]string{"", "1", "2", "3", "4", "511A00052001-1-1"}).Draw(t, "code"), Name: name.Draw(t, "name"), Parent: rapid.SampledFrom([]string{"", "1", "2"}).Draw(t, "parent")}
	})
	rapid.Check(t, func(t *rapid.T) {
		in := reconcile.Input{Theirs: rapid.SliceOfN(entry, 0, 12).Draw(t, "theirs"), Ours: rapid.SliceOfN(entry, 0, 12).Draw(t, "ours")}
		for range rapid.IntRange(0, 3).Draw(t, "decisions") {
			d := reconcile.Decision{Verdict: rapid.SampledFrom([]reconcile.Verdict{reconcile.Confirmed, reconcile.Rejected}).Draw(t, "verdict")}
			if len(in.Theirs) > 0 {
				d.Theirs = []string{rapid.SampledFrom(in.Theirs).Draw(t, "t").Key()}
			}
			if len(in.Ours) > 0 {
				d.Ours = []string{rapid.SampledFrom(in.Ours).Draw(t, "o").Key()}
			}
			in.Decided = append(in.Decided, d)
		}
		r := reconcile.Compare(in)
		if !reflect.DeepEqual(r, reconcile.Compare(in)) {
			t.Fatal("another result")
		}
		theirs, ours := make([]int, len(in.Theirs)), make([]int, len(in.Ours))
		for _, m := range r.Matches {
			for _, at := range m.Theirs {
				theirs[at]++
			}
			for _, at := range m.Ours {
				ours[at]++
			}
			if m.Score < 0 || m.Score > 1000 {
				t.Fatalf("score %d", m.Score)
			}
			for _, d := range in.Decided {
				if d.Verdict != reconcile.Rejected || m.Verdict == reconcile.Confirmed {
					continue
				}
				for _, a := range m.Theirs {
					for _, b := range m.Ours {
						if slices.Contains(d.Theirs, in.Theirs[a].Key()) && slices.Contains(d.Ours, in.Ours[b].Key()) {
							t.Fatalf("rejected, proposed again: %v %v", m, d)
						}
					}
				}
			}
		}
		for _, n := range slices.Concat(theirs, ours) {
			if n != 1 {
				t.Fatalf("lines in %v %v matches", theirs, ours)
			}
		}
	})
}

// province makes two lists of n items of one province: theirs are ours, every
// third under another name, in another order.
func province(n int) (theirs, ours []reconcile.Entry) {
	whose := strings.Fields("食品 药品 医疗器械 农药 兽药 种子 肥料 饲料 烟花爆竹 危险化学品 道路 桥梁 水库 河道 林木 草原 渔业 矿山 房屋 土地 燃气 供热 供水 排水 户外广告 出版物 电影 演出 娱乐场所 旅行社 网吧 体育场馆 学校 培训机构 幼儿园 诊所 护理 公共场所 殡葬 社会团体")
	things := strings.Fields("生产企业 经营单位 使用单位 建设项目 服务机构 从业人员 专用设备 配套设施 质量安全 技术方案 检验检测 仓储物流 信息系统 安全防护 环境影响 资金补助 人才评价 应急预案 档案资料 价格收费")
	acts := strings.Fields("设立 变更 延续 注销 补办")
	ends := strings.Fields("许可 审批 备案 认定 登记")
	r := rand.New(rand.NewPCG(seed, 9))
	per := len(whose) * len(things) * len(acts) * len(ends)
	for i := range n {
		m, county := i%per, i/per
		name := whose[m%len(whose)] + things[m/len(whose)%len(things)] + acts[m/len(whose)/len(things)%len(acts)] + ends[m/len(whose)/len(things)/len(acts)]
		e := reconcile.Entry{Code: fmt.Sprintf("511A%07d-99%04d", i, county), Name: name, Type: "01", Agency: fmt.Sprint("a", county)}
		ours = append(ours, e)
		e.Code = fmt.Sprint("X", i)
		if i%3 == 0 {
			e.Name = "某县" + strings.NewReplacer("注销", "取消", "许可", "核准", "企业", "业企").Replace(name)
		}
		theirs = append(theirs, e)
	}
	r.Shuffle(n, func(i, j int) { theirs[i], theirs[j] = theirs[j], theirs[i] })
	return theirs, ours
}

// A province's lists are matched without comparing each with each: ten times as
// many lines take no hundred times as long. TONGBAN_SCALE tries 200,000 on each side.
func large() bool { return os.Getenv("TONGBAN_SCALE") != "" }

func TestProvince(t *testing.T) {
	n := 4_000
	if large() {
		n = 200_000
	}
	theirs, ours := province(n)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	r := reconcile.Compare(reconcile.Input{Theirs: theirs, Ours: ours})
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	right := 0
	for _, m := range r.Matches {
		if len(m.Theirs) == 1 && len(m.Ours) == 1 && theirs[m.Theirs[0]].Code[1:] == strings.TrimLeft(ours[m.Ours[0]].Code[4:11], "0") {
			right++
		}
	}
	t.Logf("%d against %d: %v, %d MB allocated, %d right, whole %v", n, n, took.Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>20, right, r.Whole)
	if right < n*9/10 {
		t.Errorf("%d of %d found", right, n)
	}
}
