package workday

import "slices"

// Approver is who must approve an extension.
type Approver string

// Who approves: 行政许可法 42 names the head of the agency, and for joint
// handling the head of the government.
const (
	Head   Approver = "head"
	Leader Approver = "leader"
)

// Limit is a term of 行政许可法.
type Limit struct {
	Key  string // stable; its name for people is wording "workday.limit.<key>"
	Term Term
	// Extension and Approver are set where the article allows one extension.
	Extension Term
	Approver  Approver
	// Backward: the term is counted back from an event (Term.Before).
	Backward bool
	// Unverified: whether article 82 makes these days working days could not be
	// verified; the unit is configuration.
	Unverified bool
}

// Keys of the limits that rooms ask for by name.
const (
	LimitNotice      = "notice"
	LimitDecide      = "decide"
	LimitDecideJoint = "decide_joint"
	LimitDeliver     = "deliver"
	LimitRenew       = "renew"
)

func working(days int, article string) Term {
	return Term{Days: days, Unit: WorkingDays, Article: article}
}

func calendarDays(days int, article string) Term {
	return Term{Days: days, Unit: CalendarDays, Article: article}
}

var limits = []Limit{
	// Nothing said in time: accepted from the day of receipt (Deem).
	{Key: LimitNotice, Term: working(5, "行政许可法第三十二条第一款第四项")},
	{
		Key: LimitDecide, Term: working(20, "行政许可法第四十二条第一款"),
		Extension: working(10, "行政许可法第四十二条第一款"), Approver: Head,
	},
	{
		Key: LimitDecideJoint, Term: working(45, "行政许可法第四十二条第二款"),
		Extension: working(15, "行政许可法第四十二条第二款"), Approver: Leader,
	},
	{Key: "lower_review", Term: working(20, "行政许可法第四十三条")},
	{Key: LimitDeliver, Term: working(10, "行政许可法第四十四条")},
	// The applicant's own five days; article 82 speaks of agencies only.
	{Key: "hearing_ask", Term: calendarDays(5, "行政许可法第四十七条第一款"), Unverified: true},
	{Key: "hearing_hold", Term: working(20, "行政许可法第四十七条第一款")},
	{Key: "hearing_notice", Term: working(7, "行政许可法第四十八条第一款第一项"), Backward: true},
	{Key: LimitRenew, Term: calendarDays(30, "行政许可法第五十条第一款"), Backward: true},
	{Key: "inspect_assign", Term: working(5, "行政许可法第五十五条第二款")},
}

// CountingArticle says that the terms of agencies are working days.
const CountingArticle = "行政许可法第八十二条"

// Limits lists the terms of 行政许可法 by article. Another law may set others
// for an item (42, 43, 50): then the item's own term holds.
func Limits() []Limit { return slices.Clone(limits) }

// LimitOf returns the limit with this key.
func LimitOf(key string) (Limit, bool) {
	i := slices.IndexFunc(limits, func(l Limit) bool { return l.Key == key })
	if i < 0 {
		return Limit{}, false
	}
	return limits[i], true
}

// Procedure is a special procedure whose time is not counted.
type Procedure string

// The procedures of 行政许可法 45, a closed list. A site visit (34) is none of
// them: it runs inside the term.
const (
	Hearing    Procedure = "hearing"    // 听证
	Tender     Procedure = "tender"     // 招标
	Auction    Procedure = "auction"    // 拍卖
	Inspection Procedure = "inspection" // 检验
	Testing    Procedure = "testing"    // 检测
	Quarantine Procedure = "quarantine" // 检疫
	Appraisal  Procedure = "appraisal"  // 鉴定
	Expert     Procedure = "expert"     // 专家评审
)

// PauseArticle is the article that lists the procedures.
const PauseArticle = "行政许可法第四十五条"

var procedures = []Procedure{Hearing, Tender, Auction, Inspection, Testing, Quarantine, Appraisal, Expert}

// Procedures lists what pauses a clock, in the order of the article. Their
// names for people are wording "workday.pause.<procedure>".
func Procedures() []Procedure { return slices.Clone(procedures) }

// Pauses tells whether the procedure is one of article 45.
func (p Procedure) Pauses() bool { return slices.Contains(procedures, p) }
