package trace

import (
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// sector is what a disk writes at once or not at all.
const sector = 512

// Disk rebuilds what a disk holds after a power cut, from a record of calls:
//
//   - what was written before a flush of its file began, and that flush ended
//     before the cut, is there;
//   - of each other sector any of the versions since may be there, whatever
//     became of the sectors beside it: writes are dropped, reordered and torn;
//   - names (of new, renamed and removed files) become durable in their order,
//     as journalling file systems write them, at the latest with a flush of the
//     folder that they are in; flushing a file says nothing about its name.
type Disk struct {
	files map[string]*content // by the name that is durable
	now   map[string]*content // by the name that programs see
	names []naming            // not durable yet
	stops []stop
	next  int
}

// content is a file, whatever it is called.
type content struct {
	durable []byte
	pending []*Event // Write and Truncate, in their order
}

// naming is a change of names that is not durable yet.
type naming struct {
	dir string
	do  func(files map[string]*content)
}

// stop is something that happens at one place of the order.
type stop struct {
	at int
	do func()
}

// NewDisk is a disk that durably holds the files of a folder, on which the
// events happen.
func NewDisk(dir string, events []*Event) (*Disk, error) {
	d := &Disk{files: map[string]*content{}, now: map[string]*content{}}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasSuffix(path, "-shm") {
			return err
		}
		b, err := os.ReadFile(path)
		f := &content{durable: b}
		d.files[path], d.now[path] = f, f
		return err
	})
	for _, e := range events {
		if e.Failed {
			continue
		}
		at := e.Began
		if e.Op == Sync {
			at = e.Ended
		}
		if at > 0 {
			d.stops = append(d.stops, stop{at, func() { d.happen(e) }})
		}
	}
	slices.SortStableFunc(d.stops, func(a, b stop) int { return a.at - b.at })
	return d, err
}

// Until lets happen what happens up to and including a place in the order.
func (d *Disk) Until(place int) {
	for ; d.next < len(d.stops) && d.stops[d.next].at <= place; d.next++ {
		d.stops[d.next].do()
	}
}

func (d *Disk) happen(e *Event) {
	switch e.Op {
	case Write, Truncate:
		if f := d.now[e.Path]; f != nil {
			f.pending = append(f.pending, e)
		}
	case Sync:
		if f := d.now[e.Path]; f != nil {
			f.flush(e.Began)
			return
		}
		d.flushNames(e.Path)
	case Create:
		f := &content{}
		d.now[e.Path] = f
		d.rename(e.Path, func(files map[string]*content) { files[e.Path] = f })
	case Rename:
		f := d.now[e.Path]
		delete(d.now, e.Path)
		d.now[e.To] = f
		d.rename(e.To, func(files map[string]*content) {
			delete(files, e.Path)
			files[e.To] = f
		})
	case Remove:
		delete(d.now, e.Path)
		d.rename(e.Path, func(files map[string]*content) { delete(files, e.Path) })
	}
}

func (d *Disk) rename(path string, do func(map[string]*content)) {
	d.names = append(d.names, naming{filepath.Dir(path), do})
}

// flushNames makes the names of a folder durable, and those before them.
func (d *Disk) flushNames(dir string) {
	last := -1
	for i, n := range d.names {
		if n.dir == dir {
			last = i
		}
	}
	for _, n := range d.names[:last+1] {
		n.do(d.files)
	}
	d.names = slices.Delete(d.names, 0, last+1)
}

// flush makes durable what was written before a place in the order.
func (f *content) flush(before int) {
	kept := f.pending[:0]
	for _, e := range f.pending {
		if e.Ended > 0 && e.Ended < before {
			f.durable = apply(f.durable, e)
		} else {
			kept = append(kept, e)
		}
	}
	f.pending = kept
}

func apply(b []byte, e *Event) []byte {
	if e.Op == Truncate {
		if int(e.Off) <= len(b) {
			return b[:e.Off:e.Off]
		}
		return append(b, make([]byte, int(e.Off)-len(b))...)
	}
	if end := int(e.Off) + len(e.Data); end > len(b) {
		b = append(b, make([]byte, end-len(b))...)
	}
	copy(b[e.Off:], e.Data)
	return b
}

// Cut is what the disk may hold when the power is cut here: one of the many
// possibilities, by chance. keep is how likely a sector is in its newest version:
// 0 keeps nothing that was not flushed, 1 everything.
func (d *Disk) Cut(r *rand.Rand, keep float64) map[string][]byte {
	files := maps.Clone(d.files)
	named := len(d.names)
	if keep < 1 {
		named = int(keep * float64(named+1) * r.Float64() * 2)
	}
	for _, n := range d.names[:min(named, len(d.names))] {
		n.do(files)
	}
	out := map[string][]byte{}
	for path, f := range files {
		if f != nil {
			out[path] = f.cut(r, keep)
		}
	}
	return out
}

// cut gives each sector one of its versions since the last flush.
func (f *content) cut(r *rand.Rand, keep float64) []byte {
	b := slices.Clone(f.durable)
	versions := map[int64]int{} // of each sector, how many of its writes are on the disk
	count := map[int64]int{}
	for _, e := range f.pending {
		for s := range sectors(e) {
			count[s]++
		}
	}
	for s, n := range count {
		if versions[s] = n; r.Float64() >= keep {
			versions[s] = r.IntN(n) // one of the older ones, or none
			if keep == 0 {
				versions[s] = 0
			}
		}
	}
	seen := map[int64]int{}
	for _, e := range f.pending {
		if e.Op == Truncate {
			if r.Float64() < keep {
				b = apply(b, e)
			}
			continue
		}
		for s, part := range sectors(e) {
			if seen[s]++; seen[s] <= versions[s] {
				b = apply(b, part)
			}
		}
	}
	return b
}

// sectors cuts a write at the borders of sectors.
func sectors(e *Event) func(yield func(int64, *Event) bool) {
	return func(yield func(int64, *Event) bool) {
		for done := int64(0); e.Op == Write && done < int64(len(e.Data)); {
			at := e.Off + done
			n := min(sector-at%sector, int64(len(e.Data))-done)
			if !yield(at/sector, &Event{Op: Write, Off: at, Data: e.Data[done : done+n]}) {
				return
			}
			done += n
		}
	}
}
