package api

import (
	"context"
	"fmt"
	"net/http"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/work/adjust"
)

// TheNotice names an adjustment that the public may read.
type TheNotice struct {
	Notice int64 `path:"notice" example:"1001"`
}

// path is an address below the notice's.
func (in TheNotice) path(rest string) string { return fmt.Sprintf("/notices/%d%s", in.Notice, rest) }

type noticePartIn struct {
	TheNotice
	Paged
}

// publicNotice is a public notice.
type publicNotice struct {
	AdjustmentLine
	Open       bool `json:"open"`
	Comments   int  `json:"comments"`
	Unanswered int  `json:"unanswered"`
}

// publicEntry is what becomes of something, as the notice tells it.
type publicEntry struct {
	List     string   `json:"list"`
	Code     string   `json:"code"`
	Name     string   `json:"name"`
	Does     string   `json:"does" enum:",new,change,split,merge,suspend,resume,cancel,filing,internal,take_over,hand_down,keep"`
	DoesText string   `json:"does_text"`
	Into     []string `json:"into"`
	Giver    string   `json:"giver,omitempty"`
	Note     string   `json:"note,omitempty"`
	Moves    string   `json:"moves,omitempty"`
}

// commentView is what somebody of the public said, without who it was.
type commentView struct {
	ID      int64   `json:"id"`
	Words   string  `json:"words"`
	Day     day.Day `json:"day"`
	Outcome string  `json:"outcome" enum:",taken,partly,declined"`
	Answer  string  `json:"answer"`
}

type wordsBody struct {
	Words string `json:"words" maxLength:"4000" example:"请说明取消后由谁监管。"`
}

type commentDone struct {
	Comment int64 `json:"comment" example:"1001"`
}

type commentAnswerBody struct {
	Outcome string `json:"outcome" enum:"taken,partly,declined" example:"taken"`
	Reason  string `json:"reason" maxLength:"2000" example:"已在备注里写明监管机关"`
}

// notices adds what the public reads of adjustments and says about them.
func notices(s *server) {
	get := func(id, path string) spec {
		return spec{id: id, method: http.MethodGet, path: path, tag: "open", access: public}
	}
	on(s, get("listNotices", "/notices"), s.listNotices)
	on(s, get("showNotice", "/notices/{notice}"), s.showNotice)
	on(s, get("listNoticeEntries", "/notices/{notice}/entries"), s.noticeEntries)
	on(s, get("compareNotice", "/notices/{notice}/differences"), s.noticeDifferences)
	on(s, get("listNoticeComments", "/notices/{notice}/comments"), s.noticeComments)
	on(s, spec{id: "commentNotice", method: http.MethodPost, path: "/notices/{notice}/comments", tag: "mine", command: adjust.CommandComment.Name,
		example: wordsBody{"请说明取消后由谁监管。"}}, s.commentNotice)
	on(s, spec{id: "answerComment", method: http.MethodPost, path: "/comments/{comment}/answer", tag: "adjust", command: adjust.CommandAnswer.Name, access: staff,
		example: commentAnswerBody{"taken", "已在备注里写明监管机关"}}, s.answerComment)
}

func (s *server) listNotices(ctx context.Context, _ *visit, in *Paged) (*pageOut[AdjustmentLine], error) {
	before, list := int64(0), []adjust.Adjustment(nil)
	if err := place(in.Cursor, &before); err != nil {
		return nil, err
	}
	err := s.read(ctx, func(tx *store.Tx) (err error) {
		list, err = adjust.Public(tx, before, in.Limit+1)
		return err
	})
	return page("/notices", nil, *in, adjustmentLines(list), func(a AdjustmentLine) any { return a.ID }), err
}

func (s *server) showNotice(ctx context.Context, _ *visit, in *TheNotice) (*bodyOf[publicNotice], error) {
	out := &bodyOf[publicNotice]{}
	err := s.read(ctx, func(tx *store.Tx) error {
		a, err := adjust.PublicByID(tx, in.Notice)
		if err != nil {
			return err
		}
		out.Body.AdjustmentLine, out.Body.Open = adjustmentLine(a), a.Stage == adjust.Notice && tx.Today() <= a.NoticeUntil
		out.Body.Comments, out.Body.Unanswered, err = adjust.CommentCounts(tx, a.ID)
		return err
	})
	return out, err
}

func (s *server) noticeEntries(ctx context.Context, v *visit, in *noticePartIn) (*pageOut[publicEntry], error) {
	var list []publicEntry
	err := s.read(ctx, func(tx *store.Tx) error {
		if _, err := adjust.PublicByID(tx, in.Notice); err != nil {
			return err
		}
		all, err := adjustedViews(tx, v, in.Notice)
		for _, e := range all {
			list = append(list, publicEntry{e.List, e.Code, e.Name, e.Does, e.DoesText, e.Into, e.Giver, e.Note, e.Moves})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return pageAfter(in.path("/entries"), nil, in.Paged, list, func(e publicEntry) string { return e.List + " " + e.Code })
}

// noticeDifferences tells what will differ on each list, as long as it lies ahead;
// afterwards the lists themselves tell.
func (s *server) noticeDifferences(ctx context.Context, _ *visit, in *noticePartIn) (*pageOut[adjustDifference], error) {
	var x adjust.Adjustment
	var entries []adjust.Entry
	err := s.read(ctx, func(tx *store.Tx) (err error) {
		if x, err = adjust.PublicByID(tx, in.Notice); err == nil && x.Stage == adjust.Notice {
			entries, err = adjust.Entries(tx, x.ID)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	plans, err := s.h.Adjust.Plans(ctx, x, entries)
	if err != nil {
		return nil, err
	}
	return pageFrom(in.path("/differences"), nil, in.Paged, plannedDifferences(plans))
}

// commentPage is a page of comments; the public sees those that were answered.
func (s *server) commentPage(ctx context.Context, id int64, path string, p Paged, inside bool, find func(tx *store.Tx) error) (*pageOut[commentView], error) {
	after, list := int64(0), []commentView(nil)
	if err := place(p.Cursor, &after); err != nil {
		return nil, err
	}
	err := s.read(ctx, func(tx *store.Tx) error {
		if err := find(tx); err != nil {
			return err
		}
		all, err := adjust.Comments(tx, id, !inside, after, p.Limit+1)
		for _, m := range all {
			list = append(list, commentView{m.ID, m.Words, m.At.Day(), m.Outcome, m.Answer})
		}
		return err
	})
	return page(path, nil, p, list, func(m commentView) any { return m.ID }), err
}

func (s *server) noticeComments(ctx context.Context, _ *visit, in *noticePartIn) (*pageOut[commentView], error) {
	return s.commentPage(ctx, in.Notice, in.path("/comments"), in.Paged, false, func(tx *store.Tx) error {
		_, err := adjust.PublicByID(tx, in.Notice)
		return err
	})
}

func (s *server) adjustmentComments(ctx context.Context, v *visit, in *partIn) (*pageOut[commentView], error) {
	return s.commentPage(ctx, in.Adjustment, in.path("/comments"), in.Paged, true, func(tx *store.Tx) error {
		if err := s.concerns(tx, v, in.Adjustment); err != nil {
			return err
		}
		_, err := adjust.ByID(tx, in.Adjustment)
		return err
	})
}

func (s *server) commentNotice(ctx context.Context, v *visit, in *struct {
	Keyed
	TheNotice
	Body wordsBody
}) (*echoedBody[commentDone], error) {
	id, err := s.h.Adjust.Say(ctx, v.actor, in.Key, in.Notice, in.Body.Words)
	return &echoedBody[commentDone]{Echoed(in.Keyed), commentDone{id}}, err
}

func (s *server) answerComment(ctx context.Context, v *visit, in *struct {
	Keyed
	Comment int64 `path:"comment" example:"1001"`
	Body    commentAnswerBody
}) (*echoedBody[commentDone], error) {
	if err := s.first(ctx, v, adjust.CommandAnswer); err != nil {
		return nil, err
	}
	err := s.h.Adjust.Answer(ctx, v.actor, in.Key, in.Comment, in.Body.Outcome, in.Body.Reason)
	return &echoedBody[commentDone]{Echoed(in.Keyed), commentDone{in.Comment}}, err
}
