package security_test

import "maps"

// The pages on which the catalogue is adjusted. Nothing is being adjusted in the
// county of these trials: who is let in is told that there is no such thing.
func init() {
	maps.Copy(pageRules, table(
		`GET /notices/adjustments`, rule{open: true},
		`GET /notices/adjustments/{id}`, rule{open: true, away: true},
		`POST /notices/adjustments/{id}`, rule{self: true, away: true},
		`GET /manage/adjustments GET /manage/batches`, rule{staff: true},
		`GET /manage/adjustments/{id} GET /manage/batches/{id}`, rule{staff: true, away: true},
		`GET /manage/adjustments/new POST /manage/adjustments/new`, rule{staff: true, right: "adjust.draft", over: anyAgency},
		`GET /manage/adjustments/empty`, rule{staff: true, right: "adjust.draft", over: anyAgency, away: true}, // of no list
		`POST /manage/batches`, rule{staff: true, right: "adjust.draft"},
		`GET /manage/adjustments/{id}/entry POST /manage/adjustments/{id}/entry POST /manage/adjustments/{id}/draft POST /manage/adjustments/{id}/upload`,
		rule{staff: true, right: "adjust.draft", over: anyAgency, away: true},
		`POST /manage/adjustments/{id}/agree POST /manage/batches/{id}`, rule{staff: true, right: "adjust.consent", over: anyAgency, away: true},
		`POST /manage/adjustments/{id}/opine`, rule{staff: true, right: "adjust.opine", away: true},
		`POST /manage/adjustments/{id}/decide`, rule{staff: true, right: "adjust.decide", away: true},
		`POST /manage/adjustments/{id}/notice`, rule{staff: true, right: "adjust.publish", away: true},
	))
}
