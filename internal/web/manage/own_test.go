package manage_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/web/manage"
	"tongban/internal/web/ui"
	"tongban/internal/web/webtest"
	"tongban/internal/work/compare"
	"tongban/internal/work/inspect"
)

// Who manages an agency's part of the catalogue sees and does there what is the
// agency's, and is shown nothing of another's. Each page marks its own entry of the menu.
func TestAnAgencysManagerHasTheirOwnPartOnly(t *testing.T) {
	t.Parallel()
	w := webtest.Found(t, 71, func(act.Actor) []ui.Link { return manage.Menu() }, manage.Mount)
	county := func(key string) act.Actor {
		a, err := w.County.Actor(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	h := w.House
	lists := &compare.Desk{Runner: h.Runner, People: h.People, Items: h.Items, Region: h.Office.Region}
	begun := map[string]string{}
	for _, agency := range []string{"scjg", "jtj"} {
		id, err := lists.Begin(t.Context(), county(agency+"_manager_1"), "", compare.Sent{Agency: agency, File: agency + ".csv", Src: []byte("事项编码,事项名称\nW1,事项一\n")})
		if err != nil {
			t.Fatal(err)
		}
		begun[agency] = "/manage/compare/" + itoa(id)
	}
	if _, err := lists.Begin(t.Context(), county("scjg_manager_1"), "", compare.Sent{Agency: "jtj", File: "a.csv", Src: []byte("事项编码,事项名称\nW1,事项一\n")}); act.KindOf(err) != act.Refused {
		t.Errorf("a list of another agency is handed in: %v", err)
	}
	checks := &inspect.Desk{Runner: h.Runner, People: h.People, Items: h.Items, Region: h.Office.Region}
	if _, err := checks.Check(t.Context(), county("zfb_catalogue_1"), ""); err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, f := range findings(t, w) {
		if f.Agency != "" && found[f.Agency] == "" {
			found[f.Agency] = "/manage/checkup/" + f.ID
		}
	}
	if found["scjg"] == "" || found["jtj"] == "" {
		t.Fatalf("nothing was found about both agencies: %v", found)
	}

	m, chief := w.Official("scjg_manager_1"), w.Official("zfb_catalogue_1")
	own, others := "/manage/flows/"+itoa(w.County.Items["food-workshop"].ID), "/manage/flows/"+itoa(w.County.Items["road-freight"].ID)
	for path, says := range map[string][2]string{ // what is theirs and what is not
		"/manage/flows":   {"食品作坊经营许可", "道路货运经营许可"},
		"/manage/compare": {"scjg.csv", "jtj.csv"},
		"/manage/checkup": {found["scjg"], found["jtj"]},
		"/manage/hall":    {"", "交通局"},
	} {
		page := m.Get(path).Is(http.StatusOK).Page
		if path == "/manage/checkup" { // what was found is listed where it is asked for
			page += m.Get(path + "?state=open").Is(http.StatusOK).Page
		}
		if !strings.Contains(page, says[0]) || strings.Contains(page, says[1]) {
			t.Errorf("%s does not show their own part only", path)
		}
		if !strings.Contains(page, `<a href="`+path+`" aria-current="page">`) || strings.Contains(strings.Replace(m.Page, `aria-current="page"`, "", 1), `aria-current="page"`) {
			t.Errorf("%s does not mark its entry of the menu", path)
		}
		chief.Get(path).Is(http.StatusOK)
	}
	for _, path := range []string{own, own + "/compare", own + "/bpmn", begun["scjg"], begun["scjg"] + "/row/1", found["scjg"]} {
		m.Get(path).Is(http.StatusOK)
	}
	for _, path := range []string{others, others + "/compare", others + "/bpmn", others + "/hand-in", begun["jtj"], begun["jtj"] + "/row/1", begun["jtj"] + "/download", found["jtj"]} {
		m.Get(path).Is(http.StatusForbidden)
		chief.Get(path).Is(http.StatusOK)
	}
	m.Get("/manage/checkup?agency=jtj").Is(http.StatusOK)
	if strings.Contains(m.Page, found["jtj"]) {
		t.Error("another agency's findings by asking for them")
	}
	edited := m.Get(own+"/row?id=accept").Fill(own, "name", "收件和受理", "act", "change").Is(http.StatusOK).Says("收件和受理")
	action, form := edited.Get(own + "/row?id=accept").Form(own)
	m.Post(strings.Replace(action, own, others, 1), form).Is(http.StatusForbidden)
	m.Get("/manage/flows").Says("食品作坊经营许可")
	if other := w.Official("jtj_manager_1").Get("/manage/flows").Is(http.StatusOK); strings.Contains(other.Page, "食品作坊经营许可") {
		t.Error("another agency's draft is listed")
	}
}

// findings are what the newest run found, of every agency.
func findings(t *testing.T, w *webtest.World) (list []inspect.Finding) {
	t.Helper()
	if err := w.House.Store.Read(t.Context(), func(tx *store.Tx) (err error) {
		list, err = inspect.Page(tx, inspect.Query{Limit: 5000})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
