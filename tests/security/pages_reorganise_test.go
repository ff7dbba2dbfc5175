package security_test

import "maps"

// The pages and operations of reorganisations of agencies. Nothing is being reorganised in the county
// of these trials: who is let in is told that there is no such thing.
func init() {
	maps.Copy(pageRules, table(
		`GET /agencies GET /agencies/{agency}`, rule{open: true},
		`GET /manage/reorganisations`, rule{staff: true, right: "reorganise.look"},
		`GET /manage/reorganisations/{id} GET /manage/reorganisations/{id}/moves`, rule{staff: true, right: "reorganise.look", away: true},
		`GET /manage/reorganisations/new POST /manage/reorganisations/new`, rule{staff: true, right: "reorganise.draft"},
		`POST /manage/reorganisations/{id} GET /manage/reorganisations/{id}/agencies/{agency} POST /manage/reorganisations/{id}/agencies/{agency}`,
		rule{staff: true, right: "reorganise.draft", away: true},
		`POST /manage/reorganisations/{id}/decide`, rule{staff: true, right: "reorganise.decide", away: true},
	))
	maps.Copy(operationRules, table(
		`showAgency`, rule{open: true},
		`listReorganisations`, rule{staff: true, right: "reorganise.look"},
		`showReorganisation previewReorganisation listReorganised`, rule{staff: true, right: "reorganise.look", away: true},
		`draftReorganisation`, rule{staff: true, right: "reorganise.draft"},
		`editReorganisation assignThings dropReorganisation`, rule{staff: true, right: "reorganise.draft", away: true},
		`carryReorganisation`, rule{staff: true, right: "reorganise.draft", away: true},
		`decideReorganisation`, rule{staff: true, right: "reorganise.decide", away: true},
	))
}
