package api

import (
	"context"
	"net/http"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
	"tongban/internal/rules/form"
	"tongban/internal/work/casework"
)

// draftBody is a part of an application; values are laid over what was saved.
type draftBody struct {
	Item    int64          `json:"item,omitempty" example:"17"`
	Subject int64          `json:"subject,omitempty" example:"0"`
	Values  map[string]any `json:"values,omitempty"`
	Address string         `json:"address,omitempty" maxLength:"200" example:"云禾县示范镇一号"`
}

type draftDone struct {
	Draft int64 `json:"draft"`
}

type draftView struct {
	ID      int64          `json:"id"`
	Item    int64          `json:"item"`
	Subject int64          `json:"subject"`
	Saved   string         `json:"saved" format:"date-time"`
	Expires day.Day        `json:"expires"`
	Values  map[string]any `json:"values,omitempty"`
	Files   []fileView     `json:"files,omitempty"`
}

type fileView struct {
	ID       int64  `json:"id"`
	Material string `json:"material"`
	Name     string `json:"name"`
	Type     string `json:"type"`
	Bytes    int64  `json:"bytes"`
}

type onDraft[B any] struct {
	Keyed
	Draft int64 `path:"draft" example:"42"`
	Body  B
}

type theDraft struct {
	Draft int64 `path:"draft" example:"42"`
}

// draftFile names a file of a draft.
type draftFile struct {
	Keyed
	Draft int64 `path:"draft" example:"42"`
	File  int64 `path:"file" example:"5001"`
}

// knownIn asks what is known for filling in an item's form.
type knownIn struct {
	Item    int64 `path:"item" example:"17"`
	Subject int64 `query:"subject"`
}

type knownView struct {
	Locked  map[string]knownValue `json:"locked"`
	Offered map[string]knownValue `json:"offered"`
}

type knownValue struct {
	Value  any    `json:"value"`
	Source string `json:"source"`
	Grade  string `json:"grade" enum:"A,B,C,D"`
}

// saver saves a draft: for oneself, or at the window for somebody else.
type saver func(context.Context, act.Actor, string, casework.DraftIn) (casework.Done, error)

func drafts(s *server) {
	o := s.h.Office
	example := draftBody{Item: 17, Values: map[string]any{"premises_area": 40}}
	for _, x := range []struct {
		suffix, path, command string
		access                access
		save                  saver
	}{{"", "/drafts", "case.save_draft", signedIn, o.SaveDraft}, {"For", "/window/drafts", "case.save_draft_for", staff, o.SaveDraftFor}} {
		on(s, spec{id: "beginDraft" + x.suffix, method: http.MethodPost, path: x.path, tag: "draft", command: x.command, access: x.access, status: http.StatusCreated,
			example: example}, func(ctx context.Context, v *visit, in *keyedBody[draftBody]) (*echoedBody[draftDone], error) {
			return saveDraft(ctx, v, in.Keyed, 0, in.Body, x.save)
		})
		on(s, spec{id: "saveDraft" + x.suffix, method: http.MethodPut, path: x.path + "/{draft}", tag: "draft", command: x.command, access: x.access,
			example: draftBody{Values: example.Values}}, func(ctx context.Context, v *visit, in *onDraft[draftBody]) (*echoedBody[draftDone], error) {
			return saveDraft(ctx, v, in.Keyed, in.Draft, in.Body, x.save)
		})
	}
	on(s, spec{id: "listDrafts", method: http.MethodGet, path: "/drafts", tag: "draft"}, s.listDrafts)
	on(s, spec{id: "showDraft", method: http.MethodGet, path: "/drafts/{draft}", tag: "draft"}, s.showDraft)
	on(s, spec{id: "showKnown", method: http.MethodGet, path: "/items/{item}/known", tag: "draft"}, s.showKnown)
	upload(s, "uploadToDraft", "/drafts/{id}/files", "draft")
	on(s, spec{id: "removeFile", method: http.MethodDelete, path: "/drafts/{draft}/files/{file}", tag: "draft", command: "case.remove_file"},
		func(ctx context.Context, v *visit, in *draftFile) (*struct{}, error) {
			_, err := o.RemoveFile(ctx, v.actor, in.Key, casework.RemoveFileIn{Draft: in.Draft, File: in.File})
			return nil, err
		})
}

func saveDraft(ctx context.Context, v *visit, k Keyed, id int64, b draftBody, save saver) (*echoedBody[draftDone], error) {
	done, err := save(ctx, v.actor, k.Key, casework.DraftIn{Draft: id, Item: b.Item, Subject: b.Subject, Values: b.Values, Address: b.Address})
	return &echoedBody[draftDone]{Echoed(k), draftDone{done.Case}}, err
}

func (s *server) listDrafts(ctx context.Context, v *visit, _ *struct{}) (*bodyOf[listOf[draftView]], error) {
	out := &bodyOf[listOf[draftView]]{}
	out.Body.Items = []draftView{}
	err := s.read(ctx, func(tx *store.Tx) error {
		list, err := s.h.Office.Drafts(tx, v.actor.Person)
		for _, d := range list {
			out.Body.Items = append(out.Body.Items, draftOf(d))
		}
		return err
	})
	return out, err
}

func draftOf(d *casework.Draft) draftView {
	v := draftView{ID: d.ID, Item: d.Item, Subject: d.Subject, Saved: moment(d.Saved), Expires: d.Expires}
	if d.Secret != nil {
		v.Values = d.Secret.Form
	}
	return v
}

func (s *server) showDraft(ctx context.Context, v *visit, in *theDraft) (*bodyOf[draftView], error) {
	out := &bodyOf[draftView]{}
	err := s.read(ctx, func(tx *store.Tx) error {
		d, err := s.h.Office.Draft(tx, v.actor.Person, in.Draft)
		if err != nil {
			return err
		}
		out.Body = draftOf(d)
		out.Body.Files, err = s.filesOf(tx, d.ID)
		return err
	})
	return out, err
}

func (s *server) filesOf(tx *store.Tx, id int64) ([]fileView, error) {
	list, err := s.h.Files.List(tx, casework.FilesOf(id))
	var out []fileView
	for _, f := range list {
		out = append(out, fileView{f.ID, f.Slot, f.Name, f.Type, f.Size})
	}
	return out, err
}

// showKnown tells what a form would be filled with, and from where, for oneself
// or for somebody one may apply for.
func (s *server) showKnown(ctx context.Context, v *visit, in *knownIn) (*bodyOf[knownView], error) {
	out := &bodyOf[knownView]{knownView{map[string]knownValue{}, map[string]knownValue{}}}
	err := s.read(ctx, func(tx *store.Tx) error {
		subject := in.Subject
		if subject == 0 {
			subject = v.actor.Person
		}
		may, err := s.h.People.MayActFor(tx, v.actor.Person, subject, "case.apply", tx.Today())
		if err != nil {
			return err
		}
		if !may {
			return act.Missing("api.subject")
		}
		item, err := s.h.Items.InForce(tx, in.Item, tx.Today())
		if err != nil {
			return err
		}
		return s.known(tx, item, subject, v, &out.Body)
	})
	return out, err
}

func (s *server) known(tx *store.Tx, item *catalog.Version, subject int64, v *visit, out *knownView) error {
	if err := item.Open(); err != nil {
		return err
	}
	known, err := s.h.Office.KnownOf(tx, subject)
	if err != nil {
		return err
	}
	kind := "person"
	if subject != v.actor.Person {
		if l, err := s.h.People.Legal(tx, subject); err == nil {
			kind = map[bool]string{true: "agency", false: "legal"}[l.Kind == "agency"]
		}
	}
	pre := item.Form.Prefill(known, form.Setting{Today: tx.Today(), Applicant: kind})
	for _, x := range []struct {
		from map[string]form.Known
		to   map[string]knownValue
	}{{pre.Locked, out.Locked}, {pre.Offered, out.Offered}} {
		for key, k := range x.from {
			x.to[key] = knownValue{k.Value, k.Source.In(v.lang), string(k.Grade)}
		}
	}
	return nil
}

func located(kind string, id int64) string {
	return Prefix + "/" + kind + "/" + strconv.FormatInt(id, 10)
}
