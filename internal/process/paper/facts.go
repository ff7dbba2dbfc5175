package paper

// Facts are what a template may use, all of it text as it will be read: days
// written out, amounts with their unit. A template that asks for anything else
// is refused when it is imported.
type Facts struct {
	Applicant string
	Agent     string // who acts for the applicant, with authority
	Item      string
	ItemCode  string
	Agency    string // set by Write: the agency's full name
	Number    string // number of the case, or of the licence on a certificate; empty: the case's
	Reference string // set by Write: the paper's own number
	Day       string // empty: today
	Received  string
	Due       string // what by then: see the template
	DueRule   string // the term and its article
	Reasons   string
	Article   string
	Remedies  string // what may be done against it, and where (行政许可法 38)
	Contact   string
	Officer   string
	Fee       string // what is charged, as the lists of fees have it; empty where nothing is
	Delivery  string
	Missing   []Missing
	Materials []Line
	Lines     []Line
}

// Missing is one thing that is missing, and how to mend it.
type Missing struct{ What, How string }

// Line is a labelled line of a paper.
type Line struct{ Label, Value string }
