package view

import (
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/app/asking"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
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
	Sent      *sentJSON   `json:"sent"` // null: nobody said that it was
	Address   string      `json:"address,omitempty"`
	Deputy    string      `json:"deputy,omitempty"`
	Withdrawn *sentJSON   `json:"withdrawn,omitempty"`
	Ended     string      `json:"ended,omitempty"` // why nobody has to answer any more

	Remarks []remarkJSON `json:"remarks,omitempty"` // what was said without answering
	Link    string       `json:"link,omitempty"`    // where the owner answers, told once
}

type remarkJSON struct {
	Choice     ask.Choice `json:"choice"`
	By         string     `json:"by"`
	At         time.Time  `json:"at"`
	RecordedBy string     `json:"recordedBy"`
	Owner      string     `json:"owner,omitempty"` // whose it is, of not-mine
	Words      string     `json:"words,omitempty"`
	Looked     []sawJSON  `json:"looked,omitempty"`
}

type sawJSON struct {
	Finding string       `json:"finding"`
	Status  string       `json:"status,omitempty"` // none where it could not be looked at
	Why     *locale.Said `json:"why,omitempty"`
}

type apartJSON struct {
	Finding string     `json:"finding"`
	Choice  ask.Choice `json:"choice"`
	Until   *time.Time `json:"until,omitempty"` // exclusive
}

type sentJSON struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitempty"`
}

type answerJSON struct {
	By         string      `json:"by"`
	At         time.Time   `json:"at"`
	Choice     ask.Choice  `json:"choice"`
	Until      *time.Time  `json:"until"` // exclusive
	While      []string    `json:"while,omitempty"`
	Words      string      `json:"words"`
	RecordedBy string      `json:"recordedBy"`
	Replies    []replyJSON `json:"replies"`
	Apart      []apartJSON `json:"apart,omitempty"` // findings that have an answer of their own
	ByLink     bool        `json:"byLink,omitempty"`
}

type replyJSON struct {
	Key      string       `json:"key"`
	Control  string       `json:"control,omitempty"` // the one that it is for alone
	Kind     control.Kind `json:"kind"`
	Unit     control.Unit `json:"unit,omitempty"`
	Value    string       `json:"value"`
	Question string       `json:"question"`
}

func (v *View) question(q *ask.Question) questionJSON {
	out := questionJSON{q.ID, q.Findings, q.Owner, q.OwnerFrom, q.Due.UTC(), q.Lang, q.AskedBy, q.AskedAt.UTC(), q.Channel, q.Text, nil, false, nil, q.Address, q.Deputy, nil, "", v.remarksJSON(q), ""}
	if q.Sent != nil {
		out.Sent = &sentJSON{By: q.Sent.By, At: q.Sent.At.UTC()}
	}
	if w := q.Withdrawn; w != nil {
		out.Withdrawn = &sentJSON{w.By, w.At.UTC(), w.Why}
	}
	if a := q.Answer; a != nil {
		out.Answer = &answerJSON{a.By, a.At.UTC(), a.Choice, moment(a.Until), a.While, a.Words, a.RecordedBy, []replyJSON{}, apartsJSON(a), a.Link != ""}
		for i := range a.Replies {
			r := &a.Replies[i]
			one := replyJSON{r.Key, "", r.Kind, r.Unit, r.Value, v.asked(r)}
			if r.Only {
				one.Control = r.Control
			}
			out.Answer.Replies = append(out.Answer.Replies, one)
		}
	}
	return out
}

func apartsJSON(a *ask.Answer) (list []apartJSON) {
	for _, p := range a.Apart {
		list = append(list, apartJSON{p.Finding, p.Choice, moment(p.Until)})
	}
	return list
}

func (v *View) remarksJSON(q *ask.Question) (list []remarkJSON) {
	for i := range q.Remarks {
		r := &q.Remarks[i]
		one := remarkJSON{Choice: r.Choice, By: r.By, At: r.At.UTC(), RecordedBy: r.RecordedBy, Owner: r.Owner, Words: r.Words}
		for _, s := range r.Looked {
			saw := sawJSON{Finding: s.Finding, Status: s.Status}
			if s.Why != nil {
				said := locale.Say(s.Why.Message(), v.Catalog.Text(s.Why.Key, s.Why.Args...))
				saw.Why = &said
			}
			one.Looked = append(one.Looked, saw)
		}
		list = append(list, one)
	}
	return list
}

// asked is the question that was replied to; its key where its control is not
// known any more.
func (v *View) asked(r *ask.Reply) string {
	if text := v.Texts.Message(r.Control, locale.M(r.Asked())); text != r.Asked() {
		return ask.Sentence(text)
	}
	return r.Key
}

// replies are what an owner said to single questions, each in a line.
func (v *View) replies(list []ask.Reply) (text []string) {
	for i := range list {
		r := &list[i]
		text = append(text, v.say("answer.reply", locale.A("key", r.Name()), locale.A("question", locale.Clean(v.asked(r))), locale.A("value", locale.Clean(r.Shown(v.Catalog)))))
	}
	return text
}

// Questions writes questions as a table.
func (v *View) Questions(w io.Writer, list []asking.Asked) error {
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
			if q.Broken {
				state += " " + v.say("question.overdue")
			}
		case q.Withdrawn != nil:
			state = v.say("question.withdrawn", locale.A("at", v.day(q.Withdrawn.At)))
		case q.Ended != "":
			state = v.say("question.ended." + q.Ended)
		case q.Overdue(v.Now):
			state = v.say("question.overdue")
		case len(q.Remarks) > 0:
			state = v.say("question.said." + string(q.Remarks[len(q.Remarks)-1].Choice))
		}
		sent := "-"
		if q.Sent != nil {
			sent = v.day(q.Sent.At)
		}
		rows = append(rows, []string{q.ID, v.day(q.AskedAt), sent, v.lastDay(q.Due), strconv.Itoa(len(q.Findings)), locale.Clean(q.Owner), state})
	}
	return table(w, v.heads("id", "asked", "sent", "due", "findings", "owner", "answer"), rows)
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

// SentOn says whether a question went out, as far as that was noted.
func (v *View) SentOn(w io.Writer, q *ask.Question) error {
	if q.Sent == nil {
		return lines(w, v.say("question.notSent", locale.A("id", q.ID), locale.A("store", v.Store)))
	}
	return lines(w, v.say("question.sent", locale.A("at", v.minute(q.Sent.At)), locale.A("by", locale.Clean(q.Sent.By)), locale.A("channel", q.Channel)))
}

// Told says what became of a question that went out.
func (v *View) Told(w io.Writer, q *ask.Question, before bool, notified int) error {
	if before {
		return lines(w, v.say("question.sentBefore", locale.A("id", q.ID), locale.A("at", v.minute(q.Sent.At)), locale.A("by", locale.Clean(q.Sent.By))))
	}
	return lines(w, v.say("sent", locale.A("id", q.ID), locale.A("n", notified)))
}

// said is who answered what, and when.
func (v *View) said(a *ask.Answer) string {
	said := v.say("answer."+string(a.Choice), locale.A("until", v.lastDay(a.Until)))
	return v.say("answer.by", locale.A("by", locale.Clean(v.who(a.By))), locale.A("at", v.minute(a.At)), locale.A("recorder", locale.Clean(v.who(a.RecordedBy))), locale.A("answer", said))
}

// Answer writes a whole answer.
func (v *View) Answer(w io.Writer, a *ask.Answer) error {
	text := []string{v.said(a)}
	if a.Words != "" {
		text = append(text, v.say("answer.words", locale.A("words", locale.Clean(a.Words))))
	}
	if len(a.While) > 0 {
		text = append(text, v.say("show.while", locale.A("conditions", locale.Clean(strings.Join(a.While, "; ")))))
	}
	for _, p := range a.Apart {
		said := v.say("answer."+string(p.Choice), locale.A("until", v.lastDay(p.Until)))
		text = append(text, v.say("answer.apart", locale.A("finding", finding.Short(p.Finding)), locale.A("answer", said)))
	}
	return lines(w, append(text, v.replies(a.Replies)...)...)
}

// Remarks writes what was said about a question without answering it.
func (v *View) Remarks(w io.Writer, q *ask.Question) error {
	var text []string
	for i := range q.Remarks {
		text = append(text, v.remark(&q.Remarks[i])...)
	}
	if text == nil {
		return nil
	}
	return lines(w, text...)
}

func (v *View) remark(r *ask.Remark) []string {
	key := "remark." + string(r.Choice)
	if r.Choice == ask.NotMine && r.Owner == "" {
		key = "remark.not-mine.nobody"
	}
	text := []string{v.say(key, locale.A("at", v.minute(r.At)), locale.A("by", locale.Clean(v.who(r.By))), locale.A("owner", locale.Clean(r.Owner)))}
	if r.Words != "" {
		text = append(text, "  "+v.say("remark.words", locale.A("words", locale.Clean(r.Words))))
	}
	for _, s := range r.Looked {
		said := s.Status
		if s.Why != nil {
			said = v.Catalog.Text(s.Why.Key, s.Why.Args...)
		}
		text = append(text, "  "+v.say("remark.looked", locale.A("finding", finding.Short(s.Finding)), locale.A("said", locale.Clean(said))))
	}
	return text
}

// LinkBody is a link as it is told, once.
type LinkBody struct {
	SchemaVersion int       `json:"schemaVersion"`
	Question      string    `json:"question"`
	Owner         string    `json:"owner"`
	Address       string    `json:"address,omitempty"`
	URL           string    `json:"url" doc:"whoever has it can answer"`
	Expires       time.Time `json:"expires"`
}

// LinkBody has a link.
func (v *View) LinkBody(l *asking.Linked) LinkBody {
	return LinkBody{schemaVersion, l.Question, l.Owner, l.Address, l.URL, l.Expires.UTC()}
}

// Link writes a link, as text for people or as JSON.
func (v *View) Link(w io.Writer, l *asking.Linked, asJSON bool) error {
	if asJSON {
		return writeJSON(w, v.LinkBody(l))
	}
	return lines(w, v.say("linkFor", locale.A("owner", locale.Clean(l.Owner)), locale.A("until", v.minute(l.Expires))), l.URL)
}

// QuestionsJSON writes questions for machines.
func (v *View) QuestionsJSON(w io.Writer, list []asking.Asked) error {
	return writeJSON(w, v.QuestionsBody(list))
}

// QuestionsBody are questions to owners.
type QuestionsBody struct {
	SchemaVersion int            `json:"schemaVersion"`
	Questions     []questionJSON `json:"questions"`
}

// QuestionsBody has questions, with what became of them.
func (v *View) QuestionsBody(list []asking.Asked) QuestionsBody {
	out := QuestionsBody{schemaVersion, []questionJSON{}}
	for i := range list {
		q := &list[i]
		one := v.question(&q.Question)
		one.Link = q.Link
		one.Overdue, one.Ended = q.Broken || q.Ended == "" && q.Overdue(v.Now), q.Ended
		out.Questions = append(out.Questions, one)
	}
	return out
}
