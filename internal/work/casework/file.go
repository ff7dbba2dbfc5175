package casework

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/workday"
)

// The statuses of a case.
const (
	Received    = "received"     // 已收件，等受理
	Correcting  = "correcting"   // 等申请人补正
	Handling    = "handling"     // 办理中
	Delivering  = "delivering"   // 已决定，等送达
	Concluded   = "concluded"    // 办结
	NotAccepted = "not_accepted" // 不予受理
	Withdrawn   = "withdrawn"    // 申请人撤回
	Lapsed      = "lapsed"       // 逾期未补正，终止
)

// Running tells whether a case in this status is still being worked on.
func Running(status string) bool {
	switch status {
	case Received, Correcting, Handling, Delivering:
		return true
	}
	return false
}

// Kind is the kind of proceeding that a case is.
const Kind = "case"

// File is a case beyond its proceeding.
type File struct {
	ID            int64
	Channel       string // online, window, api
	ApplicantKind string // person, legal, agency
	Agent         int64  // who acts for the applicant with authority (行政许可法 29), 0 for none
	NameKey       []byte // blind indexes of the applicant's name and number
	IDNoKey       []byte
	Facts         Facts
	Secret        []byte // sealed; see Matter.Secret
	stored        string // facts as they were read
	written       string // facts as digest bound them, for the saving that follows
}

// Facts are what happened on a case, with nothing that identifies a person.
type Facts struct {
	Materials  []MaterialIn `json:"materials,omitempty"`
	Delivery   string       `json:"delivery,omitempty"` // how the applicant wants the result: window, courier
	Notice     *Noticed     `json:"notice,omitempty"`
	Deemed     day.Day      `json:"deemed,omitempty"` // accepted without a word, from this day (32)
	Tests      []Test       `json:"tests,omitempty"`
	Extension  *Extension   `json:"extension,omitempty"`
	Decision   *Decision    `json:"decision,omitempty"`
	Licence    int64        `json:"licence,omitempty"`
	LicenceNo  string       `json:"licence_no,omitempty"`
	Delivered  *Delivered   `json:"delivered,omitempty"`
	Ended      *Ended       `json:"ended,omitempty"`
	Amendments []Amendment  `json:"amendments,omitempty"`
	Restricted *Restricted  `json:"restricted,omitempty"`
	Erased     *Erased      `json:"erased,omitempty"`
	// Points are the review points that were ticked off, by task.
	Points map[string][]string `json:"points,omitempty"`
	// Bodies are the agencies that took over from those which the item's version
	// names, since a reorganisation: old key → the one who answers now.
	Bodies map[string]string `json:"bodies,omitempty"`
	// Stays names the versions that still hold in part, since the case was moved
	// to another: "asked" what the applicant is asked for, and terms by name.
	Stays map[string]int64 `json:"stays,omitempty"`
}

// MaterialIn is where one material of the case stands.
type MaterialIn struct {
	Key     string  `json:"key"`
	State   string  `json:"state"` // given, supplied, bring, deferred, missing, checked
	Grade   string  `json:"grade,omitempty"`
	Source  string  `json:"source,omitempty"`
	Files   []int64 `json:"files,omitempty"`
	Checked int64   `json:"checked,omitempty"` // who compared it with the original
}

// The states of a material.
const (
	MaterialGiven    = "given"    // uploaded or scanned
	MaterialSupplied = "supplied" // taken from the record: never asked for
	MaterialBring    = "bring"    // could not be taken; to be shown at the window
	MaterialDeferred = "deferred" // may follow (容缺)
	MaterialMissing  = "missing"  // named in the notice, not yet corrected
	MaterialChecked  = "checked"  // compared with the original at the window: grade B
	MaterialWaived   = "waived"   // no longer asked for
)

// Noticed is the one notice of everything missing (32).
type Noticed struct {
	Day       day.Day  `json:"day"`
	Keys      []string `json:"keys"` // materials and fields named, "material:plan", "field:area"
	Paper     int64    `json:"paper"`
	Until     day.Day  `json:"until"` // end of the configured lapse
	Reminded  day.Day  `json:"reminded,omitempty"`
	Corrected day.Day  `json:"corrected,omitempty"`
}

// Test is a special procedure during which the clock stands still (45).
type Test struct {
	Ref   string            `json:"ref"`
	Kind  workday.Procedure `json:"kind"`
	Task  int64             `json:"task"`
	From  day.Day           `json:"from"`
	Days  int               `json:"days"` // expected, told to the applicant in writing
	Paper int64             `json:"paper"`
	Until day.Day           `json:"until,omitempty"`
}

// Extension is the one extension (42): asked for, then approved by whom the
// article names.
type Extension struct {
	Days      int              `json:"days"`
	Article   string           `json:"article"`
	Approver  workday.Approver `json:"approver"`
	Agency    string           `json:"agency"` // that asks
	AskedBy   int64            `json:"asked_by"`
	Asked     day.Day          `json:"asked"`
	Settled   day.Day          `json:"settled,omitempty"`
	SettledBy int64            `json:"settled_by,omitempty"`
	Approved  bool             `json:"approved,omitempty"`
	Paper     int64            `json:"paper,omitempty"`
}

// Decision is what was decided, by whom, on which articles.
type Decision struct {
	Granted  bool     `json:"granted"`
	Day      day.Day  `json:"day"`
	By       int64    `json:"by"`
	Agency   string   `json:"agency"`
	Articles []string `json:"articles,omitempty"`
	Paper    int64    `json:"paper"`
	PaperNo  string   `json:"paper_no"`
}

// Delivered is how the result reached the applicant (44).
type Delivered struct {
	Mode     string  `json:"mode"`
	Day      day.Day `json:"day"`
	By       int64   `json:"by"`
	Tracking string  `json:"tracking,omitempty"`
	Paper    int64   `json:"paper,omitempty"`
}

// Ended is how a case came to its end without a decision.
type Ended struct {
	Why   string  `json:"why"` // not_accepted, withdrawn, lapsed
	Day   day.Day `json:"day"`
	Paper int64   `json:"paper,omitempty"`
}

// Amendment is a clerical error put right.
type Amendment struct {
	Field string  `json:"field"`
	Day   day.Day `json:"day"`
	By    int64   `json:"by"`
	Paper int64   `json:"paper"`
}

// Material finds one material of the case.
func (f *Facts) Material(key string) *MaterialIn {
	for i := range f.Materials {
		if f.Materials[i].Key == key {
			return &f.Materials[i]
		}
	}
	return nil
}

// OpenTest is the test of a task that is still going on.
func (f *Facts) OpenTest(task int64) *Test {
	for i := range f.Tests {
		if f.Tests[i].Task == task && f.Tests[i].Until == 0 {
			return &f.Tests[i]
		}
	}
	return nil
}

const fileColumns = `id, channel, applicant_kind, agent, name_key, idno_key, facts, secret`

func scanFile(r store.Row) (*File, error) {
	f := &File{}
	var facts string
	if err := r.Scan(&f.ID, &f.Channel, &f.ApplicantKind, &f.Agent, &f.NameKey, &f.IDNoKey, &facts, &f.Secret); err != nil {
		return nil, err
	}
	f.stored = facts
	return f, json.Unmarshal([]byte(facts), &f.Facts)
}

func getFile(tx *store.Tx, id int64) (*File, error) {
	f, found, err := store.Find(tx, scanFile, `select `+fileColumns+` from casefile where home = $1 and id = $2`, tx.Home(), id)
	if err == nil && !found {
		err = act.Missing("proceeding.case")
	}
	return f, err
}

func (f *File) insert(tx *store.Tx) {
	tx.PutOne(act.Changed("casework.draft"), `insert into casefile(home, `+fileColumns+`) values($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
		tx.Home(), f.ID, f.Channel, f.ApplicantKind, f.Agent, f.NameKey, f.IDNoKey, f.written, f.Secret)
}

// update writes the file back; one that is as it was read needs no statement.
func (f *File) update(tx *store.Tx, secret bool) {
	if f.written == f.stored && !secret {
		return
	}
	f.stored = f.written
	tx.Put(`update casefile set facts = $3, secret = $4 where home = $1 and id = $2`, tx.Home(), f.ID, f.written, f.Secret)
}

// digest binds the whole state of a case: its proceeding and its file. The blind
// indexes are left out: they follow from the secret and are rewritten when their
// key is rotated.
func digest(p *proceeding.Proceeding, f *File) ([]byte, error) {
	h := sha256.New()
	if err := p.Digest(h); err != nil {
		return nil, err
	}
	facts, err := json.Marshal(f.Facts)
	if err != nil {
		return nil, err
	}
	f.written = string(facts)
	_, err = fmt.Fprintf(h, "%s\x00%s\x00%d\x00%s\x00%x", f.Channel, f.ApplicantKind, f.Agent, facts, f.Secret)
	return h.Sum(nil), err
}

// StateDigest recomputes the digest of a case as it lies in the database, for
// the ledger's verification.
func StateDigest(tx *store.Tx, stream string) ([]byte, bool, error) {
	var id int64
	if n, err := fmt.Sscanf(stream, Kind+"/%d", &id); n != 1 || err != nil {
		return nil, false, nil
	}
	p, err := proceeding.Get(tx, id)
	if err == nil {
		var f *File
		if f, err = getFile(tx, id); err == nil {
			d, err := digest(p, f)
			return d, true, err
		}
	}
	var e *act.Error
	if errors.As(err, &e) && e.Kind == act.NotFound {
		return []byte("gone"), true, nil
	}
	return nil, true, err
}
