package adjustments

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tongban/internal/house"
	"tongban/internal/record/act"
	"tongban/internal/register/lists"
	"tongban/internal/web/casepage"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/adjust"
)

// uploadMax bounds a file of entries, in bytes.
const uploadMax = 16 << 20

// answer sends the reader back to the adjustment, or shows there what has to be mended.
func (o *desk) answer(w http.ResponseWriter, r *http.Request, err error, done string) {
	if wrong, ok := door.Wrong(err); ok {
		var list []ui.FieldError
		for _, t := range sentences(err, wrong) {
			list = append(list, ui.FieldError{Text: t})
		}
		o.oneWith(w, r, ui.Page{Errors: list})
		return
	}
	o.settled(w, r, err, address(number(r))+"?done="+done)
}

// sentences are what is wrong, in the order in which it was said.
func sentences(err error, wrong map[string]ui.Text) (list []ui.Text) {
	if e, ok := err.(*act.Error); ok && len(e.Fields) > 0 {
		for _, f := range e.Fields {
			list = append(list, f.Msg)
		}
		return list
	}
	for _, t := range wrong {
		list = append(list, t)
	}
	return list
}

// draft is what a manager does with an adjustment before it is decided.
func (o *desk) draft(w http.ResponseWriter, r *http.Request) {
	ctx, a, key, at, reason := r.Context(), door.Actor(r), door.Key(r), at(r), value(r, "reason")
	done := "saved"
	var err error
	switch value(r, "act") {
	case "head":
		var head adjust.Head
		if head, err = typedHead(r, headPrefix, o.House.Store.Now().Day()); err == nil {
			_, err = o.adjust.Edit(ctx, a, key, adjust.Edit{At: at, Head: &head})
		}
	case "put":
		entries := typed(r)
		if form := contentForm(entries); form != "" {
			door.Done(w, r, address(at.ID)+form)
			return
		}
		_, err = o.adjust.Edit(ctx, a, key, adjust.Edit{At: at, Put: entries})
	case "remove":
		_, err = o.adjust.Edit(ctx, a, key, adjust.Edit{At: at, Remove: []int64{valueInt(r, "entry")}})
	case "accept":
		err = o.adjust.Accept(ctx, a, key, at, value(r, "rule"), reason)
	case "stay":
		_, err = o.adjust.Stay(ctx, a, key, at, valueInt(r, "entry"), reason)
	case "drop":
		done, err = "moved", o.adjust.Drop(ctx, a, key, at, reason)
	case "reopen":
		done, err = "moved", o.adjust.Reopen(ctx, a, key, at, reason)
	case "convene":
		var members []int64
		for _, v := range r.PostForm["members"] {
			n, _ := strconv.ParseInt(v, 10, 64)
			members = append(members, n)
		}
		done, err = "moved", o.adjust.Convene(ctx, a, key, at, members, reason)
	case "hand_in":
		done, err = "moved", o.adjust.HandIn(ctx, a, key, at)
	default:
		err = act.Missing("adjust.thing.adjustment")
	}
	o.answer(w, r, err, done)
}

// typed reads entries: one code a line, with the codes of its successors behind it.
func typed(r *http.Request) []adjust.Entry {
	var list []adjust.Entry
	for _, line := range strings.Split(r.PostFormValue("codes"), "\n") {
		words := strings.Fields(strings.NewReplacer("，", " ", ",", " ", "→", " ", "、", " ").Replace(line))
		if len(words) == 0 {
			continue
		}
		list = append(list, adjust.Entry{List: value(r, "list"), Code: words[0], Does: adjust.Does(value(r, "does")), Into: words[1:],
			Receiver: value(r, "receiver"), Proposal: valueInt(r, "proposal"), Moves: value(r, "moves"), Note: value(r, "note")})
	}
	if len(list) == 0 {
		list = append(list, adjust.Entry{List: value(r, "list"), Does: adjust.Does(value(r, "does"))})
	}
	return list
}

// contentForm leads to the form of an entry that says something new: there is nothing
// to keep before that is written. "" where the codes alone say all.
func contentForm(entries []adjust.Entry) string {
	e := entries[0]
	if len(entries) != 1 || e.Code == "" || !slices.Contains(contentful(e.List), e.Does) {
		return ""
	}
	return "/entry?" + url.Values{"list": {e.List}, "code": {e.Code}, "does": {string(e.Does)}}.Encode()
}

// contentful is what becomes of an entry that says something new afterwards; a known
// item is changed as it is written elsewhere.
func contentful(list string) []adjust.Does {
	if list == adjust.OnItems {
		return []adjust.Does{adjust.New, adjust.TakeOver}
	}
	return []adjust.Does{adjust.New, adjust.Change, adjust.TakeOver}
}

// empty is the workbook to fill in for a list, with how each column is filled in.
func (o *desk) empty(w http.ResponseWriter, r *http.Request) {
	k, err := adjust.KindOf(r.URL.Query().Get("of"))
	if err != nil {
		o.Fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	w.Header().Set("Content-Disposition", `attachment; filename="`+k.Key+`.xlsx"`)
	_ = lists.Export{Kind: k}.Excel(w, func(func(lists.Entry, error) bool) {}) // broken off when the reader is gone
}

// upload takes entries with their content from a workbook or a text file, as the
// list's own export has them.
func (o *desk) upload(w http.ResponseWriter, r *http.Request) {
	var src []byte
	name := ""
	values, _, err := casepage.MultipartUpTo(r, 2*uploadMax, func(_, file string, content io.Reader) (err error) {
		src, err = io.ReadAll(io.LimitReader(content, uploadMax+1))
		name = file
		return err
	})
	if err != nil {
		o.Fail(w, r, err)
		return
	}
	rev, _ := strconv.Atoi(values.Get("rev"))
	entries, err := entriesOf(values, name, src)
	if err == nil {
		_, err = o.adjust.Edit(r.Context(), door.Actor(r), values.Get("idempotency_key"), adjust.Edit{At: adjust.At{ID: number(r), Rev: rev}, Put: entries})
	}
	o.answer(w, r, err, "saved")
}

func entriesOf(form url.Values, name string, src []byte) ([]adjust.Entry, error) {
	if len(src) == 0 || len(src) > uploadMax {
		return nil, act.WrongFields("adjust.wrong", []act.Field{{Name: "file", Msg: ui.M("adjustments.file", "mb", uploadMax>>20)}})
	}
	return house.ReadAdjusted(form.Get("file_list"), adjust.Does(form.Get("file_does")), form.Get("file_giver"), name, src)
}

func (o *desk) agree(w http.ResponseWriter, r *http.Request) {
	err := chosen(r, "agrees")
	if err == nil {
		err = o.adjust.Agree(r.Context(), door.Actor(r), door.Key(r), at(r), door.Actor(r).Agency, value(r, "agrees") == "yes", value(r, "reason"))
	}
	o.answer(w, r, err, "said")
}

func (o *desk) opine(w http.ResponseWriter, r *http.Request) {
	err := chosen(r, "legal", "reasonable")
	if err == nil {
		err = o.adjust.Opine(r.Context(), door.Actor(r), door.Key(r), at(r), value(r, "legal") == "yes", value(r, "reasonable") == "yes", value(r, "reasons"))
	}
	o.answer(w, r, err, "said")
}

func (o *desk) decide(w http.ResponseWriter, r *http.Request) {
	err := chosen(r, "approve")
	if err == nil {
		err = o.adjust.Decide(r.Context(), door.Actor(r), door.Key(r), at(r), value(r, "approve") == "yes", value(r, "reason"))
	}
	o.answer(w, r, err, "said")
}

// chosen wants yes or no in each of some fields: silence is neither.
func chosen(r *http.Request, names ...string) error {
	var wrong []act.Field
	for _, n := range names {
		if v := value(r, n); v != "yes" && v != "no" {
			wrong = append(wrong, act.Field{Name: n, Msg: ui.M("adjustments.choose", "what", ui.M("adjustments.field."+n))})
		}
	}
	return act.WrongFields("adjust.wrong", wrong)
}

// notice is what follows a decision: announcing, answering, a later day, the lists.
func (o *desk) notice(w http.ResponseWriter, r *http.Request) {
	ctx, a, key, at := r.Context(), door.Actor(r), door.Key(r), at(r)
	done := "moved"
	var err error
	switch value(r, "act") {
	case "announce":
		err = o.adjust.Announce(ctx, a, key, at)
	case "answer":
		done, err = "said", o.adjust.Answer(ctx, a, key, valueInt(r, "comment"), value(r, "outcome"), value(r, "reason"))
	case "redate":
		from, wrong := dayOf(r, "from", o.House.Store.Now().Day())
		if err = wrong; err == nil {
			done, err = "saved", o.adjust.Redate(ctx, a, key, at, from)
		}
	case "apply":
		done = "applied"
		_, err = o.adjust.Apply(ctx, a, key, at)
	default:
		err = act.Missing("adjust.thing.adjustment")
	}
	o.answer(w, r, err, done)
}
