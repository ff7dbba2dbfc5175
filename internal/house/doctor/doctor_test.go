package doctor_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/internal/house"
	"tongban/internal/house/doctor"
	"tongban/internal/record/act"
	"tongban/internal/record/job"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

var note = act.Command{Name: "case.accept"}

// patient is a house in good order, with keys apart and a backup, whose server
// runs or not.
type patient struct {
	*testing.T
	o doctor.Options
}

// model is a healthy house on SQLite, made once and copied for each test.
var model = struct {
	sync.Once
	dir string
}{}

func TestMain(m *testing.M) {
	code := m.Run()
	_ = os.RemoveAll(model.dir)
	os.Exit(code)
}

func healthy(t *testing.T, e store.Engine) *patient {
	t.Helper()
	if e == store.Postgres {
		p := at(t, t.TempDir(), storetest.Options(t, e).URL)
		p.settle()
		return p
	}
	model.Do(func() {
		var err error
		if model.dir, err = os.MkdirTemp("", "house-*"); err != nil {
			t.Fatal(err)
		}
		at(t, model.dir, "").settle()
	})
	top := t.TempDir()
	if err := filepath.WalkDir(model.dir, func(name string, d fs.DirEntry, err error) error {
		to := filepath.Join(top, strings.TrimPrefix(name, model.dir))
		if err != nil || d.IsDir() {
			return errors.Join(err, os.MkdirAll(to, 0o700))
		}
		b, err := os.ReadFile(name)
		return errors.Join(err, os.WriteFile(to, b, 0o600))
	}); err != nil {
		t.Fatal(err)
	}
	return at(t, top, "")
}

// at is a patient in a folder, before anything is there.
func at(t *testing.T, top, database string) *patient {
	o := house.Options{
		Dir: filepath.Join(top, "data"), Keys: filepath.Join(top, "keys"), Database: database, Origin: "test.example/log",
		Backups: house.Backups{Dir: filepath.Join(top, "copies"), Every: time.Hour, Keep: 3},
	}
	return &patient{t, doctor.Options{House: o, Machine: doctor.Machine{
		Now:    time.Now,
		Space:  func(string) (uint64, uint64, bool) { return 100e9, 50e9, true },
		Synced: func() (bool, bool) { return true, true },
		Drift:  func() time.Duration { return 0 },
		Files:  func() (uint64, bool) { return 65536, true },
	}}}
}

// settle fills the house with five acts, a signature and a backup.
func (p *patient) settle() {
	p.Helper()
	p.in(func(h *house.House) {
		for i := range 5 {
			_, err := act.Run(p.Context(), h.Runner, act.Machine(), "", note, 0, func(c *act.Call, _ int) (int, error) {
				if err := c.Allow(act.Scope{}); err != nil {
					return 0, err
				}
				_, err := c.Note(nil, ledger.Event{Stream: fmt.Sprintf("case/%d", i), Kind: "case.accepted"})
				return 0, err
			})
			p.must(err)
		}
		if h.Store.Engine() == store.Postgres {
			_, err := h.Ledger.Number(p.Context(), 100)
			p.must(err)
		}
		_, err := h.Ledger.Sign(p.Context())
		p.must(err)
		_, err = h.Archive.Backup(p.Context(), p.o.House.Backups.Dir, 3)
		p.must(err)
	})
}

func (p *patient) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

// in opens the house as a server does, for a moment.
func (p *patient) in(f func(h *house.House)) {
	p.Helper()
	h, err := house.Open(p.Context(), p.o.House)
	p.must(err)
	defer func() { p.must(h.Close()) }()
	f(h)
}

func (p *patient) sql(text string) {
	p.Helper()
	p.in(func(h *house.House) {
		p.must(h.Store.Do(p.Context(), store.People, func(tx *store.Tx) error { _, err := tx.Exec(text); return err }))
	})
}

// found is the report in short: level and code of everything that is not well.
func (p *patient) found() string {
	p.Helper()
	var list []string
	for _, f := range doctor.Examine(context.Background(), p.o) {
		for _, lang := range []wording.Lang{wording.ZH, wording.EN} {
			if !wording.Has(lang, f.What.Key) || !f.Do.IsZero() && !wording.Has(lang, f.Do.Key) || strings.Contains(f.What.In(lang)+f.Do.In(lang), "{") {
				p.Errorf("no words in %s for %s: %s %s", lang, f.What.Key, f.What.In(lang), f.Do.In(lang))
			}
		}
		if f.Level != doctor.OK {
			list = append(list, f.Level.String()+" "+strings.TrimPrefix(f.What.Key, "doctor."))
		}
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), ", ")
}

func (p *patient) file(name string) string { return filepath.Join(p.o.House.Dir, name) }

func (p *patient) newestBackup() string {
	list, err := filepath.Glob(filepath.Join(p.o.House.Backups.Dir, "*.archive"))
	if err != nil || len(list) == 0 {
		p.Fatal("no backup", err)
	}
	return list[len(list)-1]
}

// breaks are the things that may be wrong, each with what the doctor must say.
var breaks = []struct {
	name string
	hurt func(p *patient)
	want string
	both bool // on PostgreSQL too: it is about what lies in the database
}{
	{name: "nothing", hurt: func(*patient) {}, both: true},
	{"disk full", func(p *patient) {
		p.o.Machine.Space = func(string) (uint64, uint64, bool) { return 100e9, 5e8, true }
	}, "bad disk.full", false},
	{"disk low", func(p *patient) {
		p.o.Machine.Space = func(string) (uint64, uint64, bool) { return 100e9, 5e9, true }
	}, "warn disk.low", false},
	{"clock not kept", func(p *patient) { p.o.Machine.Synced = func() (bool, bool) { return false, true } }, "warn clock.free", false},
	{"clock jumps", func(p *patient) { p.o.Machine.Drift = func() time.Duration { return time.Second } }, "bad clock.jumps", false},
	{"clock behind the record", func(p *patient) {
		p.o.Machine.Now = func() time.Time { return time.Now().Add(-time.Hour) }
	}, "bad clock.behind", false},
	{"few files", func(p *patient) { p.o.Machine.Files = func() (uint64, bool) { return 256, true } }, "warn files.limit", false},
	{"data folder open", func(p *patient) { p.must(os.Chmod(p.o.House.Dir, 0o755)) }, "warn files.open", false}, //nolint:gosec // the fault
	{"another user's file", func(p *patient) {
		p.o.Machine.Owner = func(i fs.FileInfo) (int, bool) { return map[bool]int{true: os.Getuid(), false: 7}[i.IsDir()], true }
	}, "bad files.owner", false},
	{"asked as another user", func(p *patient) { p.o.Machine.User = 4711 }, "warn files.user", false},
	{"no keys", func(p *patient) { p.must(os.RemoveAll(p.o.House.Keys)) }, "bad keys.none", false},
	{"keys readable by others", func(p *patient) { p.must(os.Chmod(filepath.Join(p.o.House.Keys, "master.key"), 0o644)) }, "bad keys.bad", false}, //nolint:gosec // the fault
	{"key folder open", func(p *patient) { p.must(os.Chmod(p.o.House.Keys, 0o755)) }, "bad keys.open", false},                                     //nolint:gosec // the fault
	{"key of another house", func(p *patient) {
		p.must(os.WriteFile(filepath.Join(p.o.House.Keys, "master.key"), []byte("nonsense"), 0o600))
	}, "bad keys.bad", false},
	{"old keys", func(p *patient) {
		long := time.Now().AddDate(-4, 0, 0)
		p.must(os.Chtimes(filepath.Join(p.o.House.Keys, "master.key"), long, long))
	}, "warn keys.old", false},
	{"no backups named", func(p *patient) { p.o.House.Backups = house.Backups{} }, "warn backup.none", false},
	{"no backup made", func(p *patient) { p.must(os.Remove(p.newestBackup())) }, "bad backup.empty", false},
	{"old backup", func(p *patient) {
		p.must(os.Rename(p.newestBackup(), filepath.Join(p.o.House.Backups.Dir, "tongban-20200101T000000Z.archive")))
	}, "bad backup.old", false},
	{"damaged backup", func(p *patient) {
		b, err := os.ReadFile(p.newestBackup())
		p.must(err)
		b[len(b)/2] ^= 1
		p.must(os.WriteFile(p.newestBackup(), b, 0o600))
	}, "bad backup.damaged", false},
	{"older schema", func(p *patient) {
		p.sql(`delete from goose_db_version where version_id = (select max(version_id) from goose_db_version)`)
	}, "warn schema.older", true},
	{"act changed", func(p *patient) { p.sql(`update event set kind = 'case.refused' where kind = 'case.accepted'`) }, "bad ledger.wrong", true},
	{"act cut off", func(p *patient) {
		p.sql(`delete from entry where seq = 4`)
	}, "bad ledger.unread, bad ledger.wrong", false},
	{"an older database", func(p *patient) {
		p.must(os.WriteFile(filepath.Join(p.o.House.Keys, "last-checkpoint"), []byte("of another log"), 0o600))
	}, "bad ledger.rolled_back", false},
	{"parked act", func(p *patient) {
		p.sql(`insert into parked(home, name, build, log, seq, stream, why, at) values(1, 'notices', 1, 1, 0, 'case/1', 'why', 1)`)
	}, "warn parked.some", false},
	{"late and parked jobs", func(p *patient) {
		p.in(func(h *house.House) {
			p.must(h.Store.Do(p.Context(), store.People, func(tx *store.Tx) error {
				job.Add(tx, job.Job{Kind: "try", Key: "1", Args: job.Args(nil), RunAt: tx.Now() - 10*day.Minute})
				job.Add(tx, job.Job{Kind: "try", Key: "2", Args: job.Args(nil), RunAt: tx.Now()})
				_, err := tx.Exec(`update job set state = 'parked' where key = '2'`)
				return err
			}))
		})
	}, "warn jobs.late, warn jobs.parked", true},
	{"lease that nobody renews", func(p *patient) {
		p.sql(`insert into lease(home, name, holder, until_at) values(1, 'number', 'gone', 1) on conflict (home, name) do update set until_at = 1`)
	}, "warn lease.expired", true},
	{"no calendar for the coming year", func(p *patient) {
		p.o.Machine.Now = func() time.Time { return time.Date(time.Now().Year()+5, 12, 1, 12, 0, 0, 0, time.UTC) }
		p.o.House.Backups = house.Backups{}
	}, "warn backup.none, warn calendar.missing, warn keys.old", false},
}

func TestEachThingThatBreaks(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		for _, x := range breaks {
			if e == store.Postgres && !x.both {
				continue
			}
			t.Run(string(e)+"/"+x.name, func(t *testing.T) {
				t.Parallel()
				p := healthy(t, e)
				want := x.want
				if e == store.Postgres {
					// The tests' own server neither flushes nor has a standby, and says so.
					list := append(strings.Split(want, ", "), "warn database.alone", "bad database.setting")
					slices.Sort(list)
					want = strings.TrimPrefix(strings.Join(list, ", "), ", ")
				}
				x.hurt(p)
				if got := p.found(); got != want {
					t.Errorf("found %q, want %q", got, want)
				}
			})
		}
	}
}

// TestBreaksOfSQLite are those of the one file.
func TestBreaksOfSQLite(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		hurt func(p *patient)
		want string
	}{
		"no database":    {func(p *patient) { p.must(os.Remove(p.file("tongban.db"))) }, "bad database.none"},
		"keys beside it": {func(p *patient) { p.o.House.Dir = filepath.Dir(p.o.House.Dir) }, "bad database.none, warn files.open, warn keys.beside"},
		"no data folder": {func(p *patient) { p.must(os.RemoveAll(p.o.House.Dir)) }, "bad database.none, bad files.none"},
		"no database at all": {func(p *patient) {
			p.must(os.WriteFile(p.file("tongban.db"), []byte(strings.Repeat("not a database ", 999)), 0o600))
		}, "bad database.damaged"},
		"damaged pages": {func(p *patient) {
			b, err := os.ReadFile(p.file("tongban.db"))
			p.must(err)
			for i := len(b) / 2; i < len(b)/2+40*4096; i++ {
				b[i] = 0xAA
			}
			p.must(os.WriteFile(p.file("tongban.db"), b, 0o600))
		}, "bad database.damaged"},
		"large write-ahead log": {func(p *patient) {
			p.in(func(*house.House) {
				p.must(os.Truncate(p.file("tongban.db-wal"), 600e6))
				if got := p.found(); !strings.Contains(got, "warn disk.wal") {
					p.Errorf("found %q", got)
				}
			})
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := healthy(t, store.SQLite)
			x.hurt(p)
			if got := p.found(); !strings.HasPrefix(got, x.want) {
				t.Errorf("found %q, want %q", got, x.want)
			}
		})
	}
}

func TestDoctorChangesNothingBesideAServer(t *testing.T) {
	t.Parallel()
	p := healthy(t, store.SQLite)
	p.o.Full = true
	p.in(func(h *house.House) {
		for range 2 {
			if got := p.found(); got != "" {
				t.Errorf("beside a server: %s", got)
			}
		}
		_, err := h.Ledger.Sign(t.Context())
		p.must(err)
	})
	before := tree(t, filepath.Dir(p.o.House.Dir))
	if got := p.found(); got != "" {
		t.Errorf("with the server stopped: %s", got)
	}
	if after := tree(t, filepath.Dir(p.o.House.Dir)); after != before {
		t.Errorf("files before\n%s\nafter\n%s", before, after)
	}
}

// tree lists the files under a folder with their sizes.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	if err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			info, infoErr := d.Info()
			err = infoErr
			fmt.Fprintln(&b, name, info.Size(), info.Mode())
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestReportAsJSON(t *testing.T) {
	t.Parallel()
	p := healthy(t, store.SQLite)
	p.o.Machine.Synced = func() (bool, bool) { return false, true }
	b, err := json.Marshal(doctor.Examine(t.Context(), p.o).Spoken(wording.EN))
	p.must(err)
	var got struct {
		Level  string
		Checks []struct{ Check, Level, Code, What, Do string }
	}
	p.must(json.Unmarshal(b, &got))
	if got.Level != "warn" || len(got.Checks) < 10 || !strings.Contains(string(b), "chrony") {
		t.Errorf("%s", b)
	}
}
