package ask

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
)

// Reply is what an owner said to one of a control's questions.
type Reply struct {
	Control string // the first that asks it
	Only    bool   `json:",omitempty"` // it is for this control alone, not for each that asks the same
	Key     string
	Kind    control.Kind
	Unit    control.Unit `json:",omitempty"` // of a number
	Value   string       // "yes", "no", or a whole number
}

// The most of a number, and of the replies to one question.
const (
	mostNumber  = 1_000_000
	mostReplies = 100
)

// Asked lists the questions of controls, each key once, in their order.
func Asked(controls []*control.Control) (list []control.Question) {
	for _, c := range controls {
		for _, q := range c.Questions {
			if !slices.ContainsFunc(list, func(l control.Question) bool { return l.Key == q.Key }) {
				list = append(list, q)
			}
		}
	}
	return list
}

// ParseReplies reads KEY=VALUE, or CONTROL.KEY=VALUE for one control of several,
// against what the controls ask. What they do not ask, what does not fit the
// kind, and two values for one question are refused with a [locale.Error].
func ParseReplies(texts []string, controls []*control.Control) (list []Reply, err error) {
	if len(texts) > 0 && len(keys(controls)) == 0 {
		return nil, locale.Errorf("ask.reply.none")
	}
	if len(texts) > mostReplies {
		return nil, locale.Errorf("ask.reply.many", locale.A("n", len(texts)), locale.A("most", mostReplies))
	}
	for _, text := range texts {
		name, value, ok := strings.Cut(text, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !ok || name == "" || value == "" {
			return nil, locale.Errorf("ask.reply.malformed", locale.A("text", locale.Clean(short(text))), locale.A("keys", keys(controls)))
		}
		r, err := questioned(name, controls)
		if err != nil {
			return nil, err
		}
		if r.Value, ok = read(r.Kind, value); !ok {
			return nil, locale.Errorf("ask.reply."+wrong(r.Kind), locale.A("key", r.Name()), locale.A("value", locale.Clean(short(value))), locale.A("keys", keys(controls)))
		}
		if i := slices.IndexFunc(list, func(l Reply) bool { return l.Name() == r.Name() }); i >= 0 {
			return nil, locale.Errorf("ask.reply.twice", locale.A("key", r.Name()))
		}
		list = append(list, r)
	}
	return list, nil
}

// questioned is the question with a name, without its answer.
func questioned(name string, controls []*control.Control) (Reply, error) {
	key, of := name, ""
	if i := strings.LastIndex(name, "."); i >= 0 {
		of, key = name[:i], name[i+1:]
	}
	for _, c := range controls {
		q, ok := c.Question(strings.ToLower(key))
		if !ok || of != "" && !strings.EqualFold(of, c.ID) {
			continue
		}
		return Reply{Control: c.ID, Only: of != "", Key: q.Key, Kind: q.Kind, Unit: q.Unit}, nil
	}
	return Reply{}, locale.Errorf("ask.reply.unknown", locale.A("key", locale.Clean(short(name))), locale.A("keys", keys(controls)))
}

// keys are the names under which controls ask, each once.
func keys(controls []*control.Control) (list []string) {
	for _, q := range Asked(controls) {
		list = append(list, q.Key)
	}
	return list
}

func wrong(k control.Kind) string {
	if k == control.Number {
		return "noNumber"
	}
	return "noYesNo"
}

// read brings a value to one spelling.
func read(k control.Kind, value string) (string, bool) {
	if k == control.Number {
		n, err := strconv.Atoi(value)
		return strconv.Itoa(n), err == nil && n >= 0 && n <= mostNumber
	}
	switch strings.ToLower(value) {
	case "yes", "はい":
		return "yes", true
	case "no", "いいえ":
		return "no", true
	}
	return "", false
}

// Name is what the reply is given under.
func (r *Reply) Name() string {
	if r.Only {
		return r.Control + "." + r.Key
	}
	return r.Key
}

// String is the reply as it was given: "retention=90".
func (r *Reply) String() string { return r.Name() + "=" + r.Value }

// Shown is the value in words: "yes", "90 days".
func (r *Reply) Shown(catalog *locale.Catalog) string {
	if r.Kind == control.Number {
		return catalog.Text("ask.number", locale.A("n", r.Value), locale.A("unit", catalog.Text("ask.unit."+string(r.Unit))))
	}
	return catalog.Text("ask.said." + r.Value)
}

// For tells whether the reply is to a question of the control.
func (r *Reply) For(c *control.Control) bool {
	q, ok := c.Question(r.Key)
	return ok && q.Kind == r.Kind && (!r.Only || r.Control == c.ID)
}

// Asked is the key of the question's text in the messages of its control.
func (r *Reply) Asked() string { return "owner." + r.Key }

// Sentence is the question of a text alone, without what its answer decides.
func Sentence(text string) string {
	end := len(text)
	for _, mark := range []string{"?", "か。"} {
		if i := strings.Index(text, mark); i >= 0 {
			end = min(end, i+len(mark))
		}
	}
	return text[:end]
}

// Said is an answer as an event of a history has it.
type Said struct {
	Choice  Choice
	Until   string   // a date, or ""
	Replies []string // KEY=VALUE
}

// ParseSaid reads the words of an event of kind answered.
func ParseSaid(words string) Said {
	fields := strings.Fields(words)
	if len(fields) == 0 {
		return Said{}
	}
	s := Said{Choice: Choice(fields[0])}
	fields = fields[1:]
	if len(fields) > 0 && !strings.Contains(fields[0], "=") {
		s.Until, fields = fields[0], fields[1:]
	}
	s.Replies = fields
	return s
}
