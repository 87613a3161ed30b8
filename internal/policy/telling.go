package policy

import (
	"strconv"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/locale"
)

// Deadlines are the days within which what fails has to be mended, by severity; 0:
// nobody promised any.
type Deadlines struct{ Critical, High, Medium, Low int }

// Of is the deadline of a severity, named as findings name it, in days; 0: none.
func (d Deadlines) Of(severity string) int {
	switch severity {
	case "CRITICAL":
		return d.Critical
	case "HIGH":
		return d.High
	case "MEDIUM":
		return d.Medium
	case "LOW":
		return d.Low
	}
	return 0
}

// LateBefore is the moment before which a finding of a deadline has begun to fail that
// is overdue now: its last day is over. False: there is no deadline.
func (p *Policy) LateBefore(severity string, now time.Time) (time.Time, bool) {
	days := p.Deadlines.Of(severity)
	if days == 0 {
		return time.Time{}, false
	}
	y, m, d := now.In(p.Zone).AddDate(0, 0, -days).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, p.Zone), true
}

// Before is the beginning of the day that is some days before the last one of what ends
// at a moment.
func (p *Policy) Before(end time.Time, days int) time.Time {
	y, m, d := end.Add(-time.Microsecond).In(p.Zone).Date()
	return time.Date(y, m, d-days, 0, 0, 0, 0, p.Zone)
}

// Digest is when what can wait is told.
type Digest struct {
	Hour int // of the store's clock
	Off  bool
	days uint8 // a bit for each weekday
}

// The digest, where nobody decided.
const (
	digestHour = 9
	workDays   = "mon,tue,wed,thu,fri"
)

// On tells whether there is a digest on a day.
func (d Digest) On(day time.Weekday) bool { return !d.Off && d.days&(1<<day) != 0 }

// LastHour is the last moment up to now at which the hour of digests struck, on
// whatever day: what has days as dates is told then.
func (p *Policy) LastHour(now time.Time) time.Time {
	y, m, d := now.In(p.Zone).Date()
	at := time.Date(y, m, d, p.Digest.Hour, 0, 0, 0, p.Zone)
	if at.After(now) {
		at = time.Date(y, m, d-1, p.Digest.Hour, 0, 0, 0, p.Zone)
	}
	return at
}

// LastDigest is the last moment up to now at which a digest was due; zero: there is none.
func (p *Policy) LastDigest(now time.Time) time.Time {
	at := p.LastHour(now)
	y, m, d := at.Date()
	for back := range 7 {
		if at := time.Date(y, m, d-back, p.Digest.Hour, 0, 0, 0, p.Zone); p.Digest.On(at.Weekday()) {
			return at
		}
	}
	return time.Time{}
}

func (s *Setting) checkDeadline(value string) (string, error) {
	if strings.EqualFold(value, Off) {
		return Off, nil
	}
	days, ok := strings.CutSuffix(strings.ToLower(value), "d")
	n, err := strconv.Atoi(days)
	if !ok || err != nil || n < 1 || n > 3650 {
		return "", locale.Errorf("policy.badDeadline", locale.A("name", s.Name), locale.A("value", locale.Clean(value)))
	}
	return strconv.Itoa(n) + "d", nil
}

func checkHour(value string) (string, error) {
	if strings.EqualFold(value, Off) {
		return Off, nil
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 || n > 23 {
		return "", locale.Errorf("policy.badHour", locale.A("value", locale.Clean(value)))
	}
	return strconv.Itoa(n), nil
}

func weekdays() []string { return []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} }

// checkDays brings days into the order of the week, each once.
func checkDays(value string) (string, error) {
	said := map[string]bool{}
	for word := range strings.SplitSeq(strings.ToLower(value), ",") {
		said[strings.TrimSpace(word)] = true
	}
	var days []string
	for i := range 7 {
		if day := weekdays()[(i+1)%7]; said[day] {
			days = append(days, day)
			delete(said, day)
		}
	}
	if len(said) > 0 || len(days) == 0 {
		return "", locale.Errorf("policy.badWeekdays", locale.A("value", locale.Clean(value)), locale.A("values", weekdays()))
	}
	return strings.Join(days, ","), nil
}

// daysOf are the bits of days that checkDays let through.
func daysOf(value string) (bits uint8) {
	for i, day := range weekdays() {
		if strings.Contains(value, day) {
			bits |= 1 << i
		}
	}
	return bits
}

// telling takes over a setting of this file, which Check has read.
func (p *Policy) telling(name, value string) {
	days, _ := strconv.Atoi(strings.TrimSuffix(value, "d")) // 0 where it is off
	switch name {
	case DeadlineCritical:
		p.Deadlines.Critical = days
	case DeadlineHigh:
		p.Deadlines.High = days
	case DeadlineMedium:
		p.Deadlines.Medium = days
	case DeadlineLow:
		p.Deadlines.Low = days
	case DigestHour:
		if p.Digest.Off = value == Off; !p.Digest.Off {
			p.Digest.Hour = days
		}
	case DigestDays:
		p.Digest.days = daysOf(value)
	}
}
