package api

import (
	"context"
	"encoding/json"
	"net/http"

	"tongban/internal/house"
	"tongban/internal/record/act"
	"tongban/internal/work/adjust"
)

type adjustmentHead struct {
	Document  string `json:"document" maxLength:"200" example:"云政发〔2026〕30号"`
	Level     string `json:"level,omitempty" enum:"county,city,province,state" example:"county"`
	Reason    string `json:"reason" maxLength:"2000" example:"上位法修改，取消一项许可"`
	Source    string `json:"source,omitempty" enum:"own,law,above" example:"own"`
	LawChange int64  `json:"law_change,omitempty"`
	Order     int64  `json:"order,omitempty"`
	From      string `json:"from" format:"date" example:"2026-09-01"`
}

// adjustedBody is what becomes of one entry; its content is as the list is read,
// and may be as people type it.
type adjustedBody struct {
	List     string         `json:"list" maxLength:"40" example:"power"`
	Code     string         `json:"code" maxLength:"80" example:"PL-01-001"`
	Does     string         `json:"does" enum:",new,change,split,merge,suspend,resume,cancel,filing,internal,take_over,hand_down,keep" example:"cancel"`
	Into     []string       `json:"into,omitempty" maxItems:"50"`
	Receiver string         `json:"receiver,omitempty" maxLength:"40"`
	Giver    string         `json:"giver,omitempty" maxLength:"100" example:"省市场监督管理局"`
	Proposal int64          `json:"proposal,omitempty"`
	Content  map[string]any `json:"content,omitempty"`
	Note     string         `json:"note,omitempty" maxLength:"2000"`
	Moves    string         `json:"moves,omitempty" maxLength:"200"`
}

type editBody struct {
	Rev    int             `json:"rev" minimum:"1" example:"1"`
	Head   *adjustmentHead `json:"head,omitempty"`
	Put    []adjustedBody  `json:"put,omitempty" maxItems:"2000"`
	Remove []int64         `json:"remove,omitempty" maxItems:"2000"`
}

type revBody struct {
	Rev int `json:"rev" minimum:"1" example:"2"`
}

type revReasonBody struct {
	Rev    int    `json:"rev" minimum:"1" example:"2"`
	Reason string `json:"reason,omitempty" maxLength:"2000" example:"已核对"`
}

type acceptRuleBody struct {
	Rev    int    `json:"rev" minimum:"1" example:"2"`
	Rule   string `json:"rule" maxLength:"60" example:"power.basis"`
	Reason string `json:"reason" maxLength:"2000" example:"依据正在修改"`
}

type stayBody struct {
	Rev    int    `json:"rev" minimum:"1" example:"2"`
	Entry  int64  `json:"entry" example:"1002"`
	Reason string `json:"reason" maxLength:"2000" example:"已受理的按原事项办完"`
}

type consentBody struct {
	Rev    int    `json:"rev" minimum:"1" example:"2"`
	Agrees bool   `json:"agrees" example:"true"`
	Reason string `json:"reason,omitempty" maxLength:"2000"`
}

type conveneBody struct {
	Rev     int     `json:"rev" minimum:"1" example:"2"`
	Members []int64 `json:"members" maxItems:"100" example:"[501,502]"`
	Reason  string  `json:"reason,omitempty" maxLength:"2000"`
}

type panelBody struct {
	Rev        int    `json:"rev" minimum:"1" example:"2"`
	Legal      bool   `json:"legal" example:"true"`
	Reasonable bool   `json:"reasonable" example:"true"`
	Reasons    string `json:"reasons" maxLength:"2000" example:"上位法依据已经取消"`
}

type settleBody struct {
	Rev     int    `json:"rev" minimum:"1" example:"2"`
	Approve bool   `json:"approve" example:"true"`
	Reason  string `json:"reason,omitempty" maxLength:"2000"`
}

type redateBody struct {
	Rev  int    `json:"rev" minimum:"1" example:"2"`
	From string `json:"from" format:"date" example:"2026-10-01"`
}

// onAdjustment is a command on an adjustment, as its giver saw it.
type onAdjustment[B any] struct {
	Keyed
	TheAdjustment
	Body B
}

// seen is the adjustment at the revision that was seen.
func (in TheAdjustment) seen(rev int) adjust.At { return adjust.At{ID: in.Adjustment, Rev: rev} }

type adjustedFileIn struct {
	Keyed
	TheAdjustment
	Sent
	Rev   int    `query:"rev" required:"true" minimum:"1" example:"1"`
	List  string `query:"list" required:"true" maxLength:"40" example:"power"`
	Does  string `query:"does" required:"true" enum:"new,change,take_over" example:"change"`
	Giver string `query:"giver" maxLength:"100" example:"省市场监督管理局"`
}

type stayed struct {
	Cases int `json:"cases" example:"3"`
}

// adjustmentAct adds a command on an adjustment that answers with it.
func adjustmentAct[B any](s *server, id, word string, c act.Command, example B, do func(ctx context.Context, a act.Actor, key string, in TheAdjustment, b B) error) {
	p := spec{id: id, method: http.MethodPost, path: "/adjustments/{adjustment}/" + word, tag: "adjust", command: c.Name, access: staff, example: example}
	on(s, p, func(ctx context.Context, v *visit, in *onAdjustment[B]) (*echoedBody[adjustmentView], error) {
		err := s.first(ctx, v, c)
		if err == nil {
			err = do(ctx, v.actor, in.Key, in.TheAdjustment, in.Body)
		}
		return s.moved(ctx, in.Keyed, adjust.At{ID: in.Adjustment}, err)
	})
}

// adjustmentActs adds what is done with an adjustment on its way.
func adjustmentActs(s *server) {
	d := s.h.Adjust
	on(s, spec{id: "draftAdjustment", method: http.MethodPost, path: "/adjustments", tag: "adjust", command: adjust.CommandDraft.Name, access: staff,
		example: adjustmentHead{Document: "云政发〔2026〕30号", Reason: "上位法修改，取消一项许可", From: "2026-09-01"}}, s.draftAdjustment)
	on(s, spec{id: "editAdjustment", method: http.MethodPost, path: "/adjustments/{adjustment}/edit", tag: "adjust", command: adjust.CommandEdit.Name, access: staff,
		example: editBody{Rev: 1, Put: []adjustedBody{{List: "power", Code: "PL-01-001", Does: "cancel"}}}}, s.editAdjustment)
	on(s, spec{id: "uploadAdjusted", method: http.MethodPost, path: "/adjustments/{adjustment}/entries", tag: "adjust", command: adjust.CommandEdit.Name, access: staff}, s.uploadAdjusted)
	s.takesFiles("/adjustments/{adjustment}/entries")
	adjustmentAct(s, "acceptFindings", "accept", adjust.CommandAccept, acceptRuleBody{2, "power.basis", "依据正在修改"},
		func(ctx context.Context, a act.Actor, key string, in TheAdjustment, b acceptRuleBody) error {
			return d.Accept(ctx, a, key, in.seen(b.Rev), b.Rule, b.Reason)
		})
	on(s, spec{id: "letCasesStay", method: http.MethodPost, path: "/adjustments/{adjustment}/stay", tag: "adjust", command: adjust.CommandStay.Name, access: staff,
		example: stayBody{2, 1002, "已受理的按原事项办完"}}, func(ctx context.Context, v *visit, in *onAdjustment[stayBody]) (*echoedBody[stayed], error) {
		if err := s.first(ctx, v, adjust.CommandStay); err != nil {
			return nil, err
		}
		n, err := d.Stay(ctx, v.actor, in.Key, in.seen(in.Body.Rev), in.Body.Entry, in.Body.Reason)
		return &echoedBody[stayed]{Echoed(in.Keyed), stayed{n}}, err
	})
	adjustmentAct(s, "dropAdjustment", "drop", adjust.CommandDrop, revReasonBody{2, "不再需要"}, func(ctx context.Context, a act.Actor, key string, in TheAdjustment, b revReasonBody) error {
		return d.Drop(ctx, a, key, in.seen(b.Rev), b.Reason)
	})
	adjustmentAct(s, "handInAdjustment", "hand-in", adjust.CommandHandIn, revBody{2}, func(ctx context.Context, a act.Actor, key string, in TheAdjustment, b revBody) error {
		return d.HandIn(ctx, a, key, in.seen(b.Rev))
	})
	adjustmentAct(s, "reopenAdjustment", "reopen", adjust.CommandReopen, revReasonBody{2, "按意见修改"}, func(ctx context.Context, a act.Actor, key string, in TheAdjustment, b revReasonBody) error {
		return d.Reopen(ctx, a, key, in.seen(b.Rev), b.Reason)
	})
	decidingActs(s)
}

// decidingActs adds what is said of an adjustment, and what follows the decision.
func decidingActs(s *server) {
	d := s.h.Adjust
	adjustmentAct(s, "consentAdjustment", "consent", adjust.CommandConsent, consentBody{Rev: 2, Agrees: true}, func(ctx context.Context, a act.Actor, key string, in TheAdjustment, b consentBody) error {
		return d.Agree(ctx, a, key, in.seen(b.Rev), a.Agency, b.Agrees, b.Reason)
	})
	adjustmentAct(s, "convenePanel", "panel", adjust.CommandConvene, conveneBody{Rev: 2, Members: []int64{501, 502}}, func(ctx context.Context, a act.Actor, key string, in TheAdjustment, b conveneBody) error {
		return d.Convene(ctx, a, key, in.seen(b.Rev), b.Members, b.Reason)
	})
	adjustmentAct(s, "giveOpinion", "opinion", adjust.CommandOpine, panelBody{2, true, true, "上位法依据已经取消"}, func(ctx context.Context, a act.Actor, key string, in TheAdjustment, b panelBody) error {
		return d.Opine(ctx, a, key, in.seen(b.Rev), b.Legal, b.Reasonable, b.Reasons)
	})
	adjustmentAct(s, "decideAdjustment", "decide", adjust.CommandDecide, settleBody{Rev: 2, Approve: true}, func(ctx context.Context, a act.Actor, key string, in TheAdjustment, b settleBody) error {
		return d.Decide(ctx, a, key, in.seen(b.Rev), b.Approve, b.Reason)
	})
	adjustmentAct(s, "announceAdjustment", "announce", adjust.CommandAnnounce, revBody{2}, func(ctx context.Context, a act.Actor, key string, in TheAdjustment, b revBody) error {
		return d.Announce(ctx, a, key, in.seen(b.Rev))
	})
	adjustmentAct(s, "redateAdjustment", "redate", adjust.CommandRedate, redateBody{2, "2026-10-01"}, func(ctx context.Context, a act.Actor, key string, in TheAdjustment, b redateBody) error {
		from, err := typedDay(b.From)
		if err != nil {
			return err
		}
		return d.Redate(ctx, a, key, in.seen(b.Rev), from)
	})
	on(s, spec{id: "applyAdjustment", method: http.MethodPost, path: "/adjustments/{adjustment}/apply", tag: "adjust", command: adjust.CommandApply.Name, access: staff,
		example: revBody{2}}, func(ctx context.Context, v *visit, in *onAdjustment[revBody]) (*echoedBody[adjust.Applied], error) {
		if err := s.first(ctx, v, adjust.CommandApply); err != nil {
			return nil, err
		}
		done, err := d.Apply(ctx, v.actor, in.Key, in.seen(in.Body.Rev))
		return &echoedBody[adjust.Applied]{Echoed(in.Keyed), done}, err
	})
}

// head reads what an adjustment says of itself.
func (b adjustmentHead) head() (adjust.Head, error) {
	from, err := typedDay(b.From)
	return adjust.Head{Document: b.Document, Level: b.Level, Reason: b.Reason, Source: b.Source, LawChange: b.LawChange, Order: b.Order, From: from}, err
}

func (s *server) draftAdjustment(ctx context.Context, v *visit, in *keyedBody[adjustmentHead]) (*echoedBody[begun], error) {
	head, err := in.Body.head()
	if err != nil {
		return nil, err
	}
	x, err := s.h.Adjust.Begin(ctx, v.actor, in.Key, head)
	return &echoedBody[begun]{Echoed(in.Keyed), begun{x.ID, x.Rev, x.Entries}}, err
}

func (s *server) editAdjustment(ctx context.Context, v *visit, in *onAdjustment[editBody]) (*echoedBody[begun], error) {
	if err := s.first(ctx, v, adjust.CommandEdit); err != nil {
		return nil, err
	}
	e := adjust.Edit{At: in.seen(in.Body.Rev), Remove: in.Body.Remove}
	if in.Body.Head != nil {
		head, err := in.Body.Head.head()
		if err != nil {
			return nil, err
		}
		e.Head = &head
	}
	for _, b := range in.Body.Put {
		x, err := b.entry()
		if err != nil {
			return nil, err
		}
		e.Put = append(e.Put, x)
	}
	return s.edited(ctx, v, in.Keyed, e)
}

func (s *server) edited(ctx context.Context, v *visit, key Keyed, e adjust.Edit) (*echoedBody[begun], error) {
	x, err := s.h.Adjust.Edit(ctx, v.actor, key.Key, e)
	return &echoedBody[begun]{Echoed(key), begun{x.ID, x.Rev, x.Entries}}, s.meanwhileAdjusted(ctx, e, err)
}

// entry is an entry as it was sent; its content is read as a file with it would be.
func (b adjustedBody) entry() (adjust.Entry, error) {
	e := adjust.Entry{List: b.List, Code: b.Code, Does: adjust.Does(b.Does)}
	if b.Content != nil {
		src, err := json.Marshal(map[string]any{"entries": []any{b.Content}})
		if err != nil {
			return e, err
		}
		read, err := adjust.ReadEntries(b.List, e.Does, "entry.json", src)
		if err != nil {
			return e, err
		}
		e.Content = read[0].Content
	}
	e.Into, e.Receiver, e.Giver, e.Proposal, e.Note, e.Moves = b.Into, b.Receiver, b.Giver, b.Proposal, b.Note, b.Moves
	return e, nil
}

// uploadAdjusted takes entries with their content from a workbook or a text file,
// as the list's own export has them, or new items from an archive with their folders.
func (s *server) uploadAdjusted(ctx context.Context, v *visit, in *adjustedFileIn) (*echoedBody[begun], error) {
	if err := s.first(ctx, v, adjust.CommandEdit); err != nil {
		return nil, err
	}
	files, err := in.files()
	if err != nil {
		return nil, err
	}
	e := adjust.Edit{At: in.seen(in.Rev)}
	for _, f := range files {
		entries, err := house.ReadAdjusted(in.List, adjust.Does(in.Does), in.Giver, f.name, f.text)
		if err != nil {
			return nil, err
		}
		e.Put = append(e.Put, entries...)
	}
	return s.edited(ctx, v, in.Keyed, e)
}
