package demo

import (
	"context"
	"fmt"

	"tongban/internal/house"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/work/adjust"
	"tongban/internal/work/object"
)

// objected is an objection that visitors find, with how it was answered.
type objected struct {
	list, code, words string
	reply             object.Reply // Outcome "" is not answered yet
}

// unanswered is the night after which somebody objects to a guide: the agency's limit
// passes without an answer, and the county's has not when the demonstration begins.
var unanswered = Start.Day() - 21

// objected has the neighbour object to a guide while the year is played. The agency
// leaves it alone: those who keep the lists, and those who watch, find it overdue.
func (p *player) objected() error {
	neighbour, err := p.c.Actor(p.ctx, "neighbour")
	if err != nil {
		return err
	}
	_, err = p.h.Object.File(p.ctx, neighbour, "", object.New{List: object.OnItems, Code: p.c.Items["outdoor-advert"].Code, Source: "neighbour",
		Said: object.Said{Words: "只换广告画面、不换牌子，指南上没有写要不要再交效果图。", Name: "示邻居", Contact: "0999-5550001"}})
	return explained(err)
}

// FoundObjections puts some objections to the lists into a county that has its lists
// and adjustments: one that waits, one that is mended, one that is not. One that is
// overdue is there since the year was played.
func FoundObjections(ctx context.Context, h *house.House) error {
	c, err := Find(ctx, h)
	if err != nil {
		return err
	}
	manager, err := c.Actor(ctx, "scjg_manager_1")
	if err != nil {
		return err
	}
	all, err := someObjections(ctx, h, c)
	if err != nil {
		return err
	}
	for i, x := range all {
		said := object.New{List: x.list, Code: x.code, Source: fmt.Sprint("visitor ", i), Said: object.Said{Words: x.words, Name: "示路人", Contact: "0999-5550000"}}
		filed, err := h.Object.File(ctx, act.Actor{Who: act.Anyone}, "", said)
		if err != nil {
			return explained(err)
		}
		if x.reply.Outcome == "" {
			continue
		}
		made, err := h.Object.Progress(ctx, filed.Number, filed.Code)
		if err != nil {
			return explained(err)
		}
		x.reply.ID, x.reply.Shown = made.ID, x.words
		if err := h.Object.Answer(ctx, manager, "", x.reply); err != nil {
			return explained(err)
		}
	}
	return nil
}

func someObjections(ctx context.Context, h *house.House, c *County) (all []objected, err error) {
	err = h.Store.Read(ctx, func(tx *store.Tx) error {
		out, err := lists.Page(tx, lists.Query{List: "hall", Agency: "scjg", Type: "received", Limit: 1, Bare: true})
		if err != nil {
			return err
		}
		for _, e := range out {
			all = append(all, objected{list: "hall", code: e.Code, words: "这件事为什么不能在大厅当场办完？"})
		}
		under, err := adjust.Page(tx, adjust.Notice, 0, 1)
		if err != nil || len(under) == 0 {
			return err
		}
		entries, err := adjust.Entries(tx, under[0].ID)
		for _, e := range entries {
			if e.Agency == "scjg" {
				all = append(all, objected{e.List, e.Code, "这项处罚的依据上级已经取消，清单上还有。",
					object.Reply{Outcome: object.Mended, Document: under[0].Document, Reason: "已列入正在公示的清单调整，生效后取消。"}})
				break
			}
		}
		return err
	})
	return append(all, objected{object.OnItems, c.Items["food-workshop"].Code, "平面图为什么一定要交？",
		object.Reply{Outcome: object.Kept, Reason: "管理办法（示范）要求核对操作间和仓库的布局；可以自己手画，不收费。"}}), err
}
