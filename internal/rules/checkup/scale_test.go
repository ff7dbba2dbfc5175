//go:build unix

package checkup_test

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"tongban/internal/rules/checkup"
	"tongban/internal/rules/day"
)

// The words of which the names of a province are put together.
var (
	whose  = []string{"食品", "药品", "医疗器械", "农药", "兽药", "种子", "肥料", "饲料", "烟花爆竹", "危险化学品", "道路", "桥梁", "水库", "河道", "林木", "草原", "渔业", "矿山", "房屋", "土地", "燃气", "供热", "供水", "排水", "户外广告", "出版物", "电影", "演出", "娱乐场所", "旅行社", "网吧", "体育场馆", "学校", "培训机构", "幼儿园", "诊所", "护理", "公共场所", "殡葬", "社会团体"}
	whoseB = []string{"生产企业", "经营单位", "使用单位", "建设项目", "服务机构", "从业人员", "专用设备", "配套设施", "质量安全", "技术方案"}
	act    = []string{"设立", "变更", "延续", "注销", "补办"}
	ending = []string{"许可", "审批", "备案", "认定", "登记"}
	typeOf = []string{"01", "01", "10", "07", "07"}
)

// province makes n items, the matters of counties of two thousand items each,
// every one with a guide, materials and a flow of its own.
func province(n int, counties bool) *checkup.Catalogue {
	c := &checkup.Catalogue{Year: &checkup.Year{First: day.Of(2026, 1, 1), Last: day.Of(2026, 12, 31), Cases: map[string]int{}}}
	const perCounty = 2000
	law := []checkup.Article{{Law: "中华人民共和国行政许可法", Article: "第十二条"}}
	matters := len(whose) * len(whoseB) * len(act) * len(ending)
	for i := range n {
		m, county := i%perCounty, i/perCounty
		if !counties {
			m, county = i, 0
		}
		e := m % len(ending)
		name := whose[m/50%len(whose)] + whoseB[m/5%len(whoseB)] + act[m/2000%len(act)] + ending[e]
		if m >= matters {
			name += fmt.Sprintf("（第%d类）", m/matters)
		}
		region := fmt.Sprintf("99%04d", county)
		base := fmt.Sprintf("99%s31%06d", typeOf[e], m%1000000)
		it := licence(law)
		if typeOf[e] != "01" {
			it = filing()
		}
		it.Code, it.Base = fmt.Sprintf("511A%07d-%s000000-000-%s-1-00", m, region, body), base
		it.Name, it.Type, it.Region, it.Level = name, typeOf[e], region, "4"
		it.Guide.Deemed = it.Type == "01"
		it.Guide.Result.Name = name + "结果证"
		it.Powers = []string{fmt.Sprintf("P%d", i%100000)}
		c.Items = append(c.Items, it)
		if i%10 > 1 {
			c.Year.Cases[it.Code] = i
		}
		if county == 0 && counties {
			c.Bases = append(c.Bases, checkup.Base{Code: base, Name: name, Type: it.Type})
		}
		if i < 100000 {
			c.Powers = append(c.Powers, checkup.Power{Code: fmt.Sprintf("P%d", i), Name: name, Type: it.Type, Region: region, Holders: []string{it.Agency}, Basis: law, Duties: 7, Situations: 10})
		}
	}
	lists := good()
	c.Fees, c.Intermediaries, c.Proofs, c.Laws = lists.Fees, lists.Intermediaries, lists.Proofs, lists.Laws
	return c
}

// worked is the time that processors have worked for this process: unlike the
// clock on the wall it does not grow when a machine has other things to do.
func worked(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestScale judges a province: 200,000 items in under a minute of one processor,
// with no more memory than the catalogue three times over. It runs when TONGBAN_SCALE is
// set and prints its figures.
func TestScale(t *testing.T) {
	if os.Getenv("TONGBAN_SCALE") == "" {
		t.Skip("TONGBAN_SCALE is not set")
	}
	for _, counties := range []bool{true, false} {
		c := province(200_000, counties)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		began, busy := time.Now(), worked(t)
		var n checkup.Counts
		most := before.HeapAlloc
		for f := range checkup.Judge(c) {
			if n.Add(f); n.Total()%2000 == 0 {
				runtime.ReadMemStats(&after)
				most = max(most, after.HeapAlloc)
			}
		}
		busy = worked(t) - busy
		t.Logf("in counties %v: %d items, %d powers in %v of one processor (%v by the clock); the catalogue holds %d MB, at most %d MB were in use; %d findings",
			counties, len(c.Items), len(c.Powers), busy.Round(time.Millisecond), time.Since(began).Round(time.Millisecond), before.HeapAlloc>>20, most>>20, n.Total())
		if busy > time.Minute {
			t.Errorf("longer than a minute: %v", busy)
		}
		if most > 3*before.HeapAlloc {
			t.Errorf("%d MB in use for a catalogue of %d MB", most>>20, before.HeapAlloc>>20)
		}
	}
}

// BenchmarkCounty judges a county of two thousand written items.
func BenchmarkCounty(b *testing.B) {
	c := province(2000, true)
	for b.Loop() {
		n := 0
		for range checkup.Judge(c) {
			n++
		}
		if n == 0 {
			b.Fatal("nothing found")
		}
	}
}
