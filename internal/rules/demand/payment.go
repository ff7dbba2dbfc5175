package demand

import (
	"regexp"
	"strings"
)

// The words of paying.
const (
	number = `(?:\d[\d,.]*|[一二两三四五六七八九十百千万几]+)`
	amount = number + `(?:多|来)?(?:万元|元|块钱|块|角|圆)`
	purse  = `(?:费用|费|押金|保证金|抵押金|工本费?|款项|差额|成本)`
	pays   = `(?:缴纳|交纳|缴存|缴清|结清|付清|补缴|补交|预缴|预交|预付|垫付|支付|收取|加收|另收|缴|交|付|收|汇)`
	bears  = `(?:自理|自付|自负|自担|承担|负担|支付|缴纳|交纳|补缴|交给|交到|付给|先付|结清|付清|报销|一起交|一并交)`
)

var (
	// paying is what asks for money by itself; some of it is let off below.
	paying = []*regexp.Regexp{
		regexp.MustCompile(pays + `[^，]{0,8}?(?:` + amount + `|` + purse + `)`),
		regexp.MustCompile(`\p{Han}{0,3}` + purse + `[^，]{0,10}?` + bears),
		regexp.MustCompile(`\p{Han}{0,3}` + purse + `[^\d]{0,8}?` + amount),
		regexp.MustCompile(amount + `[^，]{0,4}?费`),
		regexp.MustCompile(amount + `，?作为[^，]{0,6}?` + purse),
		regexp.MustCompile(`每(?:页|份|本|件|次|张|人|平方米|公里)[^，\d]{0,3}` + amount),
		regexp.MustCompile(`(?:缴|交|付|汇|打)(?:费|款|钱)|付账|转账|完成支付|扫码付|缴纳|交纳|缴存|缴清|付清|结清`),
		regexp.MustCompile(`(?:要|需|须|将|会|应|另|另外)(?:要|须|当)?收费`),
	}

	// refusing stands before what is not asked for: 不用你…, 无需…, 不向任何人….
	refusing = regexp.MustCompile(`(?:不|无|未|没|免|勿|莫|别|禁止|严禁|停止|取消|拒绝)(?:需|须|用|必|再|得|会|要|能|可|以|准|许|有|求|向|对|让|叫|你|您|们|申请人|任何|单位|个人|企业|群众|额外|另外|另行|的|人|以|名义|就|此|为|先|多|出|乱)*$`)
	// unpaid stands before what has not been paid; what follows from that makes it a demand.
	unpaid = regexp.MustCompile(`(?:拒不|不按时|未按时|不及时|未及时|未按期|没有|不|未|没)$`)
	// owing stands before what somebody still owes.
	owing = regexp.MustCompile(`(?:没有|没|未)$`)
	// or is what follows for who does not pay.
	or = regexp.MustCompile(`不予|不能|不得|无法|不受理|不办|不发|不给|不收|视为|退回|退件|终止|不再|以前`)

	// done stands before what somebody has paid, or is asked whether they have.
	done = regexp.MustCompile(`(?:是否|有没有|有无|已经|已|曾经|曾|以前|上次)(?:向\p{Han}{1,6})?$`)
	// paper stands behind what is only proof of having paid something.
	paper = regexp.MustCompile(`^(?:的|费|款){0,2}(?:凭证|证明|记录|单据|发票|回执|流水|明细|情况)`)
	// waived stands behind what is not charged after all.
	waived = regexp.MustCompile(`^[^，]{0,6}?(?:全免|免收|免缴|免除|不收|取消|停征|退还)`)

	// others is money that goes to somebody else for another reason.
	others = regexp.MustCompile(`社保|社会保险|医保|保险费|养老|公积金|税|租金|房租|工资|货款|罚款|赔偿|水费|电费|物业费|门票|注册资本|学费|党费`)
	// back is money that comes to the applicant.
	back = regexp.MustCompile(`奖金|奖励|补助|补贴|救助金|退还|退费|返还|退款`)
	// held is money that is kept for the applicant: it is asked for all the same.
	held = regexp.MustCompile(`押金|保证金|抵押金`)
	// warning warns of those who ask for money.
	warning = regexp.MustCompile(`骗|举报|投诉|谨防|冒充`)
	// ours says that an authority pays.
	ours = regexp.MustCompile(`(?:财政|局|部门|大队|我们|我所|所里|本机关|政府|县里|委员会)[^，]{0,6}(?:承担|支付|负担|出钱|买单|付)`)
	// theirs says that the applicant does.
	theirs = regexp.MustCompile(`(?:由|请|让|归)(?:你|您|申请|贵|企业|当事|本人)`)

	named = regexp.MustCompile(`(\p{Han}{1,4}?)(?:费用|费)`)
)

// payment finds what asks for money that the item may not ask for.
func (s *sentence) payment(l Lists) (span, bool) {
	for _, p := range paying {
		for _, m := range p.FindAllStringIndex(s.text, -1) {
			if at := (span{m[0], m[1]}); s.standsAlone(at) && s.isPayment(at) && !s.isListed(at, l.Fees) {
				return at, true
			}
		}
	}
	return span{}, false
}

// isPayment tells whether a stretch that speaks of money asks for it.
func (s *sentence) isPayment(at span) bool {
	words := s.text[at.from:at.to]
	pre, post := s.clause(at)
	near := last(pre, 4) + words + first(post, 6)
	if unpaid.MatchString(pre) && (or.MatchString(s.text[at.to:]) || owing.MatchString(pre) && strings.Contains("缴交付支补结", first(words, 1))) && !others.MatchString(near) {
		return true
	}
	whole := pre + words + post
	switch {
	case strings.Contains(words, "免费"), refusing.MatchString(pre), waived.MatchString(post), done.MatchString(pre), paper.MatchString(post), others.MatchString(near):
		return false
	case back.MatchString(whole) && !held.MatchString(words):
		return false
	case warning.MatchString(s.text) && !strings.Contains(pre, "请"):
		return false
	case ours.MatchString(s.text) && !theirs.MatchString(whole):
		return false
	}
	return true
}

// standsAlone tells a short verb from the character of a longer word: 交通, 提交, 签收.
func (s *sentence) standsAlone(at span) bool {
	words := s.text[at.from:at.to]
	before, verb, next := last(s.text[:at.from], 1), first(words, 1), last(first(words, 2), 1)
	switch {
	case words == "收费":
		return false // 收费公示牌: nobody pays by it
	case before == "":
		return true
	case verb == "交":
		return !strings.Contains("提移转上递呈外社成相", before) && !strings.Contains("通警接给", next)
	case verb == "付":
		return !strings.Contains("支交", before)
	case verb == "收":
		return !strings.Contains("验接回征签吸没查", before) && !strings.Contains("据入件货到", next)
	}
	return true
}

// isListed tells whether what is asked for is a fee that the item may charge: no
// other fee is named near it, and nothing is to be left in pledge.
func (s *sentence) isListed(at span, fees []string) bool {
	words := s.text[at.from:at.to]
	if len(fees) == 0 || held.MatchString(words) {
		return false
	}
	listed := strings.Join(fees, "")
	pre, post := s.clause(at)
	for _, m := range named.FindAllStringSubmatch(last(pre, 6)+words+first(post, 4), -1) {
		if !isFee(m[1], listed) {
			return false
		}
	}
	return true
}

// isFee tells whether the words before 费 are those of a listed fee, or name none.
func isFee(name, listed string) bool {
	end := last(name, 1)
	if strings.Contains("收缴交付免退该此的何等些关项", end) {
		return true
	}
	shared := 0
	for _, r := range last(name, 4) {
		if strings.ContainsRune(listed, r) {
			shared++
		}
	}
	return shared >= 2
}
