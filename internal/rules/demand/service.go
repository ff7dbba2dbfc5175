package demand

import (
	"regexp"
	"strings"
)

// The words of services and of asking for them.
const (
	work   = `(?:评估|检测|鉴定|评价|监测|检验|审计|验资|测绘|论证|可行性研究|环境影响)`
	bodies = `(?:机构|公司|单位|事务所|设计院|研究院|企业)`
)

var (
	// maker is somebody outside who makes reports or papers.
	maker = regexp.MustCompile(`中介(?:机构|公司|服务|组织)?|第三方(?:` + work + `?` + bodies + `)?|(?:评估|检测|鉴定|测绘|评价|审计|设计|咨询|检验|监测|专业|技术|勘察|造价)` + bodies +
		`|(?:会计师?|律师|税务师)事务所|有(?:相应|相关)?资[质格]的\p{Han}{0,4}?(?:` + bodies + `|院)|设计院|代办(?:公司|机构|员|点)?|代理(?:机构|公司)`)
	// makes is what they would do.
	makes = regexp.MustCompile(work + `|报告|意见书|测量|编制|编写|绘制|制作|出具|填写|盖章|确认|证明|委托|找|聘请|联系|指定|推荐`)
	// report is what they make.
	report = regexp.MustCompile(`\p{Han}{0,4}` + work + `(?:合格)?(?:的)?(?:报告[书表]?|意见书|意见|结论|成果|书|图)|鉴定书|法律意见书`)
	// asks is how something is asked for.
	asks = regexp.MustCompile(`提供|提交|补交|补充|出具|上传|附上|附|交|委托|聘请|找|取得|需|须|应当|必须|务必|要|请|先|补一?份|做一?份|经|缺|带`)
	// hands is how a paper is asked for.
	hands = regexp.MustCompile(`提供|提交|补交|补充|出具|上传|附|交|取得|需要|须|必须|做一?份|做个|先做|缺|带|补一?份|(?:没有|未).*(?:不予|不能|不得|无法|不受理|退回)`)
	// spared stands before what is not wanted, spares behind it.
	spared = regexp.MustCompile(`(?:不用|不需|无需|无须|不必|不要|不再|不指定|不得|不强制|不收|不看|免)[^，]{0,8}$`)
	spares = regexp.MustCompile(`^[^，]{0,6}?(?:不用|不需要|可以不|不再要|看不清|的日期)`)
	// self says that an authority has it made; sent that it names somebody for it.
	self = regexp.MustCompile(`(?:局|大队|我们|我所|所里|县里|财政|本机关|政府)[^，]{0,4}?(?:委托|组织|安排|送检|送样|取样|抽样|取水样|检测|做|负责|承担|统一送)|不用[你您]找`)
	sent = regexp.MustCompile(`指定|推荐|介绍`)
)

// service finds what asks for a service of an intermediary that the item may not
// ask for: by the name that it has on the list, by who would do it, by its report.
func (s *sentence) service(l Lists) (span, bool) {
	if self.MatchString(s.text) && !sent.MatchString(s.text) || names(s.text, l.Tied) {
		return span{}, false
	}
	if asks.MatchString(s.text) {
		for _, name := range l.Services {
			name = strings.TrimSuffix(folded(name), "编制")
			if i := strings.Index(s.text, name); i >= 0 && name != "" && !names(name, l.Own) && s.wanted(span{i, i + len(name)}) {
				return span{i, i + len(name)}, true
			}
		}
		for _, m := range maker.FindAllStringIndex(s.text, -1) {
			at := span{m[0], m[1]}
			if makes.MatchString(s.text[:m[0]]+"，"+s.text[m[1]:]) && s.wanted(at) && !shares(s.text, l.Tied) {
				return at, true
			}
		}
	}
	if !hands.MatchString(s.text) {
		return span{}, false
	}
	for _, m := range report.FindAllStringIndex(s.text, -1) {
		if at := (span{m[0], m[1]}); s.wanted(at) && !shares(s.text[m[0]:m[1]], l.Tied) && !shares(s.text[m[0]:m[1]], l.Own) {
			return at, true
		}
	}
	return span{}, false
}

// wanted tells whether what a stretch names is asked for, not said to be needless.
func (s *sentence) wanted(at span) bool {
	pre, post := s.clause(at)
	words := s.text[at.from:at.to]
	return !spared.MatchString(pre) && !spares.MatchString(post) && !spared.MatchString(pre+words)
}

// names tells whether a text has one of the names in full.
func names(text string, list []string) bool {
	for _, n := range list {
		if n = folded(n); n != "" && strings.Contains(text, n) {
			return true
		}
	}
	return false
}

// sharedRunes is how long a stretch of a name must be for a text to mean it.
const sharedRunes = 4

// shares tells whether a text has four characters running of one of the names.
func shares(text string, list []string) bool {
	for _, n := range list {
		r := []rune(folded(n))
		for i := 0; i+sharedRunes <= len(r); i++ {
			if strings.Contains(text, string(r[i:i+sharedRunes])) {
				return true
			}
		}
	}
	return false
}

// folded is a name as sentences are judged.
func folded(name string) string {
	list := sentences(name)
	if len(list) == 0 {
		return ""
	}
	return list[0].text
}
