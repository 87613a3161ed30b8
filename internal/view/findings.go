package view

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

// Findings writes one page of findings as a table, and how to go on: next is
// the command that shows the next page, "" at the end. Where there is none it
// says whether anything is stored at all.
func (v *View) Findings(w io.Writer, page []lifecycle.Record, total int, next string, empty bool) error {
	if empty {
		return lines(w, v.say("nothingYet"))
	}
	if len(page) == 0 {
		return lines(w, v.say("none"))
	}
	if err := v.list(w, page); err != nil {
		return err
	}
	for i := range page {
		if e, some := v.Unread[page[i].Exception]; some {
			if err := lines(w, finding.Short(page[i].ID)+"  "+v.unreadable(&e)); err != nil {
				return err
			}
		}
	}
	count := v.say("shown", locale.A("n", len(page)), locale.A("total", total))
	if next == "" {
		return lines(w, count, v.say("showOne", locale.A("id", finding.Short(page[0].ID)), locale.A("store", v.Store)))
	}
	return lines(w, count, v.say("nextPage", locale.A("command", next)))
}

// through adds the last day of exceptions behind the workflow, where there are any.
func (v *View) through(head []string, rows [][]string, records []lifecycle.Record) []string {
	if !slices.ContainsFunc(records, func(r lifecycle.Record) bool { return r.Exception != "" }) {
		return head
	}
	const behind = 4
	for i := range rows {
		day := "-"
		if id := records[i].Exception; id != "" {
			day = v.lastDay(v.Ends[id])
		}
		rows[i] = slices.Insert(rows[i], behind, day)
	}
	return slices.Insert(slices.Clone(head), behind, v.say("head.through"))
}

// Status is a record's compliance status, or that it is archived.
func Status(r *lifecycle.Record) string {
	if r.State == lifecycle.Archived {
		return string(lifecycle.Archived)
	}
	return r.Status.String()
}

func name(r *resource.Ref) string {
	if r.Name != "" {
		return r.Name
	}
	return r.ID()
}

// Finding is a finding that is kept, with the exception that lets it be.
type Finding struct {
	lifecycle.JSON
	Until  *time.Time `json:"exceptionUntil,omitempty"` // exclusive; none: without end
	Unread *unread    `json:"exceptionUnread,omitempty"`
}

func (v *View) record(r *lifecycle.Record) Finding {
	out := Finding{
		JSON:  lifecycle.NewJSON(r, func(m locale.Message) string { return v.Texts.Message(r.Control, m) }),
		Until: moment(v.Ends[r.Exception]),
	}
	if e, some := v.Unread[r.Exception]; some {
		out.Unread = unreadOf(&e)
	}
	return out
}

// FindingsBody is one page.
type FindingsBody struct {
	SchemaVersion int       `json:"schemaVersion"`
	Total         int       `json:"total"`
	After         string    `json:"after,omitempty"` // asks for the next page
	Findings      []Finding `json:"findings"`
}

// FindingsBody has one page, and what asks for the next.
func (v *View) FindingsBody(page []lifecycle.Record, total int, after string) FindingsBody {
	out := FindingsBody{schemaVersion, total, after, []Finding{}}
	for i := range page {
		out.Findings = append(out.Findings, v.record(&page[i]))
	}
	return out
}

// FindingsJSON writes one page; after is what --after takes for the next.
func (v *View) FindingsJSON(w io.Writer, page []lifecycle.Record, total int, after string) error {
	return writeJSON(w, v.FindingsBody(page, total, after))
}

// Decided writes what a decision made of findings.
func (v *View) Decided(w io.Writer, records []lifecycle.Record) error {
	var rows [][]string
	for i := range records {
		r := &records[i]
		rows = append(rows, []string{finding.Short(r.ID), r.Effective().String(), Status(r), string(r.Workflow), r.Control, locale.Clean(name(&r.Resource))})
	}
	return table(w, v.through(v.heads("id", "severity", "status", "workflow", "control", "resource"), rows, records), rows)
}

// Expiring writes exceptions in force with their findings.
func (v *View) Expiring(w io.Writer, list []lifecycle.Exception, of map[string]lifecycle.Record) error {
	if len(list) == 0 {
		return lines(w, v.say("noneExpiring"))
	}
	var rows [][]string
	for i := range list {
		e := &list[i]
		r := of[e.Finding]
		days := int(e.Ends().Sub(v.Now).Hours() / 24)
		rows = append(rows, []string{finding.Short(e.Finding), r.Control, v.lastDay(e.Ends()), strconv.Itoa(days), locale.Clean(v.who(e.By)), dash(v.who(e.ApprovedBy)), locale.Clean(name(&r.Resource)), brief(e.Reason)})
	}
	if err := table(w, v.heads("id", "control", "through", "days", "by", "approved_by", "resource", "reason"), rows); err != nil {
		return err
	}
	return v.restings(w, list)
}

// restings writes under a table what its exceptions rest on.
func (v *View) restings(w io.Writer, list []lifecycle.Exception) error {
	for i := range list {
		for _, line := range v.Resting(&list[i]) {
			if err := lines(w, finding.Short(list[i].Finding)+"  "+line); err != nil {
				return err
			}
		}
	}
	return nil
}

// Resting says what an exception rests on beside its time, and what of that
// nobody can read; none where it rests on nothing else.
func (v *View) Resting(e *lifecycle.Exception) []string {
	if len(e.While) == 0 {
		return nil
	}
	list := []string{v.say("show.while", locale.A("conditions", locale.Clean(strings.Join(e.While, "; "))))}
	if !e.UnreadSince.IsZero() {
		list = append(list, v.unreadable(e))
	}
	return list
}

func (v *View) unreadable(e *lifecycle.Exception) string {
	return v.say("show.unread", locale.A("condition", locale.Clean(e.Unread)), locale.A("since", v.day(e.UnreadSince)),
		locale.A("why", locale.Clean(e.UnreadWhy)), locale.A("ends", v.day(e.Ends())))
}

// Proposed writes exceptions that wait for an approver, with their findings.
func (v *View) Proposed(w io.Writer, list []lifecycle.Exception, of map[string]lifecycle.Record) error {
	if len(list) == 0 {
		return lines(w, v.say("noneProposed"))
	}
	var rows [][]string
	for i := range list {
		e := &list[i]
		r := of[e.Finding]
		rows = append(rows, []string{finding.Short(e.Finding), r.Control, v.lastDay(e.Until), v.who(e.By), dash(e.Question), locale.Clean(name(&r.Resource)), brief(e.Reason)})
	}
	if err := table(w, v.heads("id", "control", "through", "by", "question", "resource", "reason"), rows); err != nil {
		return err
	}
	return v.restings(w, list)
}

// dash stands where there is nothing.
func dash(s string) string {
	if s == "" {
		return "-"
	}
	return locale.Clean(s)
}

type exceptionJSON struct {
	ID         string     `json:"id"`
	Finding    string     `json:"finding"`
	Reason     string     `json:"reason"`
	Until      *time.Time `json:"until"` // exclusive; null: without end
	By         string     `json:"by"`
	ApprovedBy string     `json:"approvedBy,omitempty"`
	Question   string     `json:"question,omitempty"`
	CreatedAt  time.Time  `json:"createdAt"`
	EndedAt    *time.Time `json:"endedAt"`
	EndedBy    string     `json:"endedBy,omitempty"`
	Proposal   bool       `json:"proposal,omitempty"` // nothing is suppressed before somebody approves it
	ApprovedAt *time.Time `json:"approvedAt,omitempty"`
	While      []string   `json:"while,omitempty"`
	Unread     *unread    `json:"unread,omitempty"`
}

// unread is a condition that scans could not look at.
type unread struct {
	Condition string    `json:"condition"`
	Since     time.Time `json:"since"`
	Why       string    `json:"why"`
	Ends      time.Time `json:"ends"` // when the exception does, unless a scan can read it before
}

func unreadOf(e *lifecycle.Exception) *unread {
	return &unread{e.Unread, e.UnreadSince.UTC(), e.UnreadWhy, e.Ends().UTC()}
}

func exception(e *lifecycle.Exception) exceptionJSON {
	out := exceptionJSON{
		ID: e.ID, Finding: e.Finding, Reason: e.Reason, Until: moment(e.Until), By: e.By, ApprovedBy: e.ApprovedBy, Question: e.Question,
		CreatedAt: e.CreatedAt.UTC(), EndedAt: moment(e.EndedAt), EndedBy: e.EndedBy, Proposal: e.Proposal, ApprovedAt: moment(e.ApprovedAt), While: e.While,
	}
	if !e.UnreadSince.IsZero() {
		out.Unread = unreadOf(e)
	}
	return out
}

// moment is null where there is none.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	u := t.UTC()
	return &u
}

// ExceptionsBody are exceptions, in force or proposed.
type ExceptionsBody struct {
	SchemaVersion int             `json:"schemaVersion"`
	Exceptions    []exceptionJSON `json:"exceptions"`
}

// ExceptionsBody has exceptions in their order.
func (v *View) ExceptionsBody(list []lifecycle.Exception) ExceptionsBody {
	out := ExceptionsBody{schemaVersion, []exceptionJSON{}}
	for i := range list {
		out.Exceptions = append(out.Exceptions, exception(&list[i]))
	}
	return out
}

// ExpiringJSON writes exceptions in force.
func (v *View) ExpiringJSON(w io.Writer, list []lifecycle.Exception) error {
	return writeJSON(w, v.ExceptionsBody(list))
}
