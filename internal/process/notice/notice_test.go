package notice_test

import (
	"fmt"
	"strings"
	"testing"

	"tongban/internal/process/notice"
	"tongban/internal/record/store"
	"tongban/internal/rules/wording"
)

func TestEachReaderGetsEachNoticeOnce(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, d *desk) {
		d.accepted()
		d.happen("case.settled", map[string]any{"case": 77, "notify": []int64{7}})  // no sentence: no news
		d.happen("case.delivered", map[string]any{"case": 77, "title": "食品作坊经营许可"}) // nobody named
		d.happen("licence.revoked", map[string]any{"case": 77, "title": "许可证", "number": "1.2", "day": "2026-11-23", "notify": []any{7, 8, "scjg"}})
		d.follow()
		d.follow()
		again := d.Follower()
		again.Build = 2
		if _, err := d.Ledger.CatchUp(bg, again); err != nil {
			t.Fatal(err)
		}
		mine := d.inbox(notice.Person(7), 0, 10)
		if len(mine) != 2 || mine[0].Kind != "licence.revoked" || mine[1].Case != 77 || mine[0].ID == mine[1].ID {
			t.Fatalf("inbox: %+v", mine)
		}
		if text := mine[1].Text(wording.ZH); text != "“食品作坊经营许可”受理了，最迟 "+wording.Date(wording.ZH, 20846)+" 给你结果。" {
			t.Errorf("sentence: %s", text)
		}
		if text := mine[1].Text(wording.EN); !strings.Contains(text, "Thu 28 January 2027") {
			t.Errorf("in English: %s", text)
		}
		for _, r := range []notice.Reader{notice.Person(8), notice.Agency("scjg")} {
			if n := len(d.inbox(r, 0, 10)); n != 1 || d.unread(r) != 1 {
				t.Errorf("%s has %d notices", r, n)
			}
		}
	})
}

func TestInboxPagesAndIsRead(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, d *desk) {
		for range 25 {
			d.accepted()
		}
		d.follow()
		me, seen := notice.Person(7), map[int64]bool{}
		var before int64
		for {
			page := d.inbox(me, before, 10)
			if len(page) == 0 {
				break
			}
			for _, n := range page {
				if seen[n.ID] {
					t.Errorf("%d is on two pages", n.ID)
				}
				seen[n.ID] = true
			}
			before = page[len(page)-1].ID
		}
		if len(seen) != 25 {
			t.Fatalf("%d notices on all pages", len(seen))
		}
		first := d.inbox(me, 0, 2)
		got, err := d.MarkRead(bg, baker, "", notice.ReadIn{IDs: []int64{first[0].ID, first[1].ID, first[0].ID, 12345}})
		if err != nil || got.N != 2 || d.unread(me) != 23 || d.inbox(me, 0, 1)[0].Read == 0 {
			t.Errorf("%d marked, %d unread, %v", got.N, d.unread(me), err)
		}
		if got, err := d.MarkRead(bg, clerk, "", notice.ReadIn{IDs: []int64{before}}); err != nil || got.N != 0 || d.unread(me) != 23 {
			t.Errorf("somebody else marked %d: %v", got.N, err)
		}
		if _, err := d.MarkRead(bg, clerk, "", notice.ReadIn{Agency: "sthj"}); codeOf(err) != "notice.not_yours" {
			t.Errorf("another agency's inbox: %v", err)
		}
		if got, err := d.MarkRead(bg, baker, "", notice.ReadIn{}); err != nil || got.N != 23 || d.unread(me) != 0 {
			t.Errorf("%d marked at once: %v", got.N, err)
		}
		d.Read(func(tx *store.Tx) error {
			acts, err := d.Ledger.Acts(tx, "inbox/person/7", 10)
			if len(acts) != 2 || acts[1].Facts["n"] != float64(23) {
				t.Errorf("acts: %+v", acts)
			}
			return err
		})
	})
}

// Every sentence that names a fact which an event may lack has a plainer one,
// or gives way to the general one; nothing is ever shown with a hole in it.
func TestNoSentenceHasAHole(t *testing.T) {
	t.Parallel()
	for _, key := range wording.Keys(wording.ZH) {
		kind, ok := strings.CutPrefix(key, "notice.")
		if !ok {
			continue
		}
		kind = strings.TrimSuffix(strings.TrimSuffix(kind, ".plain"), ".granted")
		for _, args := range []map[string]any{nil, {"title": "某事项"}, {"title": "某事项", "number": "1", "due": ""}, {"granted": true}} {
			for _, lang := range []wording.Lang{wording.ZH, wording.EN} {
				text := notice.Notice{Kind: kind, Args: args}.Text(lang)
				if text == "" || strings.ContainsAny(text, "{}⟦") || strings.Contains(text, "  ") {
					t.Errorf("%s with %v: %q", kind, args, text)
				}
			}
		}
		if !wording.Has(wording.EN, key) {
			t.Errorf("%s is not in English", key)
		}
	}
	granted := notice.Notice{Kind: "case.decided", Args: map[string]any{"title": "某事项", "granted": true}}.Text(wording.ZH)
	refused := notice.Notice{Kind: "case.decided", Args: map[string]any{"title": "某事项", "granted": false}}.Text(wording.ZH)
	if !strings.Contains(granted, "批准了") || !strings.Contains(refused, "没有批准") {
		t.Error(fmt.Sprint(granted, refused))
	}
}
