package office_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
)

// accepted is a case at its reviews.
func accepted(t *testing.T, w *world) (id, at string) {
	t.Helper()
	clerk := w.signIn("spj_window_1")
	id = takeIn(t, w, clerk)
	clerk.get("/counter/case/"+id+"/accept").fill("/accept").is(200).says("已经受理")
	return id, "/office/case/" + id
}

func TestStandInActsAndBothAreNamed(t *testing.T) {
	t.Parallel()
	w := found(t)
	id, at := accepted(t, w)
	away, in := w.c.Person("sthj_reviewer_1"), w.c.Person("sthj_reviewer_2")

	// The task was given to a colleague, who then goes on leave.
	w.signIn("sthj_reviewer_1").deed(t, at, "assign").fill("/assign", "person", fmt.Sprint(away)).is(200)
	before := w.signIn("sthj_reviewer_2").get("/office").says("云安桥")
	if strings.Contains(before.text(), "代 云安桥") {
		t.Error("somebody stands in before there is a leave")
	}
	admin := w.signIn("zfb_admin_1")
	admin.get("/admin/staff?agency=sthj").get(fmt.Sprintf("/admin/staff/%d", away)).says("云安桥", "没有请假")
	admin.fill("/leave", "stand_in", fmt.Sprint(in), "leave_from", "2026-03-09", "last", "2026-03-13").is(200).says("示知泉替班")

	// The stand-in holds the same post; the work of the colleague is theirs now, in the colleague's name.
	deputy := w.signIn("sthj_reviewer_2")
	deputy.get("/office?v=mine").says("云*山", "代 云安桥")
	deputy.deed(t, at, "pause").says("代谁办", "云安桥").fill("/pause", "reason", "要测水质", "days", "10").is(200).says("期限停下来了")
	deputy.get(at+"/timeline").says("示知泉（代 云安桥）")

	var acts []ledger.Leaf
	if err := w.h.Store.Read(t.Context(), func(tx *store.Tx) (err error) {
		acts, err = w.h.Ledger.Acts(tx, proceeding.Stream("case", mustInt(t, id)), 100)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	last := acts[len(acts)-1]
	if last.Kind != "case.paused" || last.By.Person != in || last.By.For != away || last.By.Name != "示知泉" {
		t.Errorf("the ledger says %s by %+v, want %d for %d", last.Kind, last.By, in, away)
	}

	// Somebody of another post who stands in sees it only because of the leave.
	if other := w.signIn("sthj_inspector_1").get("/office"); strings.Contains(other.text(), "云*山") {
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
