// Package stream is what every report is made of: a scan that arrives finding
// by finding, its texts in a language, and its order.
package stream

import (
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/resource"
)

// Handler takes a scan as it happens. Findings of one account and Region come
// in the order of its listings; those of several come interleaved. A handler
// is called from one goroutine at a time. Its errors are those of the writer
// it was made with; after one, the report is not complete.
type Handler interface {
	// Finding takes one finding, which is the handler's only until it returns;
	// what the finding points at (arguments, notes, origin) stays as it is, so
	// a copy of the struct may be kept.
	Finding(*finding.Finding) error
	// Gap takes something that could not be read; the same holds for it.
	Gap(*resource.Gap) error
	// End closes the report.
	End(*Scan) error
}

// Scan says who looked where, when, and for what.
type Scan struct {
	Version    string // of kumoban
	Started    time.Time
	Ended      time.Time
	Source     string // "live" or "demo"
	Endpoint   string // the URL that was asked instead of AWS's own, or ""
	Exported   bool   // these are findings of a store, chosen by flags: what is missing is not gone
	Accounts   []resource.Account
	Controls   control.Set
	Incomplete string // "", or why the scan stopped early: "interrupted", "timeout"

	// Elsewhere is what listings of whole accounts found in Regions where the scan did
	// not look, so that nothing is said of it.
	Elsewhere []resource.Elsewhere

	// Tuned are the parameters that controls were judged with because an account has
	// them so in its Security Hub, in the order of accounts and Regions. Untuned are
	// the places where it could not be asked: AWS's defaults hold there.
	Tuned   []Tuned
	Untuned []Untuned
}

// Tuned are a control's parameters of an account's Security Hub in one Region.
type Tuned struct {
	Account, Region string
	Control         string
	Params          control.Params // those alone
}

// Untuned is an account and Region whose Security Hub did not tell.
type Untuned struct {
	Account, Region string
	Code            string // why, as AWS says it
}

// NotEnabled tells whether there is no Security Hub that could tell.
func (u Untuned) NotEnabled() bool { return u.Code == "InvalidAccessException" }

// Moment shows a time in the zone that it was taken in and, where that is
// another, in UTC, which AWS's logs have.
func Moment(t time.Time) string {
	const layout = "2006-01-02 15:04:05 "
	utc := t.UTC().Format(layout + "UTC")
	if _, offset := t.Zone(); offset == 0 {
		return utc
	}
	return t.Format(layout+"-07:00") + " (" + utc + ")"
}

// Took is how long a scan took, rounded to what a person wants to know.
func Took(s *Scan) time.Duration {
	d := s.Ended.Sub(s.Started)
	if d < time.Second {
		return d.Round(time.Millisecond)
	}
	return d.Round(time.Second / 10)
}
