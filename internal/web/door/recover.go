package door

import (
	"fmt"
	"net/http"
	"runtime/debug"
)

// Recovered turns a panic into the page of an internal error. The log gets where
// it happened, under the id that the reader is shown, and nothing of the request.
func (d *Door) Recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler {
				panic(v)
			}
			d.UI.Fault(w, r, fmt.Errorf("panic: %v\n%s", v, debug.Stack()))
		}()
		next.ServeHTTP(w, r)
	})
}
