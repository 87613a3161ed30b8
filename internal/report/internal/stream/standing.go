package stream

import (
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
)

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
	list := []string{t.Say(key, locale.A("workflow", k.Workflow), locale.A("first", day(k.FirstSeen)), locale.A("last", day(k.LastSeen)), locale.A("changed", day(k.Changed)))}
	if k.Own != 0 && k.Own != f.Severity {
		list = append(list, t.Say("report.kept.severity", locale.A("now", f.Severity.String()), locale.A("own", k.Own.String())))
	}
	if says := t.Excepted(k); says != "" {
		list = append(list, says)
	}
	if n := k.Note; n != nil {
		list = append(list, t.Say("report.kept.note", locale.A("by", n.By), locale.A("text", n.Text)))
	}
	return list
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
	says := t.Say(key, locale.A("until", Moment(x.Until)), locale.A("id", x.ID), locale.A("by", x.By), locale.A("reason", x.Reason))
	if len(x.While) > 0 {
		says += "; " + t.Say("report.kept.while", locale.A("conditions", strings.Join(x.While, "; ")))
	}
	if !x.UnreadSince.IsZero() {
		says += "; " + t.Say("report.kept.unread", locale.A("condition", x.Unread), locale.A("since", day(x.UnreadSince)), locale.A("why", x.UnreadWhy))
	}
	return says
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
