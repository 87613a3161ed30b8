package stream

import (
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
)

// LetBe tells whether a finding would count, but a person or a rule lets it be.
func LetBe(f *finding.Finding) bool {
	return f.Kept != nil && f.Kept.Workflow == suppressed && (f.Status == control.Failed || f.Status == control.Unknown)
}

// suppressed is Security Hub's workflow status of what is let be.
const suppressed = "SUPPRESSED"

// LetBeBy says for how long, by whom and why a finding is let be; what many
// findings have in common reads the same for all of them.
func (t *Texts) LetBeBy(k *finding.Kept) string {
	x := k.Exception
	switch {
	case x == nil:
		return t.Say("report.suppressed.bare")
	case x.Until.IsZero():
		return t.Say("report.suppressed.forever", locale.A("by", x.By), locale.A("reason", x.Reason))
	}
	return t.Say("report.suppressed.until", locale.A("until", t.Moment(x.Until)), locale.A("by", x.By), locale.A("reason", x.Reason))
}

// Standing says in sentences what a store knows of a finding; none where it
// comes from a scan.
func (t *Texts) Standing(f *finding.Finding) []string {
	k := f.Kept
	if k == nil {
		return nil
	}
	key := "report.kept.workflow"
	if k.Archived {
		key = "report.kept.archived"
	}
	list := []string{t.Say(key, locale.A("workflow", k.Workflow), locale.A("first", t.Day(k.FirstSeen)), locale.A("last", t.Day(k.LastSeen)), locale.A("changed", t.Day(k.Changed)))}
	list = append(list, t.severity(f)...)
	if says := t.Excepted(k); says != "" {
		list = append(list, says)
	}
	return append(list, t.note(k)...)
}

// Marked is as much of Standing as decides how to read a finding.
func (t *Texts) Marked(f *finding.Finding) []string {
	switch {
	case f.Kept == nil:
		return nil
	case f.Kept.Archived:
		return t.Standing(f)
	}
	return append(t.severity(f), t.note(f.Kept)...)
}

func (t *Texts) severity(f *finding.Finding) []string {
	if k := f.Kept; k.Own != 0 && k.Own != f.Severity {
		return []string{t.Say("report.kept.severity", locale.A("now", f.Severity.String()), locale.A("own", k.Own.String()))}
	}
	return nil
}

func (t *Texts) note(k *finding.Kept) []string {
	if n := k.Note; n != nil {
		return []string{t.Say("report.kept.note", locale.A("by", n.By), locale.A("text", n.Text))}
	}
	return nil
}

// Excepted says for how long and why a finding is let be; "" where it is not.
func (t *Texts) Excepted(k *finding.Kept) string {
	x := k.Exception
	if x == nil {
		return ""
	}
	key := "report.kept.until"
	if x.Until.IsZero() {
		key = "report.kept.forever"
	}
	says := t.Say(key, locale.A("until", t.Moment(x.Until)), locale.A("id", x.ID), locale.A("by", x.By), locale.A("reason", x.Reason))
	if len(x.While) > 0 {
		says += "; " + t.Say("report.kept.while", locale.A("conditions", strings.Join(x.While, "; ")))
	}
	if !x.UnreadSince.IsZero() {
		says += "; " + t.Say("report.kept.unread", locale.A("condition", x.Unread), locale.A("since", t.Day(x.UnreadSince)), locale.A("why", x.UnreadWhy))
	}
	return says
}
