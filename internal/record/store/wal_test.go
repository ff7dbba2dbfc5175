package store

import "testing"

// The WAL is written back once in a while and then used from its beginning:
// neither at every look, which would write each page twice, nor never.
func TestTheWALIsUsedAgain(t *testing.T) {
	t.Parallel()
	o := Options{Dir: t.TempDir(), NoSync: true}
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	e := s.engine.(*sqliteEngine)
	w, err := e.session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	if _, err := w.exec("create table big(v blob)", nil); err != nil {
		t.Fatal(err)
	}
	fill := func(pages int64) {
		for done := int64(0); done < pages; done += 256 {
			if _, err := w.exec("insert into big(v) values(zeroblob(1044480))", nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	count := func() int64 {
		n, err := w.unsaved()
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	fill(walRestart / 2)
	e.restartWAL(w)
	if n := count(); n < walRestart/2 {
		t.Fatalf("half full, and already written back: %d pages left", n)
	}
	fill(walRestart)
	e.restartWAL(w)
	if n := count(); n != 0 {
		t.Fatalf("%d pages were not written back", n)
	}
	fill(256)
	if n := count(); n < 256 || n > 512 {
		t.Fatalf("after the restart the WAL holds %d pages, want the 256 just written", n)
	}
}
