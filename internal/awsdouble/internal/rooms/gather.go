package rooms

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/awsclient/wire/protocol"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
	"github.com/kumoban/kumoban/internal/room"
)

// making is how long AWS makes a report, keeping is for how long it is the newest.
const (
	making  = 3 * time.Second
	keeping = 4 * time.Hour
)

// gathered answers the calls of reads that take several.
func (a *asked) gathered(u use) (any, error) {
	switch {
	case a.o.Out.Member("State") != nil:
		return a.report(), nil
	case u.aside:
		return a.element(u)
	case u.read.Compose == nil:
		return nil, a.unsupported()
	}
	report, ok := a.Account.Reports[u.read.Call]
	switch {
	case !ok || a.Now.Before(report.Begun.Add(making)):
		return nil, &service.Error{Status: http.StatusGone, Code: "ReportNotPresent", Message: "No report present. Try generating a report."}
	case report.Says != nil:
		return report.Says, nil
	}
	var all []room.Tree
	for _, other := range a.uses {
		if !other.aside && other.read.Compose != nil {
			for _, t := range things(other.entry, a.Region) {
				all = append(all, room.With(t.Tree, "Arn", arn(t.ARN, a)))
			}
		}
	}
	out := u.read.Compose(all, func(v any) string {
		if t, ok := moment(v).(time.Time); ok {
			return t.Format("2006-01-02T15:04:05+00:00")
		}
		return text(v)
	})
	report.Says = fit(a.o.Out, room.With(out, "GeneratedTime", report.Begun))
	return report.Says, nil
}

func arn(of string, a *asked) string {
	if of == "" {
		return "arn:aws:iam::" + a.Account.ID + ":root"
	}
	return of
}

// report has AWS make a report, which takes it a while.
func (a *asked) report() room.Tree {
	state := "INPROGRESS"
	call := a.uses[0].read.Call
	report, ok := a.Account.Reports[call]
	switch {
	case !ok || a.Now.After(report.Begun.Add(keeping)):
		a.Account.Reported(call, a.Now)
		state = "STARTED"
	case !a.Now.Before(report.Begun.Add(making)):
		state = "COMPLETE"
	}
	return room.Tree{"State": state}
}

// element answers about one of the objects that a read makes of several calls: by
// the one member of the input.
func (a *asked) element(u use) (any, error) {
	t, item := a.elementOf(u)
	if t == nil {
		return nil, a.gone(u.entry)
	}
	out := room.Tree{}
	for i := range a.o.Out.Members {
		if m := &a.o.Out.Members[i]; m.Kind == protocol.Structure {
			out[m.Name] = item
		}
	}
	return fit(a.o.Out, room.Merge(t.Tree, out)), nil
}

// elementOf finds that object, and the thing that has it.
func (a *asked) elementOf(u use) (*world.Thing, any) {
	for name, want := range a.in {
		for _, t := range things(u.entry, a.Region) {
			all, _ := room.Get(t.Tree, u.read.Into)
			list, _ := all.([]any)
			for _, item := range list {
				if room.TextOf(item, name) == text(want) {
					return t, item
				}
			}
		}
	}
	return nil, nil
}

// scan reads a number that is sent as a text.
func scan(s string, n *int) (int, error) { return fmt.Sscan(strings.TrimSpace(s), n) }
