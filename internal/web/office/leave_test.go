package office_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/web/webtest"
)

// accepted is a case at its reviews.
func accepted(t *testing.T, w *webtest.World) (id, at string) {
	t.Helper()
	clerk := w.Official("spj_window_1")
	id = takeIn(t, w, clerk)
	clerk.Get("/counter/case/" + id + "/accept").Fill("/accept").Is(200).Says("已经受理")
	return id, "/office/case/" + id
}

func TestStandInActsAndBothAreNamed(t *testing.T) {
	t.Parallel()
	w := found(t)
	id, at := accepted(t, w)
	away, in := w.County.Person("sthj_reviewer_1"), w.County.Person("sthj_reviewer_2")

	// The task was given to a colleague, who then goes on leave.
	deed(t, w.Official("sthj_reviewer_1"), at, "assign").Fill("/assign", "person", fmt.Sprint(away)).Is(200)
	before := w.Official("sthj_reviewer_2").Get("/office").Says("云安桥")
	if strings.Contains(before.Text(), "代 云安桥") {
		t.Error("somebody stands in before there is a leave")
	}
	admin := w.Official("zfb_admin_1")
	admin.Get("/admin/staff?agency=sthj").Get(fmt.Sprintf("/admin/staff/%d", away)).Says("云安桥", "没有请假")
	admin.Fill("/leave", "stand_in", fmt.Sprint(in), "leave_from", "2026-03-09", "last", "2026-03-13").Is(200).Says("示知泉替班")

	// The stand-in holds the same post; the work of the colleague is theirs now, in the colleague's name.
	deputy := w.Official("sthj_reviewer_2")
	deputy.Get("/office?v=mine").Says("云*山", "代 云安桥")
	deed(t, deputy, at, "pause").Says("代谁办", "云安桥").Fill("/pause", "reason", "要测水质", "days", "10").Is(200).Says("期限停下来了")
	deputy.Get(at + "/timeline").Says("示知泉（代 云安桥）")

	var acts []ledger.Leaf
	if err := w.House.Store.Read(t.Context(), func(tx *store.Tx) (err error) {
		acts, err = w.House.Ledger.Acts(tx, proceeding.Stream("case", mustInt(t, id)), 100)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	last := acts[len(acts)-1]
	if last.Kind != "case.paused" || last.By.Person != in || last.By.For != away || last.By.Name != "示知泉" {
		t.Errorf("the ledger says %s by %+v, want %d for %d", last.Kind, last.By, in, away)
	}

	// Somebody of another post who stands in sees it only because of the leave.
	if other := w.Official("sthj_inspector_1").Get("/office"); strings.Contains(other.Text(), "云*山") {
		t.Error("an inspector has a reviewer's work")
	}
}

func mustInt(t *testing.T, s string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A post is chosen by what it is: one that was taken away after the page was
// opened is not another one at the same place in the list.
func TestPostChosenByWhatItIs(t *testing.T) {
	t.Parallel()
	w := found(t)
	away := w.County.Person("xfjy_inspector_2")
	b := w.Official("xfjy_inspector_3").Get("/post").Says("现场核查（替休假的同事）")
	instead := fmt.Sprintf("xfjy.inspector.%d", away)
	b.Fill("/post", "post", instead)
	b.Get("/post").Fill("/post", "post", "xfjy.inspector.0")
	b.Get("/post")
	w.Official("zfb_admin_1").Get(fmt.Sprintf("/admin/staff/%d", away)).Fill("/return").Says("没有请假")
	b.Fill("/post", "post", instead).Is(http.StatusConflict)
	b.Get("/office").Is(http.StatusOK).Says("待办")
}
