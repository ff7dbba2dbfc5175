package api

import (
	"context"
	"fmt"
	"net/http"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/work/adjust"
)

// orderView is a batch of a higher level.
type orderView struct {
	ID       int64   `json:"id"`
	Document string  `json:"document"`
	Issuer   string  `json:"issuer"`
	Title    string  `json:"title"`
	Entries  int     `json:"entries"`
	Decreed  day.Day `json:"decreed"`
	Received day.Day `json:"received"`
	Until    day.Day `json:"until"`
}

// orderTask is what a body below does about a batch.
type orderTask struct {
	Agency string  `json:"agency"`
	Answer string  `json:"answer" enum:",follow,not_applicable"`
	Reason string  `json:"reason"`
	At     string  `json:"at"`
	Listed day.Day `json:"listed,omitempty"`
	Days   int     `json:"days"`
	Late   bool    `json:"late"`
}

type newOrderBody struct {
	Document string   `json:"document" maxLength:"200" example:"省政发〔2026〕5号"`
	Issuer   string   `json:"issuer" maxLength:"200" example:"省人民政府"`
	Title    string   `json:"title" maxLength:"200" example:"关于取消一批行政处罚事项的决定"`
	Entries  int      `json:"entries" minimum:"1" example:"25"`
	Decreed  string   `json:"decreed" format:"date" example:"2026-02-20"`
	Days     int      `json:"days" minimum:"1" example:"15"`
	Agencies []string `json:"agencies,omitempty" maxItems:"1000"`
}

type followBody struct {
	Answer string `json:"answer" enum:"follow,not_applicable" example:"follow"`
	Reason string `json:"reason,omitempty" maxLength:"2000"`
}

// TheOrder names a batch of a higher level.
type TheOrder struct {
	Order int64 `path:"order" example:"1001"`
}

type orderTasksIn struct {
	TheOrder
	Paged
}

type orderDone struct {
	Order int64 `json:"order" example:"1001"`
}

// orders adds batches from above and what each body below does about them.
func orders(s *server) {
	on(s, spec{id: "listOrders", method: http.MethodGet, path: "/orders", tag: "adjust", access: staff}, s.listOrders)
	on(s, spec{id: "registerOrder", method: http.MethodPost, path: "/orders", tag: "adjust", access: staff, command: adjust.CommandOrder.Name,
		example: newOrderBody{"省政发〔2026〕5号", "省人民政府", "关于取消一批行政处罚事项的决定", 25, "2026-02-20", 15, []string{"scjg"}}}, s.registerOrder)
	on(s, spec{id: "showOrder", method: http.MethodGet, path: "/orders/{order}", tag: "adjust", access: staff}, s.showOrder)
	on(s, spec{id: "listOrderTasks", method: http.MethodGet, path: "/orders/{order}/tasks", tag: "adjust", access: staff}, s.orderTasks)
	on(s, spec{id: "answerOrder", method: http.MethodPost, path: "/orders/{order}/answer", tag: "adjust", access: staff, command: adjust.CommandFollow.Name,
		example: followBody{Answer: adjust.Follow}}, s.answerOrder)
}

func orderOf(o adjust.Order) orderView {
	return orderView{o.ID, o.Document, o.Issuer, o.Title, o.Items, o.Decreed, o.Received, o.Until}
}

func (s *server) listOrders(ctx context.Context, _ *visit, in *Paged) (*pageOut[orderView], error) {
	before, list := int64(0), []orderView(nil)
	if err := place(in.Cursor, &before); err != nil {
		return nil, err
	}
	err := s.read(ctx, func(tx *store.Tx) error {
		all, err := adjust.Orders(tx, before, in.Limit+1)
		for _, o := range all {
			list = append(list, orderOf(o))
		}
		return err
	})
	return page("/orders", nil, *in, list, func(o orderView) any { return o.ID }), err
}

func (s *server) showOrder(ctx context.Context, _ *visit, in *TheOrder) (*bodyOf[orderView], error) {
	out := &bodyOf[orderView]{}
	err := s.read(ctx, func(tx *store.Tx) error {
		o, err := adjust.OrderByID(tx, in.Order)
		out.Body = orderOf(o)
		return err
	})
	return out, err
}

func (s *server) orderTasks(ctx context.Context, v *visit, in *orderTasksIn) (*pageOut[orderTask], error) {
	var list []orderTask
	err := s.read(ctx, func(tx *store.Tx) error {
		o, err := adjust.OrderByID(tx, in.Order)
		if err != nil {
			return err
		}
		overall, err := s.overall(tx, v)
		if err != nil {
			return err
		}
		all, err := adjust.Tasks(tx, o)
		for _, t := range all {
			if !overall && t.Agency != v.actor.Agency {
				continue
			}
			list = append(list, orderTask{t.Agency, t.Answer, t.Reason, moment(t.At), t.Listed, t.Days, t.Late})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return pageFrom(fmt.Sprintf("/orders/%d/tasks", in.Order), nil, in.Paged, list)
}

func (s *server) registerOrder(ctx context.Context, v *visit, in *keyedBody[newOrderBody]) (*echoedBody[orderDone], error) {
	b := in.Body
	decreed, err := typedDay(b.Decreed)
	if err != nil {
		return nil, err
	}
	id, err := s.h.Adjust.Order(ctx, v.actor, in.Key, adjust.NewOrder{Document: b.Document, Issuer: b.Issuer, Title: b.Title, Items: b.Entries, Decreed: decreed,
		Days: b.Days, Agencies: b.Agencies})
	return &echoedBody[orderDone]{Echoed(in.Keyed), orderDone{id}}, err
}

// answerOrder answers for the agency that the reader acts for.
func (s *server) answerOrder(ctx context.Context, v *visit, in *struct {
	Keyed
	TheOrder
	Body followBody
}) (*echoedBody[orderDone], error) {
	err := s.h.Adjust.Settle(ctx, v.actor, in.Key, in.Order, v.actor.Agency, in.Body.Answer, in.Body.Reason)
	return &echoedBody[orderDone]{Echoed(in.Keyed), orderDone{in.Order}}, err
}
