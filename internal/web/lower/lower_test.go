package lower_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	reglists "tongban/internal/register/lists"
	"tongban/internal/register/received"
	"tongban/internal/rules/day"
	"tongban/internal/web/lists"
	"tongban/internal/web/lower"
	"tongban/internal/web/webtest"
)

func row(t *testing.T, code, name string, n int, from day.Day, ended bool) received.Row {
	t.Helper()
	content := map[string]any{"code": code, "name": name, "agency": "xzz", "type": "01", "duties": []any{map[string]any{"step": "受理", "text": "公示<条件>"}}}
	b, err := reglists.Content{Columns: content}.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b)
	return received.Row{List: "power", Code: code, N: n, From: from, Ended: ended, Region: "990124101", Link: "https://he.example/lists/power/" + code + "/v1",
		Digest: hex.EncodeToString(sum[:]), Names: map[string]string{"xzz": "禾口镇人民政府"}, Content: content}
}

// What came from below is read by body and list, searched, paged, and leads to its
// source; the page of the lists leads there only where there is something.
func TestWhatCameFromBelowIsRead(t *testing.T) {
	t.Parallel()
	w := webtest.Found(t, 63, nil, lists.Mount, lower.Mount)
	b, today := w.Anybody(), w.Clock.Now().Day()
	b.Get("/lower").Is(http.StatusOK).Says("还没有下级推清单来")
	if b.Get("/lists"); strings.Contains(b.Page, `href="/lower"`) {
		t.Error("the lists lead to nothing")
	}
	ctx := context.Background()
	if _, err := w.House.Received.Admit(ctx, act.Machine(), "", received.AdmitIn{Region: "990124101", Name: "禾口镇"}); err != nil {
		t.Fatal(err)
	}
	b.Get("/lower/990124101").Is(http.StatusOK).Says("还没有收到")
	p := received.Portion{Format: received.Format, Entries: []received.Row{row(t, "ZZ-GONE", "取消了的", 1, today-9, false), row(t, "ZZ-GONE", "取消了的", 2, today, true), row(t, "ZZ-LATER", "将来的", 1, today+9, false)}}
	for i := range 40 {
		p.Entries = append(p.Entries, row(t, fmt.Sprintf("T-%02d", i), fmt.Sprintf("镇里的权力%d号", i), 1, today, false))
	}
	if _, err := w.House.Received.Receive(ctx, "990124101", p); err != nil {
		t.Fatal(err)
	}
	b.Get("/lists").Follow("下级清单").Is(http.StatusOK).Says("禾口镇", "区划代码 990124101")
	b.Follow("禾口镇").Is(http.StatusOK).Says("部门权责清单", "40")
	b.Follow("部门权责清单").Is(http.StatusOK).Says("镇里的权力0号", "禾口镇人民政府", "共 40")
	b.Follow("下一页").Is(http.StatusOK).Says("镇里的权力39号", "回到第一页")
	if strings.Contains(b.Page, "取消了的") || strings.Contains(b.Page, "将来的") || strings.Contains(b.Page, "镇里的权力0号") {
		t.Error("the page shows what does not hold today, or begins anew")
	}
	b.Get("/lower/990124101/power?q=%E6%9D%83%E5%8A%9B7%E5%8F%B7").Is(http.StatusOK).Says("镇里的权力7号")
	b.Follow("镇里的权力7号").Is(http.StatusOK).Says("第 1 版", "公示<条件>", "行政许可", "到下级平台看这一版")
	if !strings.Contains(b.Page, `href="https://he.example/lists/power/T-07/v1"`) || strings.Contains(b.Page, "<条件>") {
		t.Error("no link to the source, or markup that was received")
	}
	b.Get("/lower/990124101/power/ZZ-GONE").Is(http.StatusOK).Says("已取消")
	for _, path := range []string{"/lower/990125", "/lower/990125/power", "/lower/990124101/power/NONE", "/lower/990124101/none/T-01", "/lower/%00/power"} {
		b.Get(path).Is(http.StatusNotFound)
	}
	b.Get("/lower/990124101/none?after=%27&from=x&q=%25").Is(http.StatusOK).Says("没有这样的条目")
	if err := w.House.Store.Do(ctx, store.People, func(tx *store.Tx) error {
		tx.Put(`update received_entry set content = '{' where home = $1 and code = 'T-01'`, tx.Home())
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	b.Get("/lower/990124101/power/T-01").Is(http.StatusOK)
}
