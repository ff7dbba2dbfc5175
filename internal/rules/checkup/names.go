package checkup

import (
	"strings"

	"tongban/internal/rules/wording"
)

// termName is the name of a limit for people.
func termName(which string) wording.Message { return wording.M("checkup.term." + which) }

// placeOf says where something is missing or different: guide, flow, officers.
func placeOf(where string) wording.Message { return wording.M("checkup.where." + where) }

// asksDecision tells whether the condition of a way asks what was decided.
func asksDecision(condition string) bool { return strings.Contains(condition, "decision") }
