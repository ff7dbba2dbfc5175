package law_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/act/acttest"
	"tongban/internal/record/store"
	"tongban/internal/register/law"
	"tongban/internal/rules/citation"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

var bg = context.Background()

var must = acttest.Must

const ann, ben = 11, 12

// rights: ann may do everything, ben may register and ask for his own agency.
type rights struct{}

func (rights) Authorise(_ *store.Tx, a act.Actor, right string, on act.Scope) error {
	if a.Person == ann || a.Person == ben && on.Agency == a.Agency && on.Agency != "" && strings.HasPrefix(right, "law.") && right != "law.answer" {
		return nil
	}
	return act.Refuse("act.not_allowed", "right", "x")
}

func by(person int64) act.Actor {
	return act.Actor{Who: act.Staff, Person: person, Agency: "scjg", Post: "reviewer"}
}

// rig is a library on an open store.
type rig struct {
	*acttest.Rig
	laws *law.Register
}

func both(t *testing.T, f func(t *testing.T, g *rig)) {
	t.Helper()
	acttest.Both(t, func(t *testing.T, e store.Engine) {
		on := acttest.New(t, e, day.MustParse("2026-03-09").Start()+9*day.Hour)
		on.Runner.Rights, on.Runner.Log = rights{}, slog.New(slog.DiscardHandler)
		f(t, &rig{on, law.New(on.Runner)})
	})
}

func (g *rig) bring(files ...string) (law.Imported, error) {
	list := make([]law.File, len(files))
	for i, f := range files {
		list[i] = law.File{Name: string(rune('a'+i)) + ".md", Text: []byte(f)}
	}
	return g.laws.Import(bg, by(ann), "", list)
}

// bakery is the text of an invented law from a day, with its articles.
func bakery(from string, articles ...string) string {
	text := "# 云禾县糕点办法（示范，虚构）\n\n简码：bakery\n类别：规范性文件\n制定机关：云禾县人民政府\n文号：云府发〔2025〕1号\n施行：" + from +
		"\n简称：糕点办法\n虚构：是\n来源：为示范编写\n\n---\n"
	for i, a := range articles {
		text += "\n第" + citation.Numeral(i+1) + "条 " + a + "\n"
	}
	return text
}

// said is an error with all its fields in Chinese.
func said(err error) string {
	text := ""
	if e, ok := err.(*act.Error); ok {
		text = e.Msg.In(wording.ZH)
		for _, f := range e.Fields {
			text += "\n" + f.Msg.In(wording.ZH)
		}
	}
	return text
}

// findings resolves each citation of a text on a day.
func (g *rig) findings(text, on string) string {
	g.T.Helper()
	var list []string
	g.Read(func(tx *store.Tx) error {
		for _, c := range citation.Parse(text) {
			r, err := law.Resolve(tx, c, day.MustParse(on))
			if err != nil {
				return err
			}
			list = append(list, string(r.Finding))
		}
		return nil
	})
	return strings.Join(list, " ")
}
