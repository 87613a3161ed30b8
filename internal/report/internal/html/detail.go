package html

import (
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/guide"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report/internal/stream"
	"github.com/kumoban/kumoban/internal/resource"
)

// detail names the resources of a control: those that fail first.
func (v *view) detail(c controlRow) detail {
	id := c.raw
	d := detail{controlRow: c, Link: stream.Remediation(id)}
	for _, run := range v.scan.Controls {
		if run.ID != id {
			continue
		}
		if len(run.Checks) > 0 {
			d.Short = v.short(run.Control)
			d.Commands = append(d.Commands, "kumoban controls explain "+id)
			d.Ways = v.ways(run.Control)
		}
		if len(run.Remedies) > 0 {
			d.Commands = append(d.Commands, "kumoban fix plan --control "+id)
		}
	}
	if params := v.texts.JudgedWith(v.scan, id, false); params != nil {
		d.Params = v.say("judgedWith", "parameters", strings.Join(params, ", "))
	}
	found := v.named[id]
	for _, f := range found[:min(len(found), rowLimit)] {
		d.Rows = append(d.Rows, v.finding(f))
	}
	if n := len(found) - rowLimit; n > 0 {
		d.More = v.say("html.more", "n", n)
	}
	var rest []string
	if c.Passed > 0 {
		rest = append(rest, v.say("passed", "n", c.Passed))
	}
	if c.Exempt > 0 {
		rest = append(rest, v.say("notApplicable", "n", c.Exempt))
	}
	if rest != nil {
		d.Rest = v.say("html.rest", "counts", rest)
	}
	return d
}

func order(f *finding.Finding) int {
	switch {
	case stream.LetBe(f):
		return 2
	case f.Status == control.Failed:
		return 0
	}
	return 1
}

// short is what the control's guide begins with; a control without a guide has
// none.
func (v *view) short(c *control.Control) []piece {
	if c.Files == nil {
		return nil
	}
	text, err := guide.InShort(c, v.texts.Lang())
	if err != nil {
		return nil
	}
	var pieces []piece
	for i, part := range strings.Split(locale.Clean(text), "`") {
		if part != "" {
			pieces = append(pieces, piece{part, i%2 == 1})
		}
	}
	return pieces
}

func (v *view) finding(f *finding.Finding) row {
	r := &f.Resource
	name, id := r.Name, r.ID()
	switch {
	case r.Type == resource.AccountType:
		name, id = v.say("account", "account", r.Account), ""
	case name == "":
		name, id = id, ""
	}
	out := row{
		Name: locale.Clean(name), ID: locale.Clean(id), Places: v.places(r.Account, r.Region, ""), Message: locale.Clean(v.texts.Message(f.Control, f.Message)),
	}
	status := finding.ControlUnknown
	if f.Status == control.Failed {
		status = finding.ControlFailed
	}
	out.Class, out.Mark = look(status)
	if out.LetBe = stream.LetBe(f); out.LetBe {
		out.Class, out.Mark = "suppressed", "~"
	}
	out.Status = v.say("html.status." + out.Class)
	if v.stored {
		out.Short = f.ID()[:finding.ShortID]
	}
	if o := f.Origin; r.ARN == "" && o != nil && o.File != "" {
		out.Places = []string{locale.Clean(o.String())}
	}
	for _, n := range f.Notes {
		out.Notes = append(out.Notes, locale.Clean(v.texts.Message(f.Control, n)))
	}
	if out.LetBe {
		out.Notes = append(out.Notes, locale.Clean(v.texts.LetBeBy(f.Kept)))
	}
	standing := v.texts.Marked
	if v.scan.Exported {
		standing = v.texts.Standing
	}
	for _, s := range standing(f) {
		out.Notes = append(out.Notes, locale.Clean(s))
	}
	if f.NotOffered {
		out.Notes = append(out.Notes, v.say("notOffered", "region", r.Region))
	}
	return out
}
