// Package asff writes findings in the AWS Security Finding Format, and reads
// what findings in it name.
package asff

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report/internal/stream"
	"github.com/kumoban/kumoban/internal/resource"
)

// Values of the AWS Security Finding Format, as Security Hub's own findings
// carry them with consolidated control findings on.
const (
	schema      = "2018-10-08"
	standard    = "standards/aws-foundational-security-best-practices/v/1.0.0"
	findingType = "Software and Configuration Checks/Industry and Regulatory Standards"
	timeLayout  = "2006-01-02T15:04:05.000Z"
	product     = "kumoban"
	noAccount   = "000000000000" // of a source file
	unsaid      = "unknown"      // the Region of a source file, and what nobody said
)

// Limits of the API reference's AwsSecurityFinding, in characters and items.
const (
	maxTitle        = 256
	maxDescription  = 1024
	maxReason       = 2048
	maxField        = 2048
	maxText         = 512
	maxRequirements = 32
)

// Handler writes a JSON array that BatchImportFindings takes, one finding
// for each control and resource.
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
	h.Sort(s.Controls)
	w := bufio.NewWriterSize(h.w, 1<<16) // keeps its first error for Flush
	b := builder{texts: h.texts, scan: s, controls: map[string]*control.Control{}}
	for _, c := range s.Controls {
		b.controls[c.ID] = c.Control
	}
	if err := stream.WriteList(w, b.all(h.Findings)); err != nil {
		return err
	}
	w.WriteByte('\n')
	return w.Flush()
}

// builder makes ASFF findings out of those of one scan.
type builder struct {
	texts    *stream.Texts
	scan     *stream.Scan
	controls map[string]*control.Control // by id
}

// all yields one ASFF finding for each identity. findings are in order.
func (b *builder) all(findings []*finding.Finding) iter.Seq[any] {
	return func(yield func(any) bool) {
		for id, same := range stream.ByIdentity(findings) {
			if !yield(b.one(id, same)) {
				return
			}
		}
	}
}

// one makes a finding of the worst of same and names the reasons of all that
// are as bad.
func (b *builder) one(id string, same []*finding.Finding) *securityFinding {
	f := stream.Worst(same)
	a := b.found(id, f)
	for _, g := range same {
		if g.Status == f.Status {
			b.reason(a, g)
		}
	}
	return a
}

// reason adds the reason of a finding, where it has one.
func (b *builder) reason(a *securityFinding, f *finding.Finding) {
	if f.Reason == "" {
		return
	}
	reason := statusReason{f.Reason, limit(cmp.Or(b.texts.Message(f.Control, f.Message), f.Reason), maxReason)}
	if !slices.Contains(a.Compliance.StatusReasons, reason) {
		a.Compliance.StatusReasons = append(a.Compliance.StatusReasons, reason)
	}
}

func (b *builder) base(id string, f *finding.Finding, s Standing) *securityFinding {
	r := &f.Resource
	account, region, partition := cmp.Or(r.Account, noAccount), cmp.Or(r.Region, unsaid), cmp.Or(r.Partition, "aws")
	if r.ARN == "" {
		account, region = noAccount, unsaid
	}
	label, original := severityLabel(f, cmp.Or(s.Override, f.Severity)), severityLabel(f, f.Severity)
	return &securityFinding{
		SchemaVersion: schema, ID: id, GeneratorID: "security-control/" + f.Control,
		ProductArn:  fmt.Sprintf("arn:%s:securityhub:%s:%s:product/%[3]s/default", partition, region, account),
		ProductName: product, CompanyName: product, Region: region, AwsAccountID: account, Types: []string{findingType},
		FirstObservedAt: stamp(s.FirstObservedAt), LastObservedAt: stamp(s.LastObservedAt), CreatedAt: stamp(s.CreatedAt), UpdatedAt: stamp(s.UpdatedAt),
		Severity: severity{label, new(normalized(label)), original},
		Title:    limit(b.texts.Title(f.Control), maxTitle), Description: limit(cmp.Or(b.texts.Describe(f), f.Control), maxDescription),
		Remediation: remediation{recommendation{
			limit(b.texts.Say("report.asff.remediation", locale.A("control", f.Control)), maxText),
			stream.Remediation(f.Control),
		}},
		ProductFields: b.fields(f),
		Resources: []affected{{
			Type: resourceType(r.Type), ID: cmp.Or(r.ID(), unsaid), Partition: partition, Region: region, Details: source(f),
		}},
		Compliance: b.compliance(f), WorkflowState: "NEW", Workflow: workflow{s.Workflow}, RecordState: recordState(s.Archived),
		FindingProviderFields: providerFields{severity{label, nil, original}, []string{findingType}},
	}
}

func (b *builder) fields(f *finding.Finding) map[string]string {
	fields := map[string]string{"kumoban/version": cmp.Or(b.scan.Version, unsaid)}
	if strings.TrimSpace(f.Resource.Name) != "" {
		fields["kumoban/resourceName"] = limit(f.Resource.Name, maxField)
	}
	if f.NotOffered {
		fields["kumoban/notOffered"] = "true"
	}
	return fields
}

func (b *builder) compliance(f *finding.Finding) compliance {
	a := compliance{Status: complianceStatus(f.Status), SecurityControlID: f.Control}
	c := b.controls[f.Control]
	if c == nil || len(c.Checks) == 0 {
		return a // a control of another version: nothing is known but its id
	}
	a.RelatedRequirements = c.Requirements[:min(len(c.Requirements), maxRequirements)]
	a.AssociatedStandards = []associatedStandard{{standard}}
	for _, p := range c.Parameters {
		if value := f.Params.Get(p.Name); value != "" && !p.Ours {
			a.SecurityControlParameters = append(a.SecurityControlParameters, parameter{p.Name, p.Split(value)})
		}
	}
	return a
}

func complianceStatus(s control.Status) string {
	switch s {
	case control.Passed, control.Failed:
		return s.String()
	}
	return "NOT_AVAILABLE"
}

func workflowStatus(s control.Status) string {
	if s == control.Passed {
		return "RESOLVED"
	}
	return "NEW"
}

func recordState(archived bool) string {
	if archived {
		return "ARCHIVED"
	}
	return "ACTIVE"
}

func stamp(t time.Time) string { return t.UTC().Format(timeLayout) }

// severityLabel is how severe a failed finding is; others say nothing bad.
func severityLabel(f *finding.Finding, s control.Severity) string {
	if f.Status == control.Failed {
		return s.String()
	}
	return "INFORMATIONAL"
}

func normalized(label string) int {
	switch label {
	case "LOW":
		return 1
	case "MEDIUM":
		return 40
	case "HIGH":
		return 70
	case "CRITICAL":
		return 90
	}
	return 0
}

// resourceType returns ASFF's own name of a type, or Other where it has none.
func resourceType(t resource.Type) string {
	if t == resource.AccountType {
		return "AwsAccount"
	}
	if e := catalog.Find(t); e != nil && e.Room.ASFF != "" {
		return e.Room.ASFF
	}
	return "Other"
}

// source says where in a file a resource is declared; nil for a live one.
func source(f *finding.Finding) *details {
	if f.Resource.ARN != "" || f.Origin == nil || f.Origin.File == "" {
		return nil
	}
	return &details{map[string]string{"file": f.Origin.File, "line": strconv.Itoa(f.Origin.Line)}}
}

// limit cuts a text to n characters of UTF-16, the narrowest reading of the
// API's "length", between two runes.
func limit(s string, n int) string {
	if len(s) <= n {
		return s
	}
	units, cut := 0, 0 // cut: where n-1 units end, to leave one for the ellipsis
	for i, r := range s {
		if units <= n-1 {
			cut = i
		}
		units += utf16.RuneLen(r)
		if units > n {
			return s[:cut] + "…"
		}
	}
	return s
}
