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
	Overdue   bool        `json:"overdue"`
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
	out := questionJSON{q.ID, q.Findings, q.Owner, q.OwnerFrom, q.Due.UTC(), q.Lang, q.AskedBy, q.AskedAt.UTC(), q.Channel, q.Text, nil, false}
	if a := q.Answer; a != nil {
		out.Answer = &answerJSON{a.By, a.At.UTC(), a.Choice, moment(a.Until), a.Words, a.RecordedBy}
	}
	return out
}

// Questions writes questions as a table; broken names those whose fix was
// promised by a day that is over.
func (v *View) Questions(w io.Writer, list []ask.Question, broken map[string]bool) error {
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
			if broken[q.ID] {
				state += " " + v.say("question.overdue")
			}
		case q.Overdue(v.Now):
			state = v.say("question.overdue")
		}
		rows = append(rows, []string{q.ID, v.day(q.AskedAt), v.lastDay(q.Due), strconv.Itoa(len(q.Findings)), locale.Clean(q.Owner), state})
	}
	return table(w, []string{"ID", "ASKED", "DUE", "FINDINGS", "OWNER", "ANSWER"}, rows)
}

// NoQuestions says that none was found: of all, of those that wait, or of those
// that are overdue while some wait.
func (v *View) NoQuestions(w io.Writer, all, overdue bool, waiting int) error {
	switch {
	case overdue:
		return lines(w, v.say("noneOverdue", locale.A("n", waiting)))
	case all:
		return lines(w, v.say("noQuestions"))
	}
	return lines(w, v.say("noneWaits"))
}

// Answer writes a whole answer.
func (v *View) Answer(w io.Writer, a *ask.Answer) error {
	said := v.say("answer."+string(a.Choice), locale.A("until", v.lastDay(a.Until)))
	text := []string{v.say("answer.by", locale.A("by", locale.Clean(a.By)), locale.A("at", v.minute(a.At)), locale.A("recorder", locale.Clean(a.RecordedBy)), locale.A("answer", said))}
	if a.Words != "" {
		text = append(text, v.say("answer.words", locale.A("words", locale.Clean(a.Words))))
	}
	return lines(w, text...)
}

// QuestionsJSON writes questions for machines; broken is as in Questions.
func (v *View) QuestionsJSON(w io.Writer, list []ask.Question, broken map[string]bool) error {
	out := struct {
		SchemaVersion int            `json:"schemaVersion"`
		Questions     []questionJSON `json:"questions"`
	}{schemaVersion, []questionJSON{}}
	for i := range list {
		one := question(&list[i])
		one.Overdue = broken[one.ID] || list[i].Overdue(v.Now)
		out.Questions = append(out.Questions, one)
	}
	return writeJSON(w, out)
}
