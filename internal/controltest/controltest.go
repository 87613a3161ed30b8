// Package controltest runs the cases of controls: what a source holds goes in,
// verdicts in both languages come out. A case is a txtar file in the control's
// testdata folder:
//
//	What the case is about, in a sentence.
//	-- aws.json --       the double's fixture
//	-- params --         parameters, one a line: APIGateway.5.requireCacheCluster=true
//	-- faults --         calls that fail, one a line: GetStages /restapis/a1b2c3d4e5 deny
//	-- region --         instead of ap-northeast-1
//	-- want --           what the control says, as [Transcript] writes it
package controltest

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/evaluate"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

// Account is the account of every case, Region its Region if it names none.
const (
	Account = "111122223333"
	Region  = "ap-northeast-1"
)

// update makes Run write the want part of cases anew; read the change before
// you keep it.
const update = "KUMOBAN_UPDATE_CASES"

// Run runs the case in file for the control of that id.
func Run(t *testing.T, all []*control.Control, id, file string) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range archive.Files {
		parts[f.Name] = string(f.Data)
	}
	// Virtual time: a call that is throttled to the end costs minutes of back-off.
	synctest.Test(t, func(t *testing.T) {
		got := scan(t, all, id, parts)
		if os.Getenv(update) != "" {
			save(t, file, archive, got)
			return
		}
		if diff := cmp.Diff(parts["want"], got); diff != "" {
			t.Errorf("%s\n%s (-want +got):\n%s", strings.TrimSpace(string(archive.Comment)), file, diff)
		}
	})
}

func save(t *testing.T, file string, archive *txtar.Archive, got string) {
	kept := archive.Files[:0]
	for _, f := range archive.Files {
		if f.Name != "want" {
			kept = append(kept, f)
		}
	}
	archive.Files = append(kept, txtar.File{Name: "want", Data: []byte(got)})
	if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

func scan(t *testing.T, all []*control.Control, id string, parts map[string]string) string {
	t.Helper()
	region := strings.TrimSpace(parts["region"])
	if region == "" {
		region = Region
	}
	double := awsdouble.New(awsdouble.Options{})
	if err := double.Load(Account, region, []byte(parts["aws.json"])); err != nil {
		t.Fatal(err)
	}
	for _, line := range lines(parts["faults"]) {
		operation, rest, _ := strings.Cut(line, " ")
		path, kind, ok := strings.Cut(rest, " ")
		if !ok {
			t.Fatalf("fault %q: want OPERATION PATH KIND", line)
		}
		double.Fault(awsdouble.Fault{Operation: operation, Path: path, Kind: awsdouble.Kind(kind)})
	}
	set, err := control.Select(all, control.Selection{Patterns: []string{id}, Params: lines(parts["params"])})
	if err != nil {
		t.Fatal(err)
	}
	return Transcript(t, all, Scan(t, double, region, set))
}

func lines(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == '\n' })
}

// Scan scans the account in the double and returns copies of all findings, in
// the order in which they came.
func Scan(t *testing.T, double *awsdouble.Double, region string, set control.Set) []finding.Finding {
	t.Helper()
	rate, err := awsclient.ParseRate("max")
	if err != nil {
		t.Fatal(err)
	}
	key, secret := double.CredentialsFor(Account)
	provider := credentials.NewStaticCredentialsProvider(key, secret, "")
	src := awslive.Source{
		Targets: []awslive.Target{{}}, Limits: awsclient.NewLimits(rate, slog.New(slog.DiscardHandler)), Log: slog.New(slog.DiscardHandler),
		Load: func(context.Context, string) (aws.Config, error) {
			return awsclient.Static(region, "", provider, &http.Client{Transport: double.Transport()}), nil
		},
	}
	k := &keeper{set: set}
	// An error here says that nothing could be read, which the findings show too.
	_ = src.Run(t.Context(), set, k)
	return k.findings
}

type keeper struct {
	set      control.Set
	mu       sync.Mutex // two scopes of an account come side by side
	findings []finding.Finding
}

func (k *keeper) Account(resource.Account) {}
func (k *keeper) Scope(at resource.Scope, kind source.Kind) source.ScopeSink {
	run := evaluate.New(at, kind, k.set)
	run.At(fact.Time(time.Now().Unix()))
	return &keeperScope{k, run}
}

type keeperScope struct {
	*keeper
	run *evaluate.Run
}

func (k *keeperScope) Unit(u resource.Unit) error { return k.run.Unit(u, k.keep) }
func (k *keeperScope) Gap(g resource.Gap) error   { return k.run.Gap(&g, k.keep) }
func (k *keeperScope) End() error                 { return k.run.End(k.keep) }
func (k *keeper) keep(f *finding.Finding) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.findings = append(k.findings, *f)
	return nil
}

// Transcript writes findings for people to read: status, resource and reason
// on one line, then message and notes in both languages.
func Transcript(t *testing.T, all []*control.Control, findings []finding.Finding) string {
	t.Helper()
	var texts []*report.Texts
	for _, lang := range locale.Langs() {
		catalog, err := locale.New(lang)
		if err != nil {
			t.Fatal(err)
		}
		text, err := report.NewTexts(catalog, all)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text)
	}
	var b strings.Builder
	for i := range findings {
		f := &findings[i]
		id := f.Resource.ID()
		if _, path, ok := strings.Cut(id, "::/"); ok {
			id = "/" + path
		}
		fmt.Fprintf(&b, "%s %s", f.Status, id)
		if f.Reason != "" {
			fmt.Fprintf(&b, " [%s]", f.Reason)
		}
		if f.NotOffered {
			b.WriteString(" [not offered]")
		}
		b.WriteString("\n")
		for j, lang := range locale.Langs() {
			fmt.Fprintf(&b, "  %s: %s\n", lang, texts[j].Message(f.Control, f.Message))
		}
		for _, note := range f.Notes {
			for j, lang := range locale.Langs() {
				fmt.Fprintf(&b, "  note %s: %s\n", lang, texts[j].Message(f.Control, note))
			}
		}
	}
	return b.String()
}
