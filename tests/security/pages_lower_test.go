package security_test

import "maps"

// The pages of the portals above and below this one. No portal is set in the county
// of these trials, and nobody below it sends anything.
func init() {
	maps.Copy(pageRules, table(
		`GET /lower`, rule{open: true},
		`GET /lower/{region} GET /lower/{region}/{list} GET /lower/{region}/{list}/{code}`, rule{open: true, away: true},
		`GET /manage/higher`, rule{staff: true, right: "list.push"},
		`POST /manage/higher/compare POST /manage/higher/again`, rule{staff: true, right: "list.push"},
		`GET /manage/lower POST /manage/lower`, rule{staff: true, right: "list.receive"},
		`GET /admin/agencies POST /admin/agencies`, rule{staff: true, right: "agency.manage"},
		`POST /manage/lower/{region}/end`, rule{staff: true, right: "list.receive", away: true},
	))
	maps.Copy(operationRules, table(
		`listLower`, rule{open: true},
		`showLower listLowerEntries showLowerEntry listLowerVersions`, rule{open: true, away: true},
		// Only the key of a lower body opens it, and nobody's session.
		`receivePublished`, rule{never: true},
		`showHigher listHigherDifferences compareHigher pushAgain`, rule{staff: true, right: "list.push"},
		`listLowerKeys admitLower`, rule{staff: true, right: "list.receive"},
		`nameAgencies`, rule{staff: true, right: "agency.manage"},
		`endLower`, rule{staff: true, right: "list.receive", away: true},
	))
}
