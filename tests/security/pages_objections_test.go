package security_test

import "maps"

// The pages of objections to the lists: anybody's, and the desk of those who answer.
// There is none in the county of these trials when they begin.
func init() {
	maps.Copy(pageRules, table(
		`GET /objections GET /objections/new POST /objections/new`, rule{open: true, away: true},
		`GET /manage/objections`, rule{staff: true, right: "objection.answer", over: anyAgency},
		`GET /manage/objections/{id}`, rule{staff: true, right: "objection.answer", over: anyAgency, away: true},
		`POST /manage/objections/{id}/answer POST /manage/objections/{id}/who`, rule{staff: true, right: "objection.answer", away: true},
	))
}
