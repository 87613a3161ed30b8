package view

import (
	"io"
	"strconv"
	"time"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/locale"
)

type questionJSON struct {
	ID        string      `json:"id"`
	Findings  []string    `json:"findings"`
	Owner     string      `json:"owner"`
	OwnerFrom string      `json:"ownerFrom"`
	Due       time.Time   `json:"due"`
	Language  locale.Lang `json:"language"`
	AskedBy   string      `json:"askedBy"`
	AskedAt   time.Time   `json:"askedAt"`
	Channel   string      `json:"channel"`
	Text      string      `json:"text"`
	Answer    *answerJSON `json:"answer"`
}

type answerJSON struct {
	By         string     `json:"by"`
	At         time.Time  `json:"at"`
	Choice     ask.Choice `json:"choice"`
	Until      *time.Time `json:"until"` // exclusive
	Words      string     `json:"words"`
	RecordedBy string     `json:"recordedBy"`
}

func question(q *ask.Question) questionJSON {
	out := questionJSON{q.ID, q.Findings, q.Owner, q.OwnerFrom, q.Due.UTC(), q.Lang, q.AskedBy, q.AskedAt.UTC(), q.Channel, q.Text, nil}
	if a := q.Answer; a != nil {
		out.Answer = &answerJSON{a.By, a.At.UTC(), a.Choice, moment(a.Until), a.Words, a.RecordedBy}
	}
	return out
}

// Questions writes questions as a table; all says that answered ones were
// looked for, too.
func (v *View) Questions(w io.Writer, list []ask.Question, all bool) error {
	switch {
	case len(list) == 0 && all:
		return lines(w, v.say("noQuestions"))
	case len(list) == 0:
		return lines(w, v.say("noneWaits"))
	}
	var rows [][]string
	for i := range list {
		q := &list[i]
		state := v.say("question.open")
		switch {
		case q.Answer != nil:
			state = string(q.Answer.Choice)
			if q.Answer.Choice.Dated() {
				state += " " + v.lastDay(q.Answer.Until)
			}
		case q.Overdue(v.Now):
			state = v.say("question.overdue")
		}
		rows = append(rows, []string{q.ID, v.day(q.AskedAt), v.lastDay(q.Due), strconv.Itoa(len(q.Findings)), locale.Clean(q.Owner), state})
	}
	return table(w, []string{"ID", "ASKED", "DUE", "FINDINGS", "OWNER", "ANSWER"}, rows)
}

// QuestionsJSON writes questions for machines.
func (v *View) QuestionsJSON(w io.Writer, list []ask.Question) error {
	out := struct {
		SchemaVersion int            `json:"schemaVersion"`
		Questions     []questionJSON `json:"questions"`
	}{schemaVersion, []questionJSON{}}
	for i := range list {
		out.Questions = append(out.Questions, question(&list[i]))
	}
	return writeJSON(w, out)
}
