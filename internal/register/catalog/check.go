package catalog

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"tongban/internal/rules/checkup"
	"tongban/internal/rules/condition"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

// What an item may name. Each list is shown to whoever wrote something else.
var (
	applicantKinds = []string{"person", "legal", "agency"}
	channels       = []string{"online", "window"}
	deliveries     = []string{"window", "courier", "online"}
	parts          = []string{"accept", "review", "visit", "test", "decide", "issue", "deliver"}
	posts          = []string{"window", "reviewer", "inspector", "decider", "head", "leader"}
	grades         = []string{"A", "B", "C", "D"}
	sources        = []string{"self", "licence", "agency"}
	formats        = []string{"pdf", "jpg", "png", "docx", "xlsx", "ofd"}
)

// Posts are the posts that a step of a flow can be given to.
func Posts() []string { return slices.Clone(posts) }

// Parts are the parts that a step of a flow can play on a case.
func Parts() []string {
	return slices.DeleteFunc(slices.Clone(parts), func(p string) bool { return p == "issue" })
}

const (
	maxName  = 200 // characters
	maxMB    = 50
	maxTrips = 20
)

var (
	keyPattern    = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	agencyPattern = regexp.MustCompile(`^[a-z][a-z0-9]{1,15}$`)
)

// item checks everything that the file says against itself, the form, the flow
// and the law.
func (c *checker) item() {
	it := &c.d.Item
	if it.Format != Format {
		c.wrong("format", "format", "want", Format)
	}
	c.code()
	c.base()
	if it.Name != "" || !it.based() {
		c.text("name", it.Name, maxName)
	}
	if it.Handles != "" {
		c.oneOf("handling", string(it.Handles), []string{string(checkup.Approves), string(checkup.Reviews)})
	}
	c.oneOf("kind", string(it.Kind), []string{string(Instant), string(InPromised)})
	if !knownType(it.Type) && (it.Type != "" || !it.based()) {
		c.wrong("type", "type", "got", it.Type, "known", typeList())
	}
	c.each("applicants", it.Applicants, applicantKinds)
	c.each("channels", it.Channels, channels)
	c.each("delivery", it.Delivery, deliveries)
	c.bodies()
	if it.InForce.From == 0 {
		c.wrong("in_force", "from")
	}
	if it.InForce.Until != 0 && it.InForce.Until <= it.InForce.From {
		c.wrong("in_force.until", "until", "from", it.InForce.From)
	}
	c.text("summary", it.Summary, 500)
	if it.Situation != "" || OfItem(it.Code) != "" { // a variant says for whom it is
		c.text("situation", it.Situation, 100)
	}
	c.guide()
	c.trips()
	c.terms()
	c.special()
	c.visits()
	c.materials()
	c.result()
	c.manual()
	if c.d.Flow != nil {
		c.tasks()
	}
}

func (c *checker) code() {
	if _, err := gbcode.ParseItem(c.d.Code, nil); err != nil {
		c.wrongMessage("code", err)
	}
}

// knownType tells whether the type is one of GB/T 39046.
func knownType(t string) bool { return wording.Has(wording.ZH, "gbcode.item_type."+t) && t != "other" }

func typeList() string {
	var all []string
	for _, k := range wording.Keys(wording.ZH) {
		if t, ok := strings.CutPrefix(k, "gbcode.item_type."); ok && t != "other" {
			all = append(all, t+" "+wording.Text(wording.ZH, k))
		}
	}
	return strings.Join(all, "、")
}

// bodies checks the agency and the roles.
func (c *checker) bodies() {
	it := &c.d.Item
	if !agencyPattern.MatchString(it.Agency) {
		c.wrong("agency", "agency", "got", it.Agency)
	}
	if len(it.Roles) == 0 {
		c.wrong("roles", "roles")
	}
	for k, agency := range it.Roles {
		if !keyPattern.MatchString(k) {
			c.wrong("roles."+k, "key", "got", k)
		}
		if !agencyPattern.MatchString(agency) {
			c.wrong("roles."+k, "agency", "got", agency)
		}
	}
}

// guide checks what the public reads: nobody may find a guide without basis,
// conditions, fees, contact or a place to complain.
func (c *checker) guide() {
	it := &c.d.Item
	if len(it.Basis) == 0 && !it.based() {
		c.wrong("basis", "basis")
	}
	for i, b := range it.Basis {
		if blank(b.Law) || blank(b.Article) {
			c.wrong(index("basis", i), "basis_row")
		}
	}
	if len(it.Conditions) == 0 {
		c.wrong("conditions", "conditions")
	}
	if blank(it.Fees.Text) {
		c.wrong("fees", "fees")
	}
	if it.Fees.Charged && blank(it.Fees.Basis) {
		c.wrong("fees", "fees_basis")
	}
	if it.Fees.Charged && len(it.Fees.On) == 0 {
		c.wrong("fees", "fees_on")
	}
	if !it.Fees.Charged && (len(it.Fees.On) > 0 || !blank(it.Fees.Text) && !strings.Contains(it.Fees.Text, "不收") && !strings.Contains(it.Fees.Text, "免")) {
		c.wrong("fees", "fees_free")
	}
	for _, x := range [][2]string{{"phone", it.Contact.Phone}, {"address", it.Contact.Address}, {"hours", it.Contact.Hours}} {
		if blank(x[1]) {
			c.wrong("contact."+x[0], "contact", "what", wording.M("catalog.word.contact."+x[0]))
		}
	}
	if blank(it.Complaint) {
		c.wrong("complaint", "complaint")
	}
	for i, q := range it.FAQ {
		if blank(q.Q) || blank(q.A) {
			c.wrong(index("faq", i), "faq")
		}
	}
	for i, a := range it.Aliases {
		if blank(a) || utf8.RuneCountInString(a) > 50 {
			c.wrong(index("aliases", i), "alias", "max", 50)
		}
	}
}

func (c *checker) trips() {
	for k, n := range c.d.Trips {
		if !slices.Contains(c.d.Channels, k) {
			c.wrong("trips."+k, "trips_channel", "got", k, "known", strings.Join(c.d.Channels, "、"))
		}
		if n < 0 || n > maxTrips {
			c.wrong("trips."+k, "trips_n", "max", maxTrips)
		}
	}
	for _, k := range c.d.Channels {
		if _, ok := c.d.Trips[k]; !ok {
			c.wrong("trips", "trips_missing", "channel", k)
		}
	}
}

// text asks for a text of at most so many characters.
func (c *checker) text(path, s string, longest int) {
	if n := utf8.RuneCountInString(s); blank(s) || n > longest {
		c.wrong(path, "text", "key", path, "max", longest, "got", n)
	}
}

func (c *checker) oneOf(path, got string, known []string) {
	if !slices.Contains(known, got) {
		c.wrong(path, "one_of", "key", path, "got", got, "known", strings.Join(known, "、"))
	}
}

// each asks for at least one, each known, none twice.
func (c *checker) each(path string, got, known []string) {
	if len(got) == 0 {
		c.wrong(path, "some", "key", path, "known", strings.Join(known, "、"))
	}
	for i, g := range got {
		c.oneOf(index(path, i), g, known)
		if slices.Contains(got[:i], g) {
			c.wrong(index(path, i), "twice", "got", g)
		}
	}
}

// when checks a condition; "" is none.
func (c *checker) when(path, source string) {
	if source == "" {
		return
	}
	if _, err := condition.Compile(source, c.env()); err != nil {
		c.wrong(path, "condition", "why", asMessage(err))
	}
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }
