package owner

import (
	"errors"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/kumoban/kumoban/internal/app/asking"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/locale"
)

// parse reads the form of a request, or says with which code it is refused.
func parse(r *http.Request) (locale.Message, int) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return locale.M("ownerpage.badRequest"), http.StatusUnsupportedMediaType
	}
	err = r.ParseForm()
	var large *http.MaxBytesError
	var slow net.Error
	switch {
	case err == nil:
		return locale.Message{}, 0
	case errors.As(err, &large):
		return locale.M("ownerpage.tooLarge", locale.A("most", ask.MostWords)), http.StatusRequestEntityTooLarge
	case errors.As(err, &slow) && slow.Timeout():
		return locale.M("ownerpage.tooSlow"), http.StatusRequestTimeout
	}
	return locale.M("ownerpage.badRequest"), http.StatusBadRequest
}

// form is what somebody wrote. Each choice has words of its own, so that a browser
// without script needs no rule which of them count.
type form struct {
	Choice string
	values url.Values
}

func read(values url.Values) form { return form{strings.TrimSpace(values.Get("choice")), values} }

// get is a field, with line breaks as texts have them.
func (f form) get(name string) string {
	return strings.TrimSpace(strings.ReplaceAll(f.values.Get(name), "\r\n", "\n"))
}

// Names of fields are their kind, a point, and the choice, reply or finding that they
// belong to.
const (
	untilOf = "until."
	wordsOf = "words."
	ownerOf = "owner."
	whileOf = "while."
	replyOf = "reply."
	apartOf = "apart."
	apartBy = "apart-until."
)

// reply is what was said, as the use case takes it: what was written under other
// choices is not.
func (f form) reply() asking.Reply {
	r := asking.Reply{Choice: ask.Choice(f.Choice), Words: f.get(wordsOf + f.Choice)}
	if r.Choice == ask.NotMine {
		r.Owner = f.get(ownerOf + f.Choice)
	}
	if r.Choice.Open() {
		return r
	}
	if r.Choice.Dated() {
		r.Until = f.get(untilOf + f.Choice)
	}
	if r.Choice == ask.Accept {
		if while := f.get(whileOf + f.Choice); while != "" {
			r.While = []string{while}
		}
	}
	r.Replies = f.replies()
	r.Apart = f.apart()
	return r
}

func (f form) replies() (list []string) {
	for name := range f.values {
		key, ok := strings.CutPrefix(name, replyOf)
		if value := f.get(name); ok && value != "" {
			list = append(list, key+"="+value)
		}
	}
	return sorted(list)
}

func (f form) apart() (list []string) {
	for name := range f.values {
		id, ok := strings.CutPrefix(name, apartOf)
		choice := f.get(name)
		if !ok || choice == "" {
			continue
		}
		said := id + "=" + choice
		if ask.Choice(choice).Dated() {
			said += "@" + f.get(apartBy+id)
		}
		list = append(list, said)
	}
	return sorted(list)
}
