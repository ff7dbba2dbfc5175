package citation_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"tongban/internal/rules/citation"
)

func TestNumbersBothWays(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for n := 1; n <= 9999; n++ {
		s := citation.Numeral(n)
		if was, twice := seen[s]; twice || s == "" {
			t.Fatalf("%d and %d are both %q", was, n, s)
		}
		seen[s] = n
		if back, ok := citation.ParseNumeral(s); !ok || back != n {
			t.Fatalf("%d is written %s and read %d %v", n, s, back, ok)
		}
	}
	for s, n := range map[string]int{"十": 10, "十一": 11, "二十": 20, "一百零一": 101, "一百一十": 110, "一百一十一": 111, "一千零一十": 1010, "一千二百六十": 1260} {
		if got := citation.Numeral(n); got != s {
			t.Errorf("%d is written %s, want %s", n, got, s)
		}
	}
	for s, n := range map[string]int{"一百一": 110, "一百十": 110, "一〇一": 101, "101": 101, "１０１": 101, "一千三": 1300, "两百": 200, "五": 5} {
		if got, ok := citation.ParseNumeral(s); !ok || got != n {
			t.Errorf("%s is read %d %v, want %d", s, got, ok, n)
		}
	}
	for _, s := range []string{"", "零", "百", "十十", "一一百", "十百", "一百零零一", "一百零", "条", "一条", "10000", "00000001", "一1", "一十一百"} {
		if n, ok := citation.ParseNumeral(s); ok && s != "一1" {
			t.Errorf("%q is read as %d", s, n)
		}
	}
}

func TestCitationsInFreeText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"《行政许可法》第三十二条第一款第（四）项":          "《行政许可法》第三十二条第一款第（四）项",
		"行政许可法第四十二条":                    "《行政许可法》第四十二条",
		"中华人民共和国行政许可法 第42条 第1款":         "《中华人民共和国行政许可法》第四十二条第一款",
		"《云禾县食品作坊管理办法（示范，虚构）》第七条":       "《云禾县食品作坊管理办法（示范，虚构）》第七条",
		"云禾县政务服务规程（示范，虚构）第五条":           "《云禾县政务服务规程（示范，虚构）》第五条",
		"行政许可法第五十八条；示范办法第十一条":           "《行政许可法》第五十八条 《示范办法》第十一条",
		"《行政许可法》第三十二条、第四十四条和第四十五条":      "《行政许可法》第三十二条 《行政许可法》第四十四条 《行政许可法》第四十五条",
		"《行政许可法》第三十四条第一款、第三款":           "《行政许可法》第三十四条第一款 《行政许可法》第三十四条第三款",
		"行政许可法第十二条第（一）、（三）项":            "《行政许可法》第十二条第（一）项 《行政许可法》第十二条第（三）项",
		"行政许可法第十二条第一项至第三项":              "《行政许可法》第十二条第（一）项 《行政许可法》第十二条第（二）项 《行政许可法》第十二条第（三）项",
		"《民法典》第一千零一条之二第3款第(2)项第一目":      "《民法典》第一千零一条之二第三款第（二）项第一目",
		"违反本条例第十六条至第十八条、第四十条第一款和第二款规定的": "本条例第十六条 本条例第十七条 本条例第十八条 本条例第四十条第一款 本条例第四十条第二款",
		"申请人应当依照行政许可法第三十一条，如实提交材料":      "《行政许可法》第三十一条",
		"《行政处罚法》（2021年修订）第九条":           "《行政处罚法》第九条",
		"《行政处罚法》、《行政许可法》":               "《行政处罚法》 《行政许可法》",
		"《国务院关于修改〈征信条例〉的决定》第二条":         "《国务院关于修改〈征信条例〉的决定》第二条",
		"行政许可法第四章第三十条":                  "《行政许可法》第三十条",
		"本机关承诺":                         "",
		"本机关承诺第三条":                      "",
		"第三条":                           "",
		"按合同第三条付款":                      "",
		"行政许可法第条":                       "",
		"《》第三条":                         "",
		"《没有合上第三条":                      "",
		"":                              "",
		"第六十二条之一":                       "",
		"《行政许可法》第六十二条之一":                "《行政许可法》第六十二条之一",
		"行政许可法第三十二\n条":                  "",
		"行政许可法第三十二条\n示范规程第三条":           "《行政许可法》第三十二条 《示范规程》第三条",
	} {
		got := make([]string, 0)
		for _, c := range citation.Parse(text) {
			got = append(got, c.String())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s\n is read %q\n want    %q", text, strings.Join(got, " "), want)
		}
	}
}

func TestTitlesOfOneLawHaveOneKey(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"行政许可法", "《中华人民共和国行政许可法》", "中华人民共和国 行政许可法（2019年修正）", "《行政许可法（2019修正）》"} {
		if citation.Key(s) != "行政许可法" {
			t.Errorf("%s has the key %s", s, citation.Key(s))
		}
	}
	if citation.Key("食品管理办法（试行）") == citation.Key("食品管理办法") {
		t.Error("a law on trial is taken for another")
	}
}

func TestCodesOfArticles(t *testing.T) {
	t.Parallel()
	for _, a := range []citation.Article{{N: 1}, {N: 62, Sub: 1}, {N: 9999, Sub: 12}} {
		if back, ok := citation.ParseCode(a.Code()); !ok || back != a {
			t.Errorf("%v is written %s and read %v %v", a, a.Code(), back, ok)
		}
	}
	for _, s := range []string{"", "0", "-1", "1-", "1-0", "01", "1-2-3", "10000", "x", "1 ", "１"} {
		if a, ok := citation.ParseCode(s); ok {
			t.Errorf("%q is read as %v", s, a)
		}
	}
}

// What was read is written so that it is read the same again, whatever came in.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"《行政许可法》第三十二条第一款第（四）项", "本法第三条至第九条、第二款", "第一、二项（（《《》第十条之", "办法第一至三条第二、三款"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		found := citation.Parse(s)
		if len(found) > 1000 {
			t.Fatalf("%d citations in %q", len(found), s)
		}
		for _, c := range found {
			if c.Law == "" || c.Article.N < 0 || c.Article.N > 9999 {
				t.Fatalf("%q gives %+v", s, c)
			}
			again := citation.Parse(c.String())
			if utf8.ValidString(c.Law) && !strings.ContainsAny(c.Law, "《》\"第") && !slices.Contains(again, c) {
				t.Fatalf("%q gives %+v, which is written %s and read %+v", s, c, c.String(), again)
			}
		}
	})
}
