package house

import (
	"context"
	"time"

	"tongban/internal/record/act"
	"tongban/internal/rules/day"
	"tongban/internal/work/casework"
)

// handOver lets the reorganisation of agencies hand open cases over.
func (h *House) handOver(c *act.Call, id int64, to map[string]string, document string, on day.Day, keeps func(person int64) bool) error {
	return h.Office.HandOver(c, casework.HandOver{Case: id, To: to, Order: document, Day: on, Keeps: keeps})
}

// reorganiseEvery is how late after midnight agencies may be reorganised.
const reorganiseEvery = 10 * time.Second

// reorganise carries out the reorganisations whose day has come.
func (h *House) reorganise(ctx context.Context) {
	every(ctx, reorganiseEvery, func() {
		if _, err := h.Reform.CarryDue(ctx); err != nil && ctx.Err() == nil {
			h.Options.Log.Error("agencies not reorganised", "err", err)
		}
	})
}
