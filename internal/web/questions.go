package web

import (
	"context"
	"net/http"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/asking"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/view"
)

// AskedQuestion is one with its findings as they are now.
type AskedQuestion struct {
	view.QuestionsBody
	Findings []view.Finding `json:"findings"`
}

// Questioned is what became of questions that somebody asked, answered, sent or took
// back.
type Questioned struct {
	view.QuestionsBody
	Findings []view.Finding `json:"findings,omitempty" doc:"of an answer: what became of them"`
	Told
}

// Ask is a question that is to be put to the owners of findings.
type Ask struct {
	Findings []string    `json:"findings" minItems:"1" maxItems:"1000" doc:"ids"`
	Owner    string      `json:"owner,omitempty" doc:"whom to ask; none: whoever the directory and the tags tell"`
	Due      string      `json:"due,omitempty" maxLength:"40" doc:"the last day, or a span such as 14d"`
	Via      string      `json:"via,omitempty" enum:"print,mail,slack,webhook" doc:"none: as the directory has it for each owner"`
	Again    bool        `json:"again,omitempty" doc:"also about what waits for an answer already"`
	Language locale.Lang `json:"language,omitempty" enum:"ja,en" doc:"of the question; none: the owner's, or else the asker's"`
}

// GivenAnswer is what an owner said.
type GivenAnswer struct {
	By      string     `json:"by,omitempty" doc:"who answered; none: whoever writes it down"`
	Choice  ask.Choice `json:"choice" enum:"fix,fix-by,accept,not-mine,back,done" doc:"after the last three the question stays open"`
	Owner   string     `json:"owner,omitempty" maxLength:"1000" doc:"of not-mine: whose it is"`
	Apart   []string   `json:"apart,omitempty" maxItems:"500" doc:"findings with an answer of their own: FINDING=CHOICE or FINDING=CHOICE@DATE"`
	Until   string     `json:"until,omitempty" maxLength:"40" doc:"the last day, or a span such as 30d"`
	While   []string   `json:"while,omitempty" maxItems:"20" doc:"conditions that an acceptance rests on"`
	Reason  string     `json:"reason,omitempty" maxLength:"20000"`
	Replies []string   `json:"replies,omitempty" maxItems:"100" doc:"KEY=VALUE, to what the controls ask"`
}

// ChosenQuestions are some, with why.
type ChosenQuestions struct {
	Questions []string `json:"questions" minItems:"1" maxItems:"1000" doc:"ids"`
	Reason    string   `json:"reason,omitempty" maxLength:"20000"`
}

// questions registers what is done with questions to owners.
func (a *api) questions() {
	add(a, operation{"list-questions", http.MethodGet, "/questions", access.FindingsRead, "Questions to owners that somebody has to answer, or all."},
		func(ctx context.Context, at *asked, in *struct {
			Overdue bool `query:"overdue"`
			All     bool `query:"all"`
		}) (*body[view.QuestionsBody], error) {
			list, _, err := asking.List(ctx, at.desk, in.Overdue, in.All)
			if err != nil {
				return nil, err
			}
			return &body[view.QuestionsBody]{at.view.QuestionsBody(list)}, nil
		})
	add(a, operation{"get-question", http.MethodGet, "/questions/{id}", access.FindingsRead, "A question with its text, its answer and its findings as they are now."},
		func(ctx context.Context, at *asked, in *struct {
			ID string `path:"id" maxLength:"40"`
		}) (*body[AskedQuestion], error) {
			q, err := asking.Read(ctx, at.desk, in.ID)
			if err != nil {
				return nil, err
			}
			at.view.Know(q.Exceptions)
			return &body[AskedQuestion]{AskedQuestion{at.view.QuestionsBody([]asking.Asked{q.Asked}), at.view.FindingsBody(q.Records, len(q.Records), "").Findings}}, nil
		})
	add(a, operation{"ask", http.MethodPost, "/questions", access.QuestionsAsk, "Put a question about findings to each of their owners."}, a.ask)
	add(a, operation{"answer-question", http.MethodPost, "/questions/{id}/answer", access.QuestionsAnswer, "Write down what an owner said."}, answer)
	add(a, operation{"withdraw-questions", http.MethodPost, "/questions/withdraw", access.QuestionsAsk, "Take questions back that nobody has answered."},
		func(ctx context.Context, at *asked, in *body[ChosenQuestions]) (*body[Questioned], error) {
			list, head, err := asking.Withdraw(ctx, at.desk, in.Body.Questions, in.Body.Reason)
			if err != nil {
				return nil, err
			}
			return questioned(at, list, head.Head()), nil
		})
	add(a, operation{"mark-questions-sent", http.MethodPost, "/questions/sent", access.QuestionsAsk, "Note that questions went out by the asker's own means; their findings become NOTIFIED."},
		func(ctx context.Context, at *asked, in *body[ChosenQuestions]) (*body[Questioned], error) {
			told, head, err := asking.Sent(ctx, at.desk, in.Body.Questions)
			if err != nil {
				return nil, err
			}
			var list []asking.Asked
			for i := range told {
				list = append(list, asking.Asked{Question: told[i].Question})
			}
			return questioned(at, list, head.Head()), nil
		})
}

func questioned(at *asked, list []asking.Asked, head string) *body[Questioned] {
	return &body[Questioned]{Questioned{QuestionsBody: at.view.QuestionsBody(list), Told: Told{Head: head, Notices: []string{}}}}
}

// ask asks; what was asked before one question could not be is told with it.
func (a *api) ask(ctx context.Context, at *asked, in *body[Ask]) (*body[Questioned], error) {
	said := &telling{}
	q := asking.Request{
		Findings: in.Body.Findings, Owner: in.Body.Owner, Due: in.Body.Due, Via: in.Body.Via, Again: in.Body.Again, Webhook: a.options.Webhook,
		Lang: at.view.Catalog.Lang, ForAll: in.Body.Language != "", Reach: a.options.Reach, Public: a.options.Public,
	}
	if q.ForAll {
		q.Lang = in.Body.Language
	}
	list, err := asking.Ask(ctx, at.desk, a.env(at, said), q)
	if err != nil && len(list) == 0 {
		return nil, err
	}
	out := questioned(at, list, "")
	out.Body.Told = said.told(at.view)
	if err != nil {
		m := sentence(err, requestID(ctx))
		out.Body.Notices = append(out.Body.Notices, at.view.Catalog.Text(m.Key, m.Args...))
	}
	return out, nil
}

func answer(ctx context.Context, at *asked, in *struct {
	ID   string `path:"id" maxLength:"40"`
	Body GivenAnswer
}) (*body[Questioned], error) {
	reply := asking.Reply{By: in.Body.By, Choice: in.Body.Choice, Until: in.Body.Until, While: in.Body.While, Words: in.Body.Reason, Replies: in.Body.Replies, Owner: in.Body.Owner, Apart: in.Body.Apart}
	if reply.By == "" {
		reply.By = at.who.ID
	}
	done, err := asking.Answer(ctx, at.desk, in.ID, reply)
	if done == nil || err != nil {
		return nil, err
	}
	out := questioned(at, []asking.Asked{{Question: done.Question}}, "")
	at.view.Know(done.Exceptions)
	out.Body.Findings = at.view.FindingsBody(done.Records, len(done.Records), "").Findings
	if !done.Same {
		out.Body.Head = done.Head.Head()
	}
	for _, n := range done.Notices {
		out.Body.Notices = append(out.Body.Notices, told(at.view, n))
	}
	return out, nil
}
