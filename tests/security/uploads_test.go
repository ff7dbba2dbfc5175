package security_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"tongban/tests/drive"
)

const script = `<script>alert(document.cookie)</script>`

// hostile are files that are not what an application needs.
var hostile = []struct {
	what, name string
	content    []byte
}{
	{"a page", "plan.html", []byte("<!doctype html>" + script)},
	{"a page that calls itself a picture", "plan.png", []byte("<!doctype html>" + script)},
	{"a drawing with a script", "plan.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">` + script + `</svg>`)},
	{"a drawing that calls itself a picture", "plan.jpg", []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">` + script + `</svg>`)},
	{"a picture that is a program too", "plan.gif", []byte("GIF89a/*\x00\x00*/=1;alert(1)")},
	{"a picture that is a program too, renamed", "plan.png", []byte("GIF89a/*\x00\x00*/=1;alert(1)")},
	{"a program", "plan.exe", []byte("MZ\x90\x00\x03")},
	{"a program that calls itself a paper", "plan.pdf", []byte("MZ\x90\x00\x03")},
	{"a page behind a mark of byte order", "plan.pdf", []byte("\xef\xbb\xbf<html>" + script)},
	{"a picture of gigapixels", "plan.png", claiming(1<<20, 1<<20)},
	{"a picture of more pixels than there are", "plan.png", claiming(0xffffffff, 0xffffffff)},
	{"a picture of none", "plan.png", claiming(0, 0)},
	{"a broken picture", "plan.png", picture(4, 4)[:20]},
	{"nothing", "plan.png", nil},
	{"a paper that calls itself a picture", "plan.png", []byte("%PDF-1.4\n%%EOF")},
	{"an archive", "plan.pdf", packed(10, "word/document.xml", "[Content_Types].xml")},
	{"an archive that unpacks to far more", "plan.pdf", packed(8<<20, "a", "b")},
	{"more than may be handed in", "plan.png", append(picture(4, 4), make([]byte, 11<<20)...)},
}

func TestHostileFilesAreRefused(t *testing.T) {
	w := at(t)
	draft := w.freshDraft(t)
	before, shelved := w.stocks(t), w.shelved(t)
	for _, x := range hostile {
		kind, body := multipartOf("file", x.name, x.content)
		a := w.ask(request{method: http.MethodPost, path: fmt.Sprintf("/api/v1/drafts/%d/files?material=plan", draft), who: uploader, kind: kind, body: body})
		if a.status != http.StatusUnprocessableEntity && a.status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %s", x.what, a.short())
		}
		a = w.ask(request{method: http.MethodPost, path: fmt.Sprintf("/draft/%d/file/plan", draft), who: uploader, cookie: true, kind: kind, body: body})
		if a.status != http.StatusUnprocessableEntity || strings.Contains(string(a.body), script) {
			t.Errorf("%s, on the page: %s", x.what, a.short())
		}
	}
	same(t, "hostile files", before, w.stocks(t))
	if n := w.shelved(t); n != shelved {
		t.Errorf("%d files lay on the shelf and %d do", shelved, n)
	}
}

// uploader is a resident whom no other trial is about.
const uploader = "r10"

// freshDraft begins an application for the uploader.
func (w *world) freshDraft(t *testing.T) int64 {
	t.Helper()
	values := drive.Answers(3)
	delete(values, "phone")
	delete(values, "home_address")
	a := w.json(uploader, http.MethodPost, "/drafts", map[string]any{"item": w.in.item, "values": values})
	var got struct{ Draft int64 }
	if err := json.Unmarshal(a.body, &got); err != nil || got.Draft == 0 {
		t.Fatal(a.short())
	}
	return got.Draft
}

// shelved counts the files in the folder of attachments.
func (w *world) shelved(t *testing.T) (n int) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(folder, "attachments"), func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// names that try to be more than a name.
var names = []string{
	"../../../../etc/passwd.png", `..\..\windows\plan.png`, "plan\u202egnp.exe.png", "plan\r\nSet-Cookie: tb_session=planted.png", `plan";x=".png`,
	"plan\u200b\ufeff.png", "<img src=x onerror=alert(1)>.png", "=cmd|' /C calc'!A0.png", strings.Repeat("长", 400) + ".png", ".png", "....png", "-rf.png", "%2e%2e%2fplan.png", "plan\xff\xfe.png",
}

// What is taken in comes back to be saved, never to be shown or run in our name.
func TestFilesComeBackInert(t *testing.T) {
	w := at(t)
	draft := w.freshDraft(t)
	files := map[string][]byte{
		"paper.pdf":   []byte("%PDF-1.4\n" + script + "\n%%EOF"),
		"picture.png": append(picture(4, 4), script...),
		"photo.jpg":   placed("GPSMARK"),
	}
	for _, name := range names {
		files[name] = picture(3, 3)
	}
	for name, content := range files {
		kind, body := multipartOf("file", name, content)
		a := w.ask(request{method: http.MethodPost, path: fmt.Sprintf("/api/v1/drafts/%d/files?material=plan", draft), who: uploader, kind: kind, body: body})
		var got struct{ File int64 }
		if err := json.Unmarshal(a.body, &got); err != nil || got.File == 0 {
			t.Errorf("%q: %s", name, a.short())
			continue
		}
		id := strconv.FormatInt(got.File, 10)
		for _, a := range []answer{w.page(uploader, "/files/"+id), w.ask(request{method: http.MethodGet, path: "/api/v1/files/" + id, who: uploader})} {
			inert(t, name, a)
		}
		a = w.page(uploader, "/files/"+id+"/preview")
		for _, trace := range []string{"alert(", "GPSMARK", "Exif"} {
			if strings.Contains(string(a.body), trace) {
				t.Errorf("%q: the preview holds %s", name, trace)
			}
		}
		if is := a.header.Get("Content-Type"); a.status == http.StatusOK && is != "image/jpeg" || a.status >= 500 {
			t.Errorf("%q: the preview is %s: %s", name, is, a.short())
		}
		if a := w.form(uploader, fmt.Sprintf("/draft/%d/file/plan/remove/%s", draft, id), ""); a.status != http.StatusSeeOther || leaves(a.header.Get("Location")) {
			t.Errorf("%q is not taken out: %s", name, a.short())
		}
	}
}

// inert wants an answer that a browser saves under a plain name.
func inert(t *testing.T, name string, a answer) {
	t.Helper()
	h := a.header
	disposition := h.Get("Content-Disposition")
	called, err := url.PathUnescape(strings.TrimPrefix(disposition, "attachment; filename*=UTF-8''"))
	if a.status != http.StatusOK || !strings.HasPrefix(disposition, "attachment;") || err != nil || h.Get("Set-Cookie") != "" {
		t.Errorf("%q: %d %v", name, a.status, h)
	}
	if h.Get("Content-Type") != "application/octet-stream" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Security-Policy") != "default-src 'none'; sandbox" {
		t.Errorf("%q: %v", name, h)
	}
	for _, r := range called {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf) || strings.ContainsRune(`/\"<>|:*?`, r) {
			t.Errorf("%q comes back as %q", name, called)
		}
	}
	if len([]rune(called)) > 130 || strings.HasPrefix(called, ".") || called == "" {
		t.Errorf("%q comes back as %q", name, called)
	}
}

// What the administration imports is unpacked within bounds, and never beside
// its place.
func TestHostileImports(t *testing.T) {
	w := at(t)
	before := w.stocks(t)
	for name, content := range map[string][]byte{
		"bomb.zip":    packed(66<<20, "item/item.yaml"),
		"many.zip":    packed(1, strings.Fields(strings.Repeat("a ", 2000))...),
		"slip.zip":    packed(10, "../../item.yaml", "/etc/item.yaml", `..\item.yaml`),
		"bomb.xlsx":   packed(33<<20, "[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"),
		"broken.xlsx": []byte("PK\x03\x04nothing"),
		"laughs.zip":  item("a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n"),
		"deep.zip":    item(strings.Repeat("[", 100_000)),
		"rows.csv":    []byte(strings.Repeat("\"", 100_001)),
		"formula.csv": []byte("=cmd|' /C calc'!A0,@SUM(1)\n"),
		"null.csv":    make([]byte, 1<<20),
	} {
		began := time.Now()
		kind, body := multipartOf("file", name, content)
		a := w.ask(request{method: http.MethodPost, path: "/admin/import", who: "zfb_catalogue_1", cookie: true, kind: kind, body: body})
		took := time.Since(began)
		if a.status < 200 || a.status >= 500 || took > 20*time.Second {
			t.Errorf("%s: %v, %s", name, took, a.short())
		}
	}
	same(t, "hostile imports", before, w.stocks(t))
}

func item(yaml string) []byte {
	return packedText(map[string]string{"item/item.yaml": yaml, "item/flow.bpmn": "<x/>", "item/form.json": "{}"})
}
