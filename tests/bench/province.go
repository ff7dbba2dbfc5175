package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"tongban/internal/demo"
	"tongban/internal/house"
	"tongban/internal/register/lists"
	"tongban/internal/work/compare"
	"tongban/internal/work/inspect"
	"tongban/tests/drive"
)

// The bounds of a catalogue of a province.
const (
	importBound  = 180  // s, and the preview of it
	importMemory = 2000 // MB
	checkBound   = 60   // s
	answerBound  = 200  // ms, for the slowest of a hundred
	streamMemory = 64   // MB by which a server may grow while a whole list is taken away
)

// manyEntries is how many entries the list has in a long run.
const manyEntries = 1_000_000

// atOnce is how many of its files are one change, of which each entry is held until
// all are right.
const atOnce = lists.MostTogether / lists.MostRows

// latter is in the names of the last eighth of the list's entries and in no other:
// more than are looked up by themselves, and none where a page begins.
const latter = "后补"

// ownLines is how many lines the list of an agency has that is compared.
const ownLines = 2000

// province is a county with the catalogue of a province.
type province struct {
	*bench
	dir     string
	items   int
	entries int      // of its list
	files   []string // of its items, and of the entries of its list
	lists   []string
}

// province measures a catalogue of the size of a province: items imported,
// checked, searched and listed, a list of as many entries, and an agency's own
// list compared with all of them.
func (b *bench) province(ctx context.Context) error {
	dir, err := b.folder()
	if err != nil {
		return err
	}
	c, err := drive.Found(ctx, drive.Options(dir, ""))
	if err != nil {
		return err
	}
	if err := c.House.Close(); err != nil {
		return err
	}
	p := &province{bench: b, dir: dir, items: b.items, entries: b.items}
	if b.long {
		p.entries = manyEntries
	}
	b.table.condition(fmt.Sprintf("province: %s items known by name and %s entries of a list, on SQLite; made names, %d topics by %d kinds with a number each",
		thousands(p.items), thousands(p.entries), len(topics), len(kindsOfMatter)))
	for _, f := range []func(context.Context) error{p.write, p.imported, p.listed, p.judged, p.proposed, p.compared, p.served} {
		if err := f(ctx); err != nil {
			return err
		}
	}
	return nil
}

var (
	topics = []string{"食品生产", "特种设备", "河道采砂", "危险化学品", "民办学校", "医疗机构", "建设工程", "林木采伐", "道路运输", "人力资源",
		"文物保护", "水土保持", "排污", "养老机构", "种子", "兽药", "出版物", "娱乐场所", "宗教活动", "广告"}
	kindsOfMatter = []struct{ name, kind string }{{"经营许可", "01"}, {"设立登记", "10"}, {"变更备案", "10"}, {"资格认定", "07"}, {"延续审批", "01"},
		{"注销登记", "10"}, {"补贴给付", "05"}, {"年度奖励", "08"}, {"纠纷裁决", "09"}, {"信息查询", "20"}}
	bodies = []string{"scjg", "spj", "jkj", "wjj", "zjj", "lyj", "jtj", "rsj", "wgl", "sw"}
)

// matter is the name of an item, its type and its agency; equal numbers, equal names.
func matter(n int) (name, kind, agency string) {
	k := kindsOfMatter[n/len(topics)%len(kindsOfMatter)]
	return fmt.Sprintf("%s%s（第%d类）", topics[n%len(topics)], k.name, n/len(topics)/len(kindsOfMatter)+1), k.kind, bodies[n%7%len(bodies)]
}

// write writes the files: items in one, entries of a list in files of as many rows
// as one may have.
func (p *province) write(context.Context) error {
	file := func(name, heads string, from, to int, line func(w io.Writer, n int)) (string, error) {
		var b bytes.Buffer
		b.WriteString(heads + "\n")
		for n := from; n < to; n++ {
			line(&b, n)
		}
		path := filepath.Join(p.bench.dir, name)
		return path, os.WriteFile(path, b.Bytes(), 0o600)
	}
	items, err := file("items.csv", "name,code,type,agency", 0, p.items, func(w io.Writer, n int) {
		name, kind, agency := matter(n)
		fmt.Fprintf(w, "%s,99P-%07d,%s,%s\n", name, n, kind, agency)
	})
	p.files = []string{items}
	for from := 0; from < p.entries && err == nil; from += lists.MostRows - 1 {
		var path string
		path, err = file(fmt.Sprintf("once-%d.csv", from), "name,code,type,agency", from, min(from+lists.MostRows-1, p.entries), func(w io.Writer, n int) {
			name, _, agency := matter(n)
			if n >= p.entries/8*7 {
				name += latter
			}
			fmt.Fprintf(w, "%s,510P-%07d,none,%s\n", name, n, agency)
		})
		p.lists = append(p.lists, path)
	}
	return err
}

// run runs a command of the binary on the data, and tells how long it took and
// how much memory it had at most, in MB.
func (p *province) run(ctx context.Context, args ...string) (took time.Duration, memory float64, said string, err error) {
	c := exec.CommandContext(ctx, p.bin, args...)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	began := time.Now()
	err = c.Run()
	took = time.Since(began)
	if u, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		memory = float64(u.Maxrss) / 1000
	}
	return took, memory, out.String(), err
}

// command runs a command that must end well, and adds its rows.
func (p *province) command(ctx context.Context, what string, bound float64, args ...string) error {
	took, memory, said, err := p.run(ctx, args...)
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", what, err, said[:min(len(said), 2000)])
	}
	p.atMost(what, took.Seconds(), bound, "s")
	p.atMost(what+": memory at most", memory, importMemory, "MB")
	return nil
}

func (p *province) data(args ...string) []string {
	return append(args, "--data", p.dir, "--origin", "drive.invalid/log", "--region", demo.Region)
}

// imported brings the items in: first a file with wrong rows, of which each must
// be named and nothing applied, then the preview, then the import.
func (p *province) imported(ctx context.Context) error {
	text, err := os.ReadFile(p.files[0])
	if err != nil {
		return err
	}
	bad := filepath.Join(p.bench.dir, "bad.csv")
	for _, n := range []int{17, p.items / 2, p.items - 1} {
		name, kind, agency := matter(n)
		text = bytes.Replace(text, fmt.Appendf(nil, "%s,99P-%07d,%s,%s\n", name, n, kind, agency), fmt.Appendf(nil, "%s,99P-%07d,77,%s\n", name, n, agency), 1)
	}
	if err := os.WriteFile(bad, text, 0o600); err != nil {
		return err
	}
	took, _, said, err := p.run(ctx, append(p.data("item", "import"), bad)...)
	if err == nil {
		return errors.New("a file with three wrong rows was imported")
	}
	for _, n := range []int{17, p.items / 2, p.items - 1} {
		if !strings.Contains(said, fmt.Sprintf("第 %d 行", n+2)) || strings.Count(said, "CSV") != 3 {
			return fmt.Errorf("row %d is wrong and not named, or others are:\n%s", n+2, said[:min(len(said), 2000)])
		}
	}
	size := thousands(p.items)
	p.atMost("province: "+size+" items of which three rows are wrong, each named, nothing imported", took.Seconds(), importBound, "s")
	if err := p.command(ctx, "province: import of "+size+" items, preview", importBound, append(p.data("item", "import", "--check"), p.files...)...); err != nil {
		return err
	}
	return p.command(ctx, "province: import of "+size+" items", importBound, append(p.data("item", "import"), p.files...)...)
}

// listed brings the list in, as many of its files together as one change may have.
func (p *province) listed(ctx context.Context) error {
	for n, files := range slices.Collect(slices.Chunk(p.lists, atOnce)) {
		order := []string{"--document", fmt.Sprintf("测试发〔2026〕%d号", n+1), "--reason", "公布", "once"}
		what := fmt.Sprintf("province: a list of %s entries in %d files as one change", thousands(p.entries), len(files))
		if n > 0 {
			what = fmt.Sprintf("province: %d files more of it as change %d", len(files), n+1)
		} else if err := p.command(ctx, what+", preview", importBound, append(append(p.data("list", "import", "--check"), order...), files...)...); err != nil {
			return err
		}
		if err := p.command(ctx, what, importBound, append(append(p.data("list", "import"), order...), files...)...); err != nil {
			return err
		}
	}
	return nil
}

// judged checks the catalogue, as a file and as it stands.
func (p *province) judged(ctx context.Context) error {
	took, memory, said, err := p.run(ctx, "catalog", "check", p.files[0])
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || !strings.Contains(said, fmt.Sprint(p.items)) {
		return fmt.Errorf("catalog check: %w\n%s", err, said[max(0, len(said)-2000):])
	}
	p.atMost("province: "+thousands(p.items)+" items of a file checked (清单体检)", took.Seconds(), checkBound, "s")
	p.atMost("province: "+thousands(p.items)+" items of a file checked: memory at most", memory, importMemory, "MB")
	return p.inside(ctx, func(h *house.House, c *drive.County) error {
		editor, err := c.Actor(ctx, "zfb_catalogue_1")
		if err != nil {
			return err
		}
		desk := &inspect.Desk{Runner: h.Runner, People: h.People, Items: h.Items, Region: demo.Region}
		began := time.Now()
		x, err := desk.Check(ctx, editor, "")
		if err == nil && x.Items < p.items {
			err = fmt.Errorf("%d items were judged", x.Items)
		}
		p.atMost("province: the catalogue as it stands checked, what was found kept", time.Since(began).Seconds(), checkBound, "s")
		return err
	})
}

// inside does something in this process.
func (p *province) inside(ctx context.Context, f func(*house.House, *drive.County) error) error {
	c, err := drive.Reopen(ctx, drive.Options(p.dir, ""))
	if err != nil {
		return err
	}
	return joined(f(c.House, c), c.House.Close)
}

// compared compares an agency's own list with all items.
func (p *province) compared(ctx context.Context) error {
	var own bytes.Buffer
	own.WriteString("code,name,type\n")
	for i := range min(ownLines, p.items/10) {
		name, kind, _ := matter(i * 10)
		if i%5 == 0 {
			name = strings.Replace(name, "（", "办理（", 1)
		}
		fmt.Fprintf(&own, "OWN-%05d,%s,%s\n", i, name, kind)
	}
	return p.inside(ctx, func(h *house.House, c *drive.County) error {
		editor, err := c.Actor(ctx, "zfb_catalogue_1")
		if err != nil {
			return err
		}
		desk := &compare.Desk{Runner: h.Runner, People: h.People, Items: h.Items, Region: demo.Region}
		began := time.Now()
		_, err = desk.Begin(ctx, editor, "", compare.Sent{Agency: "scjg", File: "own.csv", Src: own.Bytes()})
		p.atMost(fmt.Sprintf("province: an agency's list of %s lines compared with %s items (事项比对)", thousands(bytes.Count(own.Bytes(), []byte("\n"))-1), thousands(p.items)),
			time.Since(began).Seconds(), checkBound, "s")
		return err
	})
}

// served asks the running binary for what the public reads.
func (p *province) served(ctx context.Context) (err error) {
	s, err := drive.Serve(p.bin, p.dir, "", p.log)
	if err != nil {
		return err
	}
	anybody := &drive.Session{Client: drive.NewClient(s.URL, 8)}
	defer func() { anybody.Close(); err = joined(err, s.Stop) }()
	last, _, _ := matter(p.items - 1)
	lastOnce, _, _ := matter(p.entries - 1)
	for _, x := range []struct{ what, path string }{
		{"search among %s items, a rare name", "/search?q=" + url.QueryEscape(last[:len(last)-len("）")])},
		{"search among %s items, a common word", "/search?q=" + url.QueryEscape("登记")},
		{"items, %s of them, a page as data", "/api/v1/items?limit=50"},
		{"list of %s entries, a page in the midst", fmt.Sprintf("/lists/once?after=510P-%07d&from=%d", p.entries/2, p.entries/2)},
		{"list of %s entries, rare words", "/lists/once?q=" + url.QueryEscape(lastOnce[:len(lastOnce)-len("）")])},
		{"list of %s entries, a common word", "/lists/once?q=" + url.QueryEscape("登记")},
		{"list of %s entries, a word that only the last eighth has, its first page", "/lists/once?q=" + url.QueryEscape(latter)},
		{"list of %s entries, a page as data, a common word", "/api/v1/lists/once/entries?q=" + url.QueryEscape("登记")},
	} {
		got, err := closed(ctx, 2, p.each/2, func(ctx context.Context, _, _ int) error {
			_, err := anybody.Bytes(ctx, http.MethodGet, x.path, "", nil)
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", x.path, err)
		}
		size := p.items
		if strings.HasPrefix(x.what, "list") {
			size = p.entries
		}
		p.pair(within("province: "+fmt.Sprintf(x.what, thousands(size)), got, answerBound))
	}
	return p.taken(ctx, s)
}

// taken takes the whole list away, and looks at how the server grows meanwhile.
func (p *province) taken(ctx context.Context, s *drive.Server) error {
	before := memory(s.PID())
	most := before
	for _, ending := range []string{"csv", "json", "xlsx"} {
		began := time.Now()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/lists/once/download."+ending, nil)
		if err != nil {
			return err
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		var n int64
		for err == nil {
			var m int64
			m, err = io.CopyN(io.Discard, res.Body, 4<<20)
			n, most = n+m, max(most, memory(s.PID()))
		}
		if err = joined(nil, res.Body.Close); err != nil {
			return err
		}
		if res.StatusCode != http.StatusOK {
			return fmt.Errorf("the list as %s: %s", ending, res.Status)
		}
		if n < int64(p.entries)*5 { // a workbook is compressed
			return fmt.Errorf("%s has %d bytes", ending, n)
		}
		p.atMost(fmt.Sprintf("province: list of %s entries taken away as %s, %.0f MB", thousands(p.entries), ending, float64(n)/1e6), time.Since(began).Seconds(), checkBound, "s")
	}
	p.atMost("province: memory by which the server grows meanwhile", most-before, streamMemory, "MB")
	return nil
}
