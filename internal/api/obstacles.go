package api

import (
	"context"
	"net/http"
	"net/url"

	"tongban/internal/record/store"
	"tongban/internal/register/law"
	"tongban/internal/rules/citation"
)

// obstacleView is what stands in the way of work on an article.
type obstacleView struct {
	ID           int64  `json:"id"`
	Law          string `json:"law"`
	Article      string `json:"article"`
	Agency       string `json:"agency"`
	Words        string `json:"words"`
	Number       string `json:"number,omitempty"`
	State        string `json:"state" enum:"open,asked,answered"`
	At           string `json:"at" format:"date-time"`
	Body         string `json:"body,omitempty"`
	Letter       string `json:"letter,omitempty"`
	Asked        string `json:"asked,omitempty"`
	Answer       string `json:"answer,omitempty"`
	AnswerNumber string `json:"answer_number,omitempty"`
	Answered     string `json:"answered,omitempty"`
}

type obstaclesIn struct {
	Paged
	State   string `query:"state" enum:"open,asked,answered" default:"open"`
	Law     string `query:"law" maxLength:"60" example:"food-workshops"`
	Article string `query:"article" maxLength:"12" example:"7"`
}

type obstacleBody struct {
	Law     string `json:"law" maxLength:"60" example:"administrative-licensing"`
	Article string `json:"article" maxLength:"12" example:"32"`
	Words   string `json:"words" maxLength:"4000" example:"流动摊点没有固定场所，第七条没有写怎么核查。"`
	Number  string `json:"number,omitempty" maxLength:"200"`
}

type askUpBody struct {
	Body   string `json:"body" maxLength:"200" example:"省市场监督管理局"`
	Number string `json:"number,omitempty" maxLength:"200" example:"云市监函〔2026〕3号"`
}

type replyBody struct {
	Words  string `json:"words" maxLength:"4000" example:"按经营时所在的场所核查。"`
	Number string `json:"number" maxLength:"200" example:"省市监复〔2026〕11号"`
}

// TheObstacle names an obstacle.
type TheObstacle struct {
	Obstacle int64 `path:"obstacle" example:"1001"`
}

type onObstacle[B any] struct {
	Keyed
	TheObstacle
	Body B
}

type obstacleDone struct {
	Obstacle int64 `json:"obstacle" example:"1001"`
}

// obstacles adds what is met in work on an article, asked upward and answered.
func obstacles(s *server) {
	on(s, spec{id: "listObstacles", method: http.MethodGet, path: "/obstacles", tag: "law", access: staff, errors: []int{http.StatusNotFound}}, s.listObstacles)
	on(s, spec{id: "meetObstacle", method: http.MethodPost, path: "/obstacles", tag: "law", access: staff, command: law.CommandMeet.Name,
		example: obstacleBody{Law: "administrative-licensing", Article: "32", Words: "补正的次数没有写清楚。"}}, s.meetObstacle)
	on(s, spec{id: "showObstacle", method: http.MethodGet, path: "/obstacles/{obstacle}", tag: "law", access: staff}, s.showObstacle)
	on(s, spec{id: "askUpward", method: http.MethodPost, path: "/obstacles/{obstacle}/ask", tag: "law", access: staff, command: law.CommandAsk.Name,
		example: askUpBody{"省市场监督管理局", "云市监函〔2026〕3号"}}, func(ctx context.Context, v *visit, in *onObstacle[askUpBody]) (*echoedBody[obstacleDone], error) {
		err := s.h.Laws.Ask(ctx, v.actor, in.Key, law.AskIn{Obstacle: in.Obstacle, Body: in.Body.Body, Number: in.Body.Number})
		return &echoedBody[obstacleDone]{Echoed(in.Keyed), obstacleDone{in.Obstacle}}, err
	})
	on(s, spec{id: "answerObstacle", method: http.MethodPost, path: "/obstacles/{obstacle}/answer", tag: "law", access: staff, command: law.CommandAnswer.Name,
		example: replyBody{"按经营时所在的场所核查。", "省市监复〔2026〕11号"}}, func(ctx context.Context, v *visit, in *onObstacle[replyBody]) (*echoedBody[obstacleDone], error) {
		err := s.h.Laws.Answer(ctx, v.actor, in.Key, law.AnswerIn{Obstacle: in.Obstacle, Words: in.Body.Words, Number: in.Body.Number})
		return &echoedBody[obstacleDone]{Echoed(in.Keyed), obstacleDone{in.Obstacle}}, err
	})
}

// listObstacles lists the obstacles in a state, or all of one article.
func (s *server) listObstacles(ctx context.Context, _ *visit, in *obstaclesIn) (*pageOut[obstacleView], error) {
	after, list := int64(0), []obstacleView(nil)
	if err := place(in.Cursor, &after); err != nil {
		return nil, err
	}
	err := s.read(ctx, func(tx *store.Tx) error {
		found, err := in.read(tx, after)
		for _, o := range found {
			x, err := obstacleOf(tx, o)
			if err != nil {
				return err
			}
			list = append(list, x)
		}
		return err
	})
	return page("/obstacles", url.Values{"state": {in.State}, "law": {in.Law}, "article": {in.Article}}, in.Paged, list, func(o obstacleView) any { return o.ID }), err
}

func (in *obstaclesIn) read(tx *store.Tx, after int64) ([]law.Obstacle, error) {
	if in.Law == "" {
		return law.Obstacles(tx, in.State, after, in.Limit+1)
	}
	n, err := numbered(in.Article)
	if err != nil {
		return nil, err
	}
	l, err := law.ByKey(tx, store.Text(in.Law))
	if err != nil {
		return nil, err
	}
	return law.ObstaclesOn(tx, l.ID, n, after, in.Limit+1)
}

func obstacleOf(tx *store.Tx, o law.Obstacle) (obstacleView, error) {
	l, err := law.ByID(tx, o.Law)
	return obstacleView{o.ID, l.Key, o.Article.Code(), o.Agency, o.Words, o.Case, o.State, moment(o.MetAt), o.Asked, o.AskedNo, moment(o.AskedAt),
		o.Answer, o.AnswerNo, moment(o.Answered)}, err
}

func (s *server) showObstacle(ctx context.Context, _ *visit, in *TheObstacle) (*bodyOf[obstacleView], error) {
	out := &bodyOf[obstacleView]{}
	err := s.read(ctx, func(tx *store.Tx) error {
		o, err := law.ObstacleByID(tx, in.Obstacle)
		if err != nil {
			return err
		}
		out.Body, err = obstacleOf(tx, o)
		return err
	})
	return out, err
}

func (s *server) meetObstacle(ctx context.Context, v *visit, in *keyedBody[obstacleBody]) (*echoedBody[obstacleDone], error) {
	n, ok := citation.ParseCode(in.Body.Article)
	if !ok {
		n = citation.Article{} // no law has it: the command says so after it has asked for the right
	}
	id, err := s.h.Laws.Meet(ctx, v.actor, in.Key, law.MeetIn{Law: store.Text(in.Body.Law), Article: n, Words: in.Body.Words, Case: in.Body.Number})
	return &echoedBody[obstacleDone]{Echoed(in.Keyed), obstacleDone{id}}, err
}
