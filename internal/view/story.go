package view

import (
	"io"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/condition"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
)

// Story is all that is known of one finding.
type Story struct {
	findings.Story
	Changer string // who last changed the resource, as a sentence; "" where nobody looked
}

// Show writes the whole story of a finding for people.
func (v *View) Show(w io.Writer, s *Story) error {
	r := &s.Record
	text := []string{
		r.Control + "  " + r.Effective().String() + "  " + Status(r) + "  " + string(r.Workflow),
		v.Texts.Title(r.Control),
		"",
		locale.Clean(name(&r.Resource)),
		locale.Clean(r.Resource.ID()) + "  " + r.Resource.Account + "  " + r.Resource.Region,
		locale.Clean(v.Texts.Message(r.Control, r.Message)),
	}
	for _, n := range r.Notes {
		text = append(text, locale.Clean(v.Texts.Message(r.Control, n)))
	}
	if r.State == lifecycle.Archived {
		text = append(text, v.archived(r))
	}
	text = append(text, "",
		v.say("show.id", locale.A("id", r.ID)),
		v.say("show.seen", locale.A("first", v.minute(r.FirstSeen)), locale.A("changed", v.minute(r.Changed)), locale.A("last", v.minute(r.LastSeen)), locale.A("zone", v.zone())))
	if r.Reopened > 0 {
		text = append(text, v.say("show.reopened", locale.A("n", r.Reopened)))
	}
	if s.Owner != "" {
		text = append(text, v.say("show.owner", locale.A("owner", locale.Clean(s.Owner))))
	}
	for i := range s.Links {
		text = append(text, v.link(&s.Links[i])...)
	}
	if s.Changer != "" {
		text = append(text, s.Changer)
	}
	for i := range s.Exceptions {
		if e := &s.Exceptions[i]; e.ID == r.Exception || e.Waits() {
			text = append(text, v.Exempted(e))
			text = append(text, v.Resting(e)...)
		}
	}
	if r.Assignee != "" {
		text = append(text, v.say("show.assignee", locale.A("name", locale.Clean(r.Assignee))))
	}
	if r.Ticket != "" {
		text = append(text, v.say("show.ticket", locale.A("ticket", locale.Clean(r.Ticket))))
	}
	text = append(text, v.answered(s.Questions)...)
	text = append(text, "", v.say("show.history"), "  "+v.minute(r.FirstSeen)+"  "+v.say("event.first", locale.A("status", r.First.String())))
	of := map[string]*lifecycle.Exception{}
	for i := range s.Exceptions {
		of[s.Exceptions[i].ID] = &s.Exceptions[i]
	}
	for i := range s.Events {
		if e := &s.Events[i]; !retold(e, s.Events) {
			text = append(text, "  "+v.minute(e.At)+"  "+v.event(e, of))
		}
	}
	text = append(text, "", v.say("show.next"))
	for _, next := range v.next(s) {
		text = append(text, "  "+next)
	}
	return lines(w, text...)
}

// answered is the latest of the answers that replied to single questions.
func (v *View) answered(list []ask.Question) []string {
	var last *ask.Answer
	for i := range list {
		if a := list[i].Answer; a != nil && len(a.Replies) > 0 && (last == nil || a.At.After(last.At)) {
			last = a
		}
	}
	if last == nil {
		return nil
	}
	return append([]string{"", v.said(last)}, v.replies(last.Replies)...)
}

// archived says why a record is.
func (v *View) archived(r *lifecycle.Record) string {
	key := "archived.other"
	switch r.Reason {
	case lifecycle.ReasonDisabled, lifecycle.ReasonGone, lifecycle.ReasonReplaced:
		key = "archived." + r.Reason
	}
	return v.say(key, locale.A("at", v.minute(r.Updated)))
}

// Exempted tells of an exception that is in force.
func (v *View) Exempted(e *lifecycle.Exception) string {
	key := "show.exception"
	if e.Waits() {
		key = "show.proposal"
	}
	if e.ApprovedBy != "" {
		key = "show.approved"
	}
	return v.say(key, locale.A("until", v.lastDay(e.Until)), locale.A("by", locale.Clean(v.who(e.By))), locale.A("approvedBy", locale.Clean(v.who(e.ApprovedBy))), locale.A("reason", locale.Clean(e.Reason)))
}

// nextArgs are what commands about a finding name; dates are proposals, not after
// the latest that an exception may have.
func (v *View) nextArgs(r *lifecycle.Record, latest time.Time) []locale.Arg {
	until := v.Now.AddDate(0, 3, 0)
	if !latest.IsZero() && latest.Before(until) {
		until = latest
	}
	return []locale.Arg{
		locale.A("id", finding.Short(r.ID)), locale.A("store", v.Store), locale.A("control", r.Control), locale.A("region", r.Resource.Region),
		locale.A("arn", Quoted(locale.Clean(r.Resource.ID()))),
		locale.A("due", v.day(v.Now.AddDate(0, 0, 14))), locale.A("until", v.day(until)),
	}
}

// next are the commands that a person may want after reading. The dates in them
// are proposals.
func (v *View) next(s *Story) []string {
	r := &s.Record
	args := v.nextArgs(r, s.Latest)
	var keys []string
	switch {
	case r.State == lifecycle.Archived && r.Reason == lifecycle.ReasonDisabled:
		keys = append(keys, "enable")
	case r.State == lifecycle.Archived || r.Status == control.Passed:
	case r.Workflow == lifecycle.Suppressed:
		keys = append(keys, "unsuppress")
	case slices.ContainsFunc(s.Exceptions, func(e lifecycle.Exception) bool { return e.Waits() }):
		keys = append(keys, "approve")
	default:
		if r.Status == control.Failed && r.Resource.ARN != "" {
			keys = append(keys, "fix")
		}
		keys = append(keys, "askNamed", "suppress")
		if s.Owner != "" {
			keys[len(keys)-2] = "ask"
		}
		if q := s.waits(); q != "" {
			keys[len(keys)-2] = "question"
			args = append(args, locale.A("question", q))
		}
	}
	var list []string
	for _, key := range append(keys, "explain", "evidence") {
		list = append(list, v.say("show."+key, args...))
	}
	return list
}

// waits is the question about the finding that waits for its answer, or "".
func (s *Story) waits() string {
	for i := range s.Questions {
		if q := &s.Questions[i]; !q.Closed() {
			return q.ID
		}
	}
	return ""
}

// Fixes writes how to plan the fix of each of the findings that fail.
func (v *View) Fixes(w io.Writer, records []lifecycle.Record) error {
	var list []string
	for i := range records {
		if r := &records[i]; r.State == lifecycle.Active && r.Status == control.Failed && r.Resource.ARN != "" {
			list = append(list, "  "+v.say("show.fix", v.nextArgs(r, time.Time{})...))
		}
	}
	if len(list) == 0 {
		return nil
	}
	return lines(w, append([]string{"", v.say("nextFix")}, list...)...)
}

// retold tells whether a change of compliance is what makes a finding reopen, so
// that one line tells both.
func retold(e *lifecycle.Event, all []lifecycle.Event) bool {
	return e.Kind == lifecycle.EventCompliance && slices.ContainsFunc(all, func(o lifecycle.Event) bool {
		return o.Kind == lifecycle.EventReopened && o.At.Equal(e.At) && o.From == e.From && o.To == e.To
	})
}

// event tells one entry of a history; of are the finding's exceptions.
func (v *View) event(e *lifecycle.Event, of map[string]*lifecycle.Exception) string {
	by := v.who(e.By)
	key, to, until := "event."+string(e.Kind), e.To, ""
	said := ask.Said{}
	if e.Kind == lifecycle.EventAnswered {
		said = ask.ParseSaid(e.To)
		if choice := key + "." + string(said.Choice); v.Catalog.Has("keep." + choice) {
			key, to = choice, said.Until
		}
	}
	switch made := of[e.To]; {
	case e.Kind == lifecycle.EventProposed && made != nil:
		key, until = "event.proposedUntil", v.lastDay(made.Until)
	case e.Kind == lifecycle.EventRejected && e.By == lifecycle.ByTime:
		key = "event.unanswered"
	}
	if e.Kind == lifecycle.EventRemarked {
		choice, owner, _ := strings.Cut(e.To, " ")
		key, to = key+"."+choice, owner
		if choice == string(ask.NotMine) && owner == "" {
			key += ".nobody"
		}
	}
	if e.To == "" && (e.Kind == lifecycle.EventAssigned || e.Kind == lifecycle.EventTicket) {
		key = map[lifecycle.EventKind]string{lifecycle.EventAssigned: "event.unassigned", lifecycle.EventTicket: "event.unticketed"}[e.Kind]
	}
	if e.Kind == lifecycle.EventExcepted {
		switch made := of[e.To]; {
		case e.To == "":
			key = "event.unexcepted"
		case made != nil:
			until = v.lastDay(made.Until)
			key = "event.exceptedUntil"
			if e.From != "" {
				key = "event.exceptedAgain"
			}
		}
	}
	// An exception's id begins with the whole of the finding's.
	shown := func(id string) string {
		return locale.Clean(strings.Replace(id, e.Finding+"-", finding.Short(e.Finding)+"-", 1))
	}
	if e.Kind == lifecycle.EventFact {
		said := condition.Said(e.From, e.To, e.Reason)
		if e.To == "" {
			key = "event.gaveUp"
		}
		return v.say(key, locale.A("from", locale.Clean(e.From)), locale.A("to", v.Catalog.Text(said.Key, said.Args...)))
	}
	text := v.say(key, locale.A("from", shown(e.From)), locale.A("to", shown(to)), locale.A("by", locale.Clean(by)), locale.A("owner", locale.Clean(e.Reason)), locale.A("until", until))
	if len(said.Replies) > 0 {
		text += " " + v.say("event.replies", locale.A("replies", said.Replies))
	}
	if e.Reason != "" && e.Kind != lifecycle.EventAsked {
		reason := e.Reason
		if key := "keep.run." + reason; (e.Kind == lifecycle.EventFixed || e.Kind == lifecycle.EventUndone) && v.Catalog.Has(key) {
			reason = v.Catalog.Text(key)
		}
		text += " " + v.say("event.reason", locale.A("reason", locale.Clean(reason)))
	}
	return text
}

// who names whoever decided: a person, or one of lifecycle's words.
func (v *View) who(by string) string {
	if key := "keep.by." + by; v.Catalog.Has(key) {
		return v.Catalog.Text(key)
	}
	if person, ok := strings.CutPrefix(by, lifecycle.ByHub+":"); ok {
		return person + " (" + v.say("by."+lifecycle.ByHub) + ")"
	}
	if to, ok := strings.CutPrefix(by, lifecycle.ByLink); ok {
		return v.say("by.link", locale.A("recipient", to))
	}
	return by
}

type eventJSON struct {
	At     time.Time `json:"at"`
	Kind   string    `json:"kind"`
	From   string    `json:"from,omitempty"`
	To     string    `json:"to,omitempty"`
	By     string    `json:"by"`
	Reason string    `json:"reason,omitempty"`
	Scan   int64     `json:"scan,omitempty"`
}

type runJSON struct {
	ID      string    `json:"id"`
	Digest  string    `json:"digest"`
	State   string    `json:"state"`
	By      string    `json:"by"`
	Started time.Time `json:"started"`
	Updated time.Time `json:"updated"`
}

// withEnds is a view that knows when the exceptions of a story end.
func (v *View) withEnds(s *Story) *View {
	w := *v
	w.Ends, w.Unread = map[string]time.Time{}, map[string]lifecycle.Exception{}
	for i := range s.Exceptions {
		if e := &s.Exceptions[i]; !e.UnreadSince.IsZero() {
			w.Unread[e.ID] = *e
		}
		w.Ends[s.Exceptions[i].ID] = s.Exceptions[i].Ends()
	}
	return &w
}

// StoryBody is all that is known of one finding.
type StoryBody struct {
	SchemaVersion int             `json:"schemaVersion"`
	Finding       Finding         `json:"finding"`
	History       []eventJSON     `json:"history"`
	Exceptions    []exceptionJSON `json:"exceptions"`
	Questions     []questionJSON  `json:"questions"`
	Runs          []runJSON       `json:"runs"`
	SecurityHub   []linkJSON      `json:"securityHub"`
	LastChange    string          `json:"lastChange,omitempty"`
}

// ShowJSON writes the whole story of a finding for machines.
func (v *View) ShowJSON(w io.Writer, s *Story) error { return writeJSON(w, v.StoryBody(s)) }

// StoryBody has the whole story of a finding.
func (v *View) StoryBody(s *Story) StoryBody {
	out := StoryBody{schemaVersion, v.withEnds(s).record(&s.Record), []eventJSON{}, []exceptionJSON{}, []questionJSON{}, []runJSON{}, []linkJSON{}, s.Changer}
	for _, e := range s.Events {
		out.History = append(out.History, eventJSON{e.At.UTC(), string(e.Kind), e.From, e.To, e.By, e.Reason, e.Scan})
	}
	for i := range s.Exceptions {
		out.Exceptions = append(out.Exceptions, exception(&s.Exceptions[i]))
	}
	for i := range s.Questions {
		out.Questions = append(out.Questions, v.question(&s.Questions[i]))
	}
	for _, r := range s.Runs {
		out.Runs = append(out.Runs, runJSON{r.ID, r.Digest, r.State, r.By, r.Started.UTC(), r.Updated.UTC()})
	}
	for i := range s.Links {
		out.SecurityHub = append(out.SecurityHub, linkOf(&s.Links[i]))
	}
	return out
}
