package house

import (
	"tongban/internal/record/act"
	"tongban/internal/work/adjust"
	"tongban/internal/work/casework"
)

// moveCases lets an adjustment that takes effect move running cases.
func (h *House) moveCases(c *act.Call, m adjust.Moves) {
	casework.PlanMoves(c, casework.PlannedMoves(m))
}
