package api

import (
	"context"
	"net/http"
	"net/url"

	"tongban/internal/process/notice"
	"tongban/internal/record/store"
)

type noticeView struct {
	ID   int64  `json:"id"`
	Kind string `json:"kind"`
	Case int64  `json:"case,omitempty"`
	Text string `json:"text"`
	At   string `json:"at" format:"date-time"`
	Read string `json:"read,omitempty" format:"date-time"`
}

type inboxOut struct {
	Linked
	Body struct {
		Items  []noticeView `json:"items"`
		Next   string       `json:"next,omitempty"`
		Unread int64        `json:"unread"`
	}
}

func inbox(s *server) {
	on(s, spec{id: "listInbox", method: http.MethodGet, path: "/inbox", tag: "inbox"}, s.listInbox)
	on(s, spec{id: "markRead", method: http.MethodPost, path: "/inbox/read", tag: "inbox", command: "notice.read",
		example: notice.ReadIn{IDs: []int64{7001}}}, s.markRead)
}

func (s *server) listInbox(ctx context.Context, v *visit, in *Paged) (*inboxOut, error) {
	var at before
	if err := place(in.Cursor, &at); err != nil {
		return nil, err
	}
	out := &inboxOut{}
	out.Body.Items = []noticeView{}
	me := notice.Person(v.actor.Person)
	err := s.read(ctx, func(tx *store.Tx) error {
		list, err := notice.Inbox(tx, me, at.ID, in.Limit+1)
		if err != nil {
			return err
		}
		if len(list) > in.Limit {
			list = list[:in.Limit]
			out.Body.Next = mark(before{list[in.Limit-1].ID})
			out.Link = next("/inbox", url.Values{}, in.Limit, out.Body.Next)
		}
		for _, n := range list {
			out.Body.Items = append(out.Body.Items, noticeView{n.ID, n.Kind, n.Case, n.Text(v.lang), moment(n.At), moment(n.Read)})
		}
		out.Body.Unread, err = notice.Unread(tx, me)
		return err
	})
	return out, err
}

func (s *server) markRead(ctx context.Context, v *visit, in *keyedBody[notice.ReadIn]) (*echoedBody[notice.Read], error) {
	done, err := s.h.Notices.MarkRead(ctx, v.actor, in.Key, in.Body)
	return &echoedBody[notice.Read]{Echoed(in.Keyed), done}, err
}
