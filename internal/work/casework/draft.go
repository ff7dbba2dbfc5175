package casework

import (
	"context"
	"io"
	"maps"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/file"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
	"tongban/internal/rules/form"
	"tongban/internal/rules/wording"
)

var (
	saveDraft    = act.Command{Name: "case.save_draft", Right: "case.draft"}
	saveDraftFor = act.Command{Name: "case.save_draft_for", Right: "case.apply_for"}
	addFile      = act.Command{Name: "case.add_file", Right: "case.draft"}
	addFileFor   = act.Command{Name: "case.add_file_for", Right: "case.apply_for"}
)

// draftDays is how long a draft is kept after it was last saved. No law sets it.
const draftDays = 30

// Draft is an application that is being filled in.
type Draft struct {
	ID        int64
	Person    int64 // who fills it in: the applicant, somebody who may act for them, or a clerk
	Subject   int64 // whose matter it is
	Item      int64
	Version   int64
	Key       int64
	Saved     day.Instant
	Expires   day.Day
	Submitted bool
	secret    []byte
	Secret    *Secret // opened
}

const draftColumns = `id, person, subject, item, item_version, data_key, secret, saved, expires, submitted`

func scanDraft(r store.Row) (*Draft, error) {
	d := &Draft{}
	return d, r.Scan(&d.ID, &d.Person, &d.Subject, &d.Item, &d.Version, &d.Key, &d.secret, &d.Saved, &d.Expires, &d.Submitted)
}

// Draft reads a draft of this person, opened.
func (o *Office) Draft(tx *store.Tx, person, id int64) (*Draft, error) {
	d, found, err := store.Find(tx, scanDraft, `select `+draftColumns+` from draft where home = $1 and id = $2 and person = $3`, tx.Home(), id, person)
	return o.opened(tx, d, found, err)
}

// holdDraft takes a draft of this person for a command that changes it: two
// pages saved at once are both kept, and nothing comes in beside a submission.
func (o *Office) holdDraft(tx *store.Tx, person, id int64) (*Draft, error) {
	d, found, err := store.Held(tx, scanDraft, `select `+draftColumns+` from draft where home = $1 and id = $2 and person = $3`, tx.Home(), id, person)
	return o.opened(tx, d, found, err)
}

func (o *Office) opened(tx *store.Tx, d *Draft, found bool, err error) (*Draft, error) {
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, act.Missing("casework.draft")
	}
	if !d.Submitted && d.Expires < tx.Today() {
		// It waits to be erased, as its owner was told.
		return nil, act.Refuse("casework.draft.expired", "until", wording.Date(wording.ZH, d.Expires)).Then("casework.draft.expired.next")
	}
	key, err := o.Vault.Key(tx, d.Key)
	if err != nil {
		return nil, err
	}
	d.Secret, err = openSecret(key, "draft", d.ID, d.secret)
	return d, err
}

// Drafts lists a person's drafts that can still be submitted, newest first.
func (o *Office) Drafts(tx *store.Tx, person int64) ([]*Draft, error) {
	return store.All(tx, scanDraft, `select `+draftColumns+` from draft where home = $1 and person = $2 and not submitted and expires >= $3
		order by saved desc limit 50`, tx.Home(), person, tx.Today())
}

// DraftIn saves part of an application.
type DraftIn struct {
	Draft    int64          `json:"draft,omitempty"` // 0 begins a new one
	Item     int64          `json:"item,omitempty"`
	Subject  int64          `json:"subject,omitempty"`  // 0 is the actor
	Values   map[string]any `json:"values,omitempty"`   // laid over what was saved before
	Delivery string         `json:"delivery,omitempty"` // window or courier
	Address  string         `json:"address,omitempty"`  // for the courier
}

// SaveDraft keeps what has been filled in so far, as it is: what is wrong is
// said at its page and again at the submission. The draft outlives the login.
func (o *Office) SaveDraft(ctx context.Context, a act.Actor, token string, in DraftIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, saveDraft, in, func(c *act.Call, in DraftIn) (Done, error) { return o.saveDraft(c, in, false) })
}

// SaveDraftFor does the same at the window for somebody who came in person.
func (o *Office) SaveDraftFor(ctx context.Context, a act.Actor, token string, in DraftIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, saveDraftFor, in, func(c *act.Call, in DraftIn) (Done, error) { return o.saveDraft(c, in, true) })
}

func (o *Office) saveDraft(c *act.Call, in DraftIn, window bool) (Done, error) {
	d := &Draft{}
	var err error
	if in.Draft != 0 {
		if d, err = o.holdDraft(c.Tx, c.Actor.Person, in.Draft); err != nil {
			return Done{}, err
		}
		if d.Submitted {
			return Done{}, act.Changed("casework.draft")
		}
		in.Item, in.Subject = d.Item, d.Subject
	}
	subject := in.Subject
	if subject == 0 {
		subject = c.Actor.Person
	}
	v, err := o.Items.InForce(c.Tx, in.Item, c.Today())
	if err != nil {
		return Done{}, err
	}
	if err := o.mayApply(c, v, subject, window); err != nil {
		return Done{}, err
	}
	for k := range in.Values {
		if _, ok := v.Form.Field(k); !ok {
			return Done{}, act.Wrong("casework.draft.field", "name", k)
		}
	}
	return o.writeDraft(c, d, v, subject, in)
}

// mayApply asks for the right to apply for a subject: one's own matter, that of
// somebody one may act for, or at the window.
func (o *Office) mayApply(c *act.Call, v *catalog.Version, subject int64, window bool) error {
	if !v.Complete() {
		return act.Refuse("casework.apply.name_only").Then("casework.apply.name_only.next")
	}
	if window {
		return c.Allow(act.Scope{Agency: windowOf(v), Region: o.Region})
	}
	s := act.Scope{Owner: subject, Region: o.Region}
	if subject != c.Actor.Person {
		may, err := o.People.MayActFor(c.Tx, c.Actor.Person, subject, c.Command.Right, c.Today())
		if err != nil {
			return err
		}
		if may {
			s.Agents = []int64{c.Actor.Person}
		}
	}
	return c.Allow(s)
}

func (o *Office) writeDraft(c *act.Call, d *Draft, v *catalog.Version, subject int64, in DraftIn) (Done, error) {
	fresh := d.ID == 0
	var key *vault.Key
	var err error
	if fresh {
		d.ID, d.Secret = c.Tx.NewID(), &Secret{}
		key, err = o.Vault.NewKey(c.Tx, Kind, d.ID)
	} else {
		key, err = o.Vault.Key(c.Tx, d.Key)
	}
	if err != nil {
		return Done{}, err
	}
	d.Secret.Form = overlay(v.Form, d.Secret.Form, in.Values)
	if in.Delivery != "" {
		d.Secret.Delivery, d.Secret.Address = in.Delivery, in.Address
	} else if in.Address != "" {
		d.Secret.Address = in.Address
	}
	sealed, err := sealSecret(key, "draft", d.ID, d.Secret)
	if err != nil {
		return Done{}, err
	}
	until := c.Today() + draftDays
	if fresh {
		c.Tx.Put(`insert into draft(home, `+draftColumns+`) values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			c.Tx.Home(), d.ID, c.Actor.Person, subject, v.Of, v.ID, key.ID(), sealed, c.Now(), until, false)
	} else {
		c.Tx.PutOne(act.Changed("casework.draft"), `update draft set item_version = $3, secret = $4, saved = $5, expires = $6 where home = $1 and id = $2 and not submitted`,
			c.Tx.Home(), d.ID, v.ID, sealed, c.Now(), until)
	}
	return Done{Case: d.ID}, nil
}

// overlay lays what is typed now over the answers that a draft has, without
// those to questions which the item's version of today no longer asks: nobody
// could take them out by hand.
func overlay(f *form.Form, saved, typed map[string]any) map[string]any {
	values := map[string]any{}
	for k, v := range saved {
		if _, asked := f.Field(k); asked {
			values[k] = v
		}
	}
	maps.Copy(values, typed)
	return values
}

// FilesOf names the attachments of a draft and of the case that it becomes.
func FilesOf(id int64) file.Owner { return file.Owner{Kind: Kind, ID: id} }

// fileIn is an attachment that has been received and waits for its row.
type fileIn struct {
	Case     int64
	Material string
	received file.Received
	limits   file.Limits
}

// Upload takes in one file for a material of a draft, or of a case that waits
// for its correction. The content is on disk, encrypted, before the command
// refers to it; a file that is too large or not what its name says is refused.
func (o *Office) Upload(ctx context.Context, a act.Actor, id int64, material, name string, content io.Reader) (Done, error) {
	key, limits, err := o.uploadTo(ctx, a, id, material)
	if err != nil {
		return Done{}, err
	}
	got, err := o.Files.Receive(ctx, key, name, content, limits)
	if err != nil {
		return Done{}, o.Runner.Settle("upload", err)
	}
	cmd := addFile
	if a.Who == act.Staff {
		cmd = addFileFor
	}
	return act.Run(ctx, o.Runner, a, "", cmd, fileIn{id, material, got, limits}, o.addFile)
}

// uploadTo finds the key and the limits of an upload before its bytes are read.
func (o *Office) uploadTo(ctx context.Context, a act.Actor, id int64, material string) (key *vault.Key, limits file.Limits, err error) {
	err = o.Store.Read(ctx, func(tx *store.Tx) error {
		var v *catalog.Version
		var keyID int64
		d, err := o.Draft(tx, a.Person, id)
		switch {
		case err == nil && !d.Submitted:
			keyID = d.Key
			v, err = o.Items.ByID(tx, d.Version)
		case err == nil || act.KindOf(err) == act.NotFound:
			keyID, v, err = o.correcting(tx, a, id)
		}
		if err != nil {
			return err
		}
		if limits, err = uploadLimits(v, material); err != nil {
			return err
		}
		key, err = o.Vault.Key(tx, keyID)
		return err
	})
	return key, limits, o.Runner.Settle("upload", err)
}

// correcting is the data key and the version of a case that waits for its
// correction, for those who may hand in what is missing: nobody else's bytes are
// taken in at all.
func (o *Office) correcting(tx *store.Tx, a act.Actor, id int64) (key int64, v *catalog.Version, err error) {
	p, err := proceeding.Get(tx, id)
	if act.KindOf(err) == act.NotFound || err == nil && p.Status != Correcting {
		return 0, nil, act.Missing("casework.draft")
	}
	if err != nil {
		return 0, nil, err
	}
	f, err := getFile(tx, p.ID)
	if err != nil {
		return 0, nil, err
	}
	if v, err = o.Items.ByID(tx, p.ItemVersion); err != nil {
		return 0, nil, err
	}
	if v, err = o.holding(tx, v, f); err != nil {
		return 0, nil, err
	}
	scope, right := act.Scope{Agency: windowOf(v), Region: p.Region}, addFileFor.Right
	if a.Who != act.Staff {
		right = addFile.Right
		if scope, err = o.ownScope(tx, a.Person, right, p.Applicant, p.Filer); err != nil {
			return 0, nil, err
		}
	}
	err = o.Runner.Rights.Authorise(tx, a, right, scope)
	if act.KindOf(err) == act.Refused && a.Person != 0 {
		err = act.Missing("casework.draft") // that it exists is nobody else's business
	}
	return p.Key, v, err
}

func uploadLimits(v *catalog.Version, material string) (file.Limits, error) {
	for _, x := range v.Materials {
		if x.Key == material {
			return file.Limits{MaxBytes: int64(x.MaxMB) << 20, Formats: x.Formats}, nil
		}
	}
	return file.Limits{}, act.Wrong("casework.upload.material")
}

func (o *Office) addFile(c *act.Call, in fileIn) (Done, error) {
	d, err := o.holdDraft(c.Tx, c.Actor.Person, in.Case)
	if err == nil && !d.Submitted {
		v, err := o.Items.ByID(c.Tx, d.Version)
		if err != nil {
			return Done{}, err
		}
		if err := o.mayApply(c, v, d.Subject, c.Actor.Who == act.Staff); err != nil {
			return Done{}, err
		}
		key, err := o.Vault.Key(c.Tx, d.Key)
		if err != nil {
			return Done{}, err
		}
		at, err := o.Files.Put(c.Tx, key, FilesOf(d.ID), in.Material, in.received, in.limits)
		return Done{Case: d.ID, Extra: at.ID}, err
	}
	return o.addFileToCase(c, in)
}

// addFileToCase takes in a file for a material that the notice named.
func (o *Office) addFileToCase(c *act.Call, in fileIn) (Done, error) {
	scope := asApplicant
	if c.Actor.Who == act.Staff {
		scope = atWindow
	}
	m, err := o.take(c, in.Case, scope)
	if err != nil {
		return Done{}, err
	}
	if err := m.must(Correcting); err != nil {
		return Done{}, err
	}
	x := m.f.Facts.Material(in.Material)
	if x == nil || x.State != MaterialMissing && x.State != MaterialGiven || !m.named("material:"+in.Material) {
		return Done{}, act.Refuse("casework.correct.not_named").By(m.article(receiving, m.v.Terms.Notice))
	}
	at, err := o.Files.Put(c.Tx, m.key, FilesOf(m.p.ID), in.Material, in.received, in.limits)
	if err != nil {
		return Done{}, err
	}
	if x.State == MaterialMissing {
		x.State, x.Grade, x.Files = MaterialGiven, "C", nil
	}
	x.Files = append(x.Files, at.ID)
	done, err := m.save(m.event("case.file_added", map[string]any{"material": in.Material}))
	done.Extra = at.ID
	return done, err
}

// source is where a value came from, as a message for people.
func source(text string) wording.Message { return wording.M("casework.source", "source", text) }
