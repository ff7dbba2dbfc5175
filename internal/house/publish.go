package house

import "context"

// publishes begins to send what is published to the higher level's portal, where
// one is set. What goes on then is a job.
func (h *House) publishes(ctx context.Context) {
	if h.readOnly != nil {
		return
	}
	if err := h.Publish.Begin(ctx); err != nil && ctx.Err() == nil {
		h.Options.Log.Error("lists not sent to the higher level", "err", err)
	}
}
