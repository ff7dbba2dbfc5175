package security_test

import "maps"

// The operations about objections to the lists, of which there is none in the
// county of these trials when they begin.
func init() {
	maps.Copy(operationRules, table(
		`fileObjection showObjectionProgress listObjectionAnswers`, rule{open: true, away: true},
		`listObjections countObjections`, rule{staff: true, right: "objection.answer", over: anyAgency},
		`showObjection`, rule{staff: true, right: "objection.answer", over: anyAgency, away: true},
		`openObjection answerObjection`, rule{staff: true, right: "objection.answer", away: true},
	))
}
