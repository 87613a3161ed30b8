// Package ocsf writes findings as Compliance Findings of the Open Cybersecurity
// Schema Framework (OCSF), version 1.8.0, with its cloud profile.
package ocsf

import (
	"bufio"
	"cmp"
	"io"
	"iter"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report/internal/stream"
	"github.com/kumoban/kumoban/internal/resource"
)

// Values of the schema and of ours.
const (
	version     = "1.8.0"
	profile     = "cloud"
	provider    = "AWS"
	product     = "kumoban"
	standard    = "AWS Foundational Security Best Practices v1.0.0"
	findingType = "Software and Configuration Checks/Industry and Regulatory Standards" // ASFF's
	unsaid      = "unknown"
)

// Handler writes a JSON array, one Compliance Finding a line for each control
// and resource.
type Handler struct {
	stream.Kept
	w     io.Writer
	texts *stream.Texts
}

// New returns a handler that writes to w.
func New(w io.Writer, texts *stream.Texts) *Handler { return &Handler{w: w, texts: texts} }

// Finding keeps a finding.
func (h *Handler) Finding(f *finding.Finding) error {
	h.Keep(f)
	return nil
}

// End writes the array.
func (h *Handler) End(s *stream.Scan) error {
	for _, g := range h.Gaps {
		h.hide(g, s.Controls)
	}
	h.Sort(s.Controls)
	w := bufio.NewWriterSize(h.w, 1<<16) // keeps its first error for Flush
	b := builder{texts: h.texts, scan: s, controls: map[string]*control.Control{}, accounts: map[string]string{}}
	for _, c := range s.Controls {
		b.controls[c.ID] = c.Control
	}
	for _, a := range s.Accounts {
		b.accounts[a.ID] = a.Name
	}
	if err := stream.WriteList(w, b.all(h.Findings)); err != nil {
		return err
	}
	w.WriteByte('\n')
	return w.Flush()
}

// hide makes findings of what a gap hides in an account that nobody could name;
// other gaps have theirs. The address only tells such accounts apart.
func (h *Handler) hide(g *resource.Gap, set control.Set) {
	for _, c := range set {
		if !stream.Unnamed(g) || !stream.Hides(g, c.Control) {
			continue
		}
		h.Keep(&finding.Finding{
			Control: c.ID, Severity: c.Severity, Message: finding.Hidden(g), Reason: finding.ReasonUnread, NotOffered: !c.Offered(g.Region), Params: c.Params,
			Resource: resource.Ref{Scope: g.Scope, Type: resource.AccountType, Name: cmp.Or(g.Name, unsaid), Address: "account of " + cmp.Or(g.Name, unsaid)},
		})
	}
}

// builder makes OCSF findings out of those of one scan.
type builder struct {
	texts    *stream.Texts
	scan     *stream.Scan
	controls map[string]*control.Control // by id
	accounts map[string]string           // names, by id
}

func (b *builder) all(findings []*finding.Finding) iter.Seq[any] {
	return func(yield func(any) bool) {
		for id, same := range stream.ByIdentity(findings) {
			if !yield(b.one(id, same)) {
				return
			}
		}
	}
}

// one makes a finding of the worst of same, and lets the others that are as
// bad say what they have to.
func (b *builder) one(id string, same []*finding.Finding) *event {
	f := stream.Worst(same)
	e := b.event(id, f)
	seen := map[string]bool{}
	for _, g := range same {
		if g.Status != f.Status {
			continue
		}
		for _, text := range b.details(g) {
			if !seen[text] {
				seen[text] = true
				e.Compliance.StatusDetails = append(e.Compliance.StatusDetails, text)
			}
		}
	}
	if f.Kept != nil {
		b.stand(e, f.Kept)
	}
	return e
}

// details are a finding's message, its notes, and whether AWS offers the
// control there.
func (b *builder) details(f *finding.Finding) []string {
	list := []string{b.texts.Message(f.Control, f.Message)}
	for _, n := range f.Notes {
		list = append(list, b.texts.Message(f.Control, n))
	}
	if f.NotOffered {
		list = append(list, b.texts.Say("report.notOffered", locale.A("region", f.Resource.Region)))
	}
	return list
}

func (b *builder) event(id string, f *finding.Finding) *event {
	s := b.scan
	started, ended := s.Started.UnixMilli(), s.Ended.UnixMilli()
	_, offset := s.Ended.Zone()
	activity, status, severity := activityOf(f), statusOf(f), severityOf(f)
	title := b.texts.Title(f.Control)
	return &event{
		ActivityID: activity.id, ActivityName: activity.caption,
		CategoryUID: categoryUID, CategoryName: categoryName, ClassUID: classUID, ClassName: className,
		TypeUID: classUID*100 + activity.id, TypeName: className + ": " + activity.caption,
		Time: ended, TimezoneOffset: offset / int(time.Minute/time.Second), SeverityID: severity.id, Severity: severity.caption,
		StatusID: status.id, Status: status.caption, StatusCode: f.Status.String(), StatusDetail: b.texts.Message(f.Control, f.Message),
		Message: b.texts.Describe(f), Metadata: b.metadata(), Cloud: b.cloud(&f.Resource),
		FindingInfo: findingInfo{
			UID: id, Title: title, Desc: b.texts.Describe(f), Types: []string{findingType}, Analytic: analytic{f.Control, title, 1, "Rule"},
			CreatedTime: started, FirstSeenTime: started, LastSeenTime: ended, ModifiedTime: ended,
		},
		Compliance: b.compliance(f), Resources: []affected{b.resource(&f.Resource)}, Evidences: evidenceOf(f.Origin),
		Remediation: remediation{
			Desc:       b.texts.Say("report.asff.remediation", locale.A("control", f.Control)),
			References: []string{stream.Remediation(f.Control)},
		},
	}
}

func (b *builder) metadata() metadata {
	m := metadata{
		Version: version, Profiles: []string{profile}, OriginalTime: b.scan.Ended.Format(time.RFC3339Nano),
		Product: productInfo{product, product, product, b.scan.Version, string(b.texts.Lang())},
	}
	if b.scan.Incomplete != "" {
		m.Labels = []string{"incomplete: " + b.scan.Incomplete}
	}
	return m
}

func (b *builder) cloud(r *resource.Ref) cloud {
	return cloud{Provider: provider, Partition: r.Partition, Region: r.Region, Account: b.account(r)}
}

// account is nil where nobody knows which one it is.
func (b *builder) account(r *resource.Ref) *account {
	if r.Account == "" {
		return nil
	}
	return &account{r.Account, b.accounts[r.Account], 10, "AWS Account"}
}

func (b *builder) resource(r *resource.Ref) affected {
	a := affected{
		UID: r.ID(), Name: r.Name, Type: string(r.Type), Region: r.Region, Partition: r.Partition, Provider: provider, RoleID: 1, Role: "Target",
	}
	if known := b.account(r); known != nil {
		a.Owner = &owner{known}
	} else if r.Type == resource.AccountType {
		a.UID = ""
	}
	if a.UID == "" && a.Name == "" {
		a.Name = unsaid
	}
	return a
}

func (b *builder) compliance(f *finding.Finding) compliance {
	status := complianceOf(f.Status)
	a := compliance{
		Control: f.Control, Desc: b.texts.Title(f.Control), Standards: []string{standard},
		StatusID: status.id, Status: status.caption, StatusCode: f.Reason,
	}
	c := b.controls[f.Control]
	if c == nil || len(c.Checks) == 0 {
		return a // a control of another version: nothing is known but its id
	}
	a.Category, a.Requirements = c.Category, c.Requirements
	for _, p := range c.Parameters {
		if value := f.Params.Get(p.Name); value != "" {
			a.Parameters = append(a.Parameters, keyValue{p.Name, value})
		}
	}
	return a
}

// evidenceOf says where a resource was seen: the API call, or file and line.
func evidenceOf(o *fact.Origin) []evidence {
	switch {
	case o == nil || o.Call == "" && o.File == "":
		return nil
	case o.File == "":
		return []evidence{{seen{Call: o.Call}}}
	}
	return []evidence{{seen{File: o.File, Line: o.Line}}}
}
