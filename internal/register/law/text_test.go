package law_test

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"

	"tongban/internal/register/law"
	"tongban/internal/rules/citation"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// read parses a file that must be in order.
func read(t testing.TB, name string, src []byte) *law.Text {
	t.Helper()
	text, problems := law.Parse(name, src)
	for _, p := range problems {
		t.Error(p.Sentence().In(wording.ZH))
	}
	if text == nil {
		t.FailNow()
	}
	return text
}

// The laws inside the program are read whole, and written as they are read.
func TestTheLibraryIsReadByArticle(t *testing.T) {
	t.Parallel()
	want := map[string]int{"administrative-licensing": 83, "administrative-penalty": 86, "administrative-compulsion": 71, "bidding": 68, "bidding-rules": 84,
		"business-environment": 72, "commercial-cryptography": 67, "electronic-signature": 36, "enterprise-information": 25, "government-information": 56,
		"government-inspection": 28, "government-procurement": 88, "market-entity-registration": 55, "market-entity-registration-rules": 82,
		"network-data-security": 64, "petitions": 50}
	for _, f := range law.Library() {
		text := read(t, f.Name, f.Text)
		if n := want[text.Key]; len(text.Articles) != n || text.Key+".md" != f.Name {
			t.Errorf("%s has %d articles, want %d", f.Name, len(text.Articles), n)
		}
		delete(want, text.Key)
		if again := read(t, f.Name, law.Write(text)); !reflect.DeepEqual(again, text) {
			t.Errorf("%s is read otherwise once it is written", f.Name)
		}
		if dense(law.Write(text)) != dense(f.Text) {
			t.Errorf("%s loses words", f.Name)
		}
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
}

// dense leaves out what may differ between two ways to write the same.
func dense(b []byte) string {
	return strings.NewReplacer("(", "（", ")", "）", "\u3000", "", " ", "", "\n", "", "#", "").Replace(string(b))
}

func TestAnArticleByParagraphAndItem(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("library/administrative-licensing.md")
	if err != nil {
		t.Fatal(err)
	}
	text := read(t, "x", b)
	a := text.Articles[31]
	if a.Article != (citation.Article{N: 32}) || strings.Join(a.Under, " ") != "第四章 行政许可的实施程序 第一节 申请与受理" {
		t.Fatalf("article 32 stands as %v under %v", a.Article, a.Under)
	}
	lines := law.Lines(a.Text)
	if last := lines[5]; len(lines) != 7 || last.Paragraph != 1 || last.Item != 5 || !strings.HasPrefix(last.Text, "（五）申请事项属于本行政机关职权范围") || lines[6].Paragraph != 2 {
		t.Fatalf("article 32 is taken apart as %+v", lines)
	}
	if text.From != day.MustParse("2019-04-23") || text.Kind != "法律" || len(text.History) != 2 {
		t.Fatalf("head %+v", text.Head)
	}
}

const small = `# 云禾县示范办法（示范，虚构）

简码：sample
类别：规范性文件
制定机关：云禾县人民政府
施行：2025-01-01
虚构：是
来源：为示范编写

---

## 第一章 总则

第一条 为了示范，制定本办法。

第二条 申请人应当提交下列材料：

（一）申请书；

（二）平面图，包括：

1.尺寸；

2.门窗。

不收费。

第二条之一 本条是后来加的。
`

func TestWhatIsWrongIsNamedWithItsLine(t *testing.T) {
	t.Parallel()
	text := read(t, "small.md", []byte(small))
	if last := text.Articles[2]; last.String() != "第二条之一" || !text.Invented {
		t.Fatalf("read %+v", text)
	}
	if l := law.Lines(text.Articles[1].Text); len(l) != 6 || l[4] != (law.Line{Paragraph: 1, Item: 2, Point: 2, Text: "2.门窗。"}) || l[5].Paragraph != 2 {
		t.Fatalf("lines %+v", l)
	}
	for change, want := range map[[2]string]string{
		{"第二条 ", "第三条 "}:                                  "第 16 行：这里是第三条，应当是第二条",
		{"第二条之一", "第二条之二"}:                                "第 28 行：这里是第二条之二",
		{"（二）", "（三）"}:                                    "第 20 行：第二条的第（三）项前面少了一项",
		{"类别：规范性文件", "类别：红头文件"}:                           "第 4 行：类别写着“红头文件”，可以写：法律、",
		{"施行：2025-01-01", "施行：2025-02-30"}:                "第 6 行：“施行”写着“2025-02-30”",
		{"施行：2025-01-01", ""}:                             "说明里缺“施行”",
		{"施行：2025-01-01", "失效：2024-01-01\n施行：2025-01-01"}: "失效的日子要在施行之后",
		{"简码：sample", "简码：示范"}:                            "简码写着“示范”",
		{"来源：", "出处："}:                                    "“出处：为示范编写”不认识",
		{"来源：为示范编写", "来源："}:                               "“来源”后面没有内容",
		{"虚构：是", "虚构：是\n虚构：是"}:                            "“虚构”写了两次",
		{"---", ""}:      "没有“---”这一行",
		{"第一章", "第二章"}:   "第 12 行：标题“第二章 总则”的序号应当是第一章",
		{"第一章 总则", "附件"}: "要以第几编、第几章或第几节开头",
		{"第一条 为了示范，制定本办法。", "第一条"}: "第一条没有正文",
		{"# 云禾", "云禾"}:                      "没有标题",
		{"第一条 ", "为了"}:                      "在第一条之前",
		{"不收费。", "不\x07收费。"}:                "控制字符",
		{"不收费。", "不\xff收费。"}:                "UTF-8",
		{"本条是后来加的。", ""}:                    "第二条之一没有正文",
		{"不收费。", "## 第二章 没有条文\n## 第三章 也没有"}: "“第二章 没有条文”下面没有条文",
	} {
		if !strings.Contains(small, change[0]) {
			t.Fatalf("nothing says %q", change[0])
		}
		text, problems := law.Parse("small.md", []byte(strings.Replace(small, change[0], change[1], 1)))
		said := ""
		for _, p := range problems {
			said += p.Sentence().In(wording.ZH) + "\n"
		}
		if text != nil || !strings.Contains(said, want) {
			t.Errorf("%s → %s: %s", change[0], change[1], said)
		}
	}
	long := strings.Replace(small, "不收费。", strings.Repeat("长", 9000), 1)
	if _, problems := law.Parse("long.md", []byte(long)); len(problems) != 1 {
		t.Errorf("a line of 9000 characters: %v", problems)
	}
	if _, problems := law.Parse("large.md", bytes.Repeat([]byte("长"), 2<<20)); len(problems) != 1 {
		t.Errorf("a file of 6 MB: %v", problems)
	}
}

// Whatever comes in is read or refused with places; what is read is written so
// that it is read the same.
func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("# 甲\n简码:ab\n类别:法律\n制定机关:乙\n施行:2025-01-01\n来源:丙\n---\n# 第一编 丁\n第1条 戊\n(一)己\n第一条之一 庚"))
	f.Fuzz(func(t *testing.T, src []byte) {
		text, problems := law.Parse("f", src)
		if (text == nil) != (len(problems) > 0) {
			t.Fatalf("%v and %d problems", text, len(problems))
		}
		if text == nil {
			return
		}
		again, problems := law.Parse("f", law.Write(text))
		if len(problems) > 0 || !reflect.DeepEqual(again, text) {
			t.Fatalf("written and read again:\n%+v\n%+v\n%v", text, again, problems)
		}
	})
}
