package lists_test

import (
	"context"
	"fmt"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity/identitytest"
	"tongban/internal/register/lists"
)

var bg = context.Background()

// rig is a small county with somebody who keeps its lists.
type rig struct {
	*identitytest.World
	lists  *lists.Register
	editor act.Actor
}

func both(t *testing.T, f func(t *testing.T, r *rig)) {
	t.Helper()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		f(t, &rig{w, lists.New(w.Runner, w.Register), w.As(w.Official("测试甲", "zfb", "catalogue"), "zfb", "catalogue")})
	})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (r *rig) read(t testing.TB, f func(tx *store.Tx) error) {
	t.Helper()
	must(t, r.Store.Read(bg, f))
}

// power is a power that is in order, with as many duties as asked for.
func power(code, name, agency string, duties int) lists.Content {
	c := lists.Content{
		Columns: lists.Row{"code": code, "name": name, "type": "行政许可", "agency": agency},
		Tables: map[string][]lists.Row{
			"basis":      {{"article": "《食品安全法》第三十五条"}},
			"situations": {{"text": "不依法公示的", "article": "《行政许可法》第七十二条"}},
		},
	}
	for i := range duties {
		c.Tables["duties"] = append(c.Tables["duties"], lists.Row{"step": "受理", "text": fmt.Sprintf("责任%d", i+1)})
	}
	return c
}

// batch orders changes from today on.
func batch(list string, changes ...lists.Change) lists.Batch {
	return lists.Batch{List: list, Document: "云政发〔2026〕3号", Reason: "清单首次公布", Changes: changes}
}

func put(c lists.Content) lists.Change { return lists.Change{Content: c} }

// change applies a batch as the editor.
func (r *rig) change(t testing.TB, b lists.Batch) lists.Done {
	t.Helper()
	done, err := r.lists.Change(bg, r.editor, "", b)
	must(t, says(err))
	return done
}

// says makes an error tell what its fields say.
func says(err error) error {
	if e, ok := err.(*act.Error); ok {
		for _, f := range e.Fields {
			err = fmt.Errorf("%w\n%s", err, f.Msg)
		}
	}
	return err
}

func (r *rig) on(t testing.TB, list, code string, at lists.Stand) (e lists.Entry, there bool) {
	t.Helper()
	r.read(t, func(tx *store.Tx) (err error) {
		e, err = lists.EntryOn(tx, list, code, at)
		there = err == nil
		if act.KindOf(err) == act.NotFound {
			err = nil
		}
		return err
	})
	return e, there
}

var today = identitytest.Start.Day()
