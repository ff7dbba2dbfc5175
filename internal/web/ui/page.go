package ui

import (
	"html/template"
	"net/url"
	"regexp"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Shell is the frame around a page: who it is for decides sizes, density and bars.
type Shell string

// The shells of ui.md section 2.
const (
	Public Shell = "public" // portal, phones first
	Staff  Shell = "staff"  // counter, office, administration: dense
	Wall   Shell = "wall"   // dark read-only screen that reloads by itself
	Kiosk  Shell = "kiosk"  // standing screen with large targets
)

// Page is one page to be rendered. Zero fields are filled by the Renderer from
// the request (Lang, Size, URL, Now) or from Options.Frame (Person, Menu).
type Page struct {
	// Name is the template, room and file: "portal/guide".
	Name string
	// Title is the page's name without any personal data; h1 unless the template brings its own.
	Title Text
	// Shell is the frame; empty is Public.
	Shell Shell
	// Lang is the reader's language; empty is the one of the request.
	Lang wording.Lang
	// Size and Density are the reader's choices; empty is those of the request.
	Size    Size
	Density Density
	// Back is the link above the h1, to the page that leads here.
	Back *Link
	// Heading, when set, is shown as h1 in place of Title.
	Heading Text
	// OwnHeading says that the template has the h1 itself (question pages, identity bar).
	OwnHeading bool
	// Wide lets the content use the whole width instead of the reading measure.
	Wide bool
	// Notice stands above the h1: what has just happened, or what must be known first.
	Notice *Notice
	// Errors is shown as the error summary and prefixes the title with 有错误.
	Errors []FieldError
	// Data is what the page's own template reads as .Data.
	Data any
	// Person is who is signed in, nil for nobody.
	Person *Person
	// Menu is the left menu of the staff shell, at most seven entries.
	Menu []Link
	// Current is the Href of the menu entry that this page belongs to.
	Current string
	// Robots is the meta value; empty means noindex for staff and signed-in pages.
	Robots string
	// Expires is when the session ends, zero for none; printed on the page.
	Expires day.Instant
	// Refresh, in seconds, reloads wall pages without script.
	Refresh int
	// Now is the moment the page shows as "data as of".
	Now day.Instant
	// URL is the address asked for; templates use With to change its query.
	URL *url.URL
}

// With returns the address of the page with query parameters replaced, in
// pairs; an empty value removes the parameter. Used by sort, filter and page links.
func (p Page) With(pairs ...string) string {
	q := url.Values{}
	path := "/"
	if p.URL != nil {
		q = p.URL.Query()
		path = p.URL.Path
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			q.Del(pairs[i])
			continue
		}
		q.Set(pairs[i], pairs[i+1])
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// Here is the address of the page itself, to come back to.
func (p Page) Here() string { return p.With() }

// Person is who is signed in, as the bar shows it.
type Person struct {
	Name string
	// Agency and Post are shown to staff, so that nobody acts in the wrong post.
	Agency, Post Text
	// SwitchPost is where another post is chosen; empty when there is one only.
	SwitchPost string
	// SignOut is posted to.
	SignOut string
}

// Frame is what surrounds every page of a request, found once per request by
// Options.Frame.
type Frame struct {
	Person  *Person
	Menu    []Link
	Expires day.Instant
}

// Link is a text that leads somewhere.
type Link struct {
	Text Text
	Href string
	// Hidden continues the text for screen readers: 更改 + "经营场所".
	Hidden Text
	// Current marks the page that is shown.
	Current bool
	// Count is printed after the text when HasCount is set.
	Count    int
	HasCount bool
	// Note is said below or after the text.
	Note Text
}

var telephone = regexp.MustCompile(`^tel:\+?[0-9-]+$`)

// Address is Href for the template, which lets only web addresses through by
// itself; telephone numbers are let through here.
func (l Link) Address() any {
	if telephone.MatchString(l.Href) {
		return template.URL(l.Href) //nolint:gosec // digits only
	}
	return l.Href
}

// FieldError is one line of the error summary: the sentence and the input it is about.
type FieldError struct {
	// Field is the id of the input, as Field.ID gives it; empty for the page as a whole.
	Field string
	Text  Text
}

// NoticeKind is what a notice is about; it decides word, shape and colour.
type NoticeKind string

// The kinds of notice.
const (
	Info  NoticeKind = "info"  // to know
	Todo  NoticeKind = "todo"  // something the reader must do
	Done  NoticeKind = "done"  // what has just been done
	Legal NoticeKind = "legal" // a consequence in law: the only red
)

// Notice is a message on top of main.
type Notice struct {
	Kind  NoticeKind
	Title Text
	Body  Text
	Links []Link
	// Urgent is announced at once (role=alert) instead of politely.
	Urgent bool
}

// Problem is a page that says what went wrong and what to do next; see Renderer.Problem.
type Problem struct {
	Title Text
	Body  Text
	// ID is quoted when asking about an internal error.
	ID string
	// Request is the number of the request, as in the log; empty is the one in the
	// answer's X-Request-Id.
	Request string
	Links   []Link
}
