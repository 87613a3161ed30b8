package report_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		check(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	check(t, err)
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update writes it anew):\n%s", path, diff)
	}
}

func TestGolden(t *testing.T) {
	for _, lang := range locale.Langs() {
		for _, format := range report.Formats() {
			golden(t, "sample."+string(lang)+"."+format, render(t, sample(t), format, lang, report.Options{}))
		}
		for _, format := range []string{"text", "csv"} {
			golden(t, "abroad."+string(lang)+"."+format, render(t, abroad(t), format, lang, report.Options{CSVBOM: true}))
		}
		golden(t, "trend."+string(lang)+".html", render(t, abroad(t), "html", lang, report.Options{Trend: always(past(), leftOut()[:2]...)}))
		stopped := sample(t)
		stopped.Incomplete = "interrupted"
		golden(t, "interrupted."+string(lang)+".text", render(t, stopped, "text", lang, report.Options{Verbose: true}))
	}
	golden(t, "abroad.en.json", render(t, abroad(t), "json", locale.English, report.Options{}))
	golden(t, "color.en.text", render(t, sample(t), "text", locale.English, report.Options{Color: true}))
}

// Reports of accounts that answer in another order are the same.
func TestOrderOfArrivalDoesNotShow(t *testing.T) {
	turned := sample(t)
	for i, j := 0, len(turned.findings)-1; i < j; i, j = i+1, j-1 {
		turned.findings[i], turned.findings[j] = turned.findings[j], turned.findings[i]
	}
	turned.gaps[0], turned.gaps[2] = turned.gaps[2], turned.gaps[0]
	for _, format := range []string{"text", "json", "asff", "ocsf", "html"} {
		if diff := cmp.Diff(render(t, sample(t), format, locale.English, report.Options{}), render(t, turned, format, locale.English, report.Options{})); diff != "" {
			t.Errorf("%s:\n%s", format, diff)
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	_, err := report.New("yaml", nil, nil, report.Options{})
	if err == nil || !strings.Contains(err.Error(), `"yaml"`) || !strings.Contains(err.Error(), "jsonl") {
		t.Errorf("got %v", err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

// A full disk is an error of every format, at the latest at the end.
func TestWriterFails(t *testing.T) {
	for _, format := range report.Formats() {
		h, err := report.New(format, full{}, newTexts(t, locale.English, fakes()), report.Options{})
		check(t, err)
		s := sample(t)
		for i := range s.findings {
			if err = h.Finding(&s.findings[i]); err != nil {
				break
			}
		}
		if err == nil {
			err = h.End(&s.Scan)
		}
		if err == nil {
			t.Errorf("%s: a full disk goes unnoticed", format)
		}
	}
}
