// Package policy is what a team decides once for all who work on a store: who
// has to approve an exception, how long one may last, what a fix needs of the
// owner, and by which clock days are counted. It is pure.
package policy

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // not every machine has zones
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/kumoban/kumoban/internal/locale"
)

// The settings, by the names that people type and stores keep.
const (
	FourEyes         = "four-eyes"
	OwnerAccept      = "owner-accept"
	OwnerGate        = "owner-gate"
	LongestException = "longest-exception"
	TimeZone         = "time-zone"

	// Of a message to those who look after findings, and of what they promised.
	DeadlineCritical = "deadline-critical"
	DeadlineHigh     = "deadline-high"
	DeadlineMedium   = "deadline-medium"
	DeadlineLow      = "deadline-low"
	DigestHour       = "digest-hour"
	DigestDays       = "digest-days"

	// Of an account, too: "fix-role.111122223333".
	FixRole           = "fix-role"
	FixRoleExternalID = "fix-role-external-id"
)

// The values of settings that choose.
const (
	On       = "on"
	Off      = "off"
	AtOnce   = "at-once"  // the owner's word suppresses
	Approver = "approver" // somebody else has to approve it
	Warn     = "warn"
	Require  = "require"
)

// Policy is what holds on a store.
type Policy struct {
	FourEyes      bool // an exception needs an approver who is not its author
	OwnerApproves bool // what the owner accepts needs an approver who is not the owner
	RequireOwner  bool // a remedy that interrupts, costs or replaces needs the owner's word
	Longest       int  // days that an exception may last
	Zone          *time.Location
	Deadlines     Deadlines
	Digest        Digest
}

// longest is the most days that an exception lasts where nobody decided.
const longest = 365

// Setting is one thing that can be decided.
type Setting struct {
	Name       string
	Default    string
	Values     []string // that it takes; nil: see Check
	PerAccount bool     // it can be decided for an account, too, as NAME.ACCOUNT
}

// Settings lists what can be decided, in the order in which it is shown.
func Settings() []Setting {
	return []Setting{
		{Name: FourEyes, Default: Off, Values: []string{On, Off}},
		{Name: OwnerAccept, Default: AtOnce, Values: []string{AtOnce, Approver}},
		{Name: OwnerGate, Default: Warn, Values: []string{Warn, Require}},
		{Name: LongestException, Default: strconv.Itoa(longest) + "d"},
		{Name: TimeZone, Default: "UTC"},
		{Name: DeadlineCritical, Default: Off},
		{Name: DeadlineHigh, Default: Off},
		{Name: DeadlineMedium, Default: Off},
		{Name: DeadlineLow, Default: Off},
		{Name: DigestHour, Default: strconv.Itoa(digestHour)},
		{Name: DigestDays, Default: workDays},
		{Name: FixRole, Default: Off, PerAccount: true},
		{Name: FixRoleExternalID, Default: Off, PerAccount: true},
	}
}

// Listed are all settings, those after it that were decided for single accounts.
func Listed(values map[string]string) (list []Setting) {
	for _, s := range Settings() {
		list = append(list, s)
		for _, name := range slices.Sorted(maps.Keys(values)) {
			if of, account, each := strings.Cut(name, "."); each && s.PerAccount && of == s.Name {
				list = append(list, forAccount(s, account))
			}
		}
	}
	return list
}

// forAccount is a setting for one account.
func forAccount(s Setting, account string) Setting {
	s.Name += "." + account
	return s
}

// Kind is the name of a setting without the account that it is for.
func (s *Setting) Kind() string {
	kind, _, _ := strings.Cut(s.Name, ".")
	return kind
}

// Find returns the setting of a name, however its letters are written and whether
// hyphens stand between its words; the error names all.
func Find(name string) (Setting, error) {
	kind, account, each := strings.Cut(strings.TrimSpace(name), ".")
	var names []string
	for _, s := range Settings() {
		names = append(names, s.Name)
		switch {
		case !strings.EqualFold(joined(s.Name), joined(kind)):
		case !each:
			return s, nil
		case !s.PerAccount:
			return Setting{}, locale.Errorf("policy.notPerAccount", locale.A("name", s.Name))
		case !accountID.MatchString(account):
			return Setting{}, locale.Errorf("policy.badAccount", locale.A("name", s.Name), locale.A("value", locale.Clean(account)))
		default:
			return forAccount(s, account), nil
		}
	}
	return Setting{}, locale.Errorf("policy.unknown", locale.A("name", locale.Clean(name)), locale.A("names", names))
}

// joined is a name without hyphens.
func joined(name string) string { return strings.ReplaceAll(name, "-", "") }

// Check returns a value as it is kept, or the sentence that says what it may be.
func (s *Setting) Check(value string) (string, error) {
	value = strings.TrimSpace(value)
	bad := locale.Errorf("policy.badValue", locale.A("name", s.Name), locale.A("value", locale.Clean(value)), locale.A("values", s.Values))
	switch s.Kind() {
	case FixRole:
		_, account, _ := strings.Cut(s.Name, ".")
		return checkRole(value, account)
	case FixRoleExternalID:
		if strings.EqualFold(value, Off) {
			return Off, nil
		}
		return value, CheckExternalID(value)
	case LongestException:
		days, ok := strings.CutSuffix(strings.ToLower(value), "d")
		n, err := strconv.Atoi(days)
		if !ok || err != nil || n < 1 || n > 36500 {
			return "", locale.Errorf("policy.badDays", locale.A("value", locale.Clean(value)))
		}
		return strconv.Itoa(n) + "d", nil
	case TimeZone:
		zone, err := zone(value)
		if err != nil {
			return "", err
		}
		return zone.String(), nil
	case DeadlineCritical, DeadlineHigh, DeadlineMedium, DeadlineLow:
		return s.checkDeadline(value)
	case DigestHour:
		return checkHour(value)
	case DigestDays:
		return checkDays(value)
	}
	for _, v := range s.Values {
		if strings.EqualFold(v, value) {
			return v, nil
		}
	}
	return "", bad
}

// zone reads the name of a time zone. "Local" is none: it is another on every machine.
func zone(name string) (*time.Location, error) {
	z, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, locale.Errorf("policy.badZone", locale.A("value", locale.Clean(name)))
	}
	return z, nil
}

// Of is the policy of a store that keeps these settings. A value that nobody can
// read is an error: what it had decided would be decided otherwise in silence.
func Of(values map[string]string) (Policy, error) {
	p := Policy{Longest: longest, Zone: time.UTC, Digest: Digest{Hour: digestHour, days: daysOf(workDays)}}
	for _, s := range Settings() {
		value, ok := values[s.Name]
		if !ok {
			continue
		}
		value, err := s.Check(value)
		if err != nil {
			return p, err
		}
		switch s.Name {
		case FourEyes:
			p.FourEyes = value == On
		case OwnerAccept:
			p.OwnerApproves = value == Approver
		case OwnerGate:
			p.RequireOwner = value == Require
		case LongestException:
			p.Longest, _ = strconv.Atoi(strings.TrimSuffix(value, "d")) // Check has read it
		case TimeZone:
			p.Zone, _ = zone(value) // likewise
		default:
			p.telling(s.Name, value)
		}
	}
	return p, nil
}

// Until is the last moment at which an exception that begins now may end: the
// end of its last day in the store's zone.
func (p *Policy) Until(now time.Time) time.Time {
	return LastMoment(now.In(p.Zone).AddDate(0, 0, p.Longest), p.Zone)
}

// Bound refuses an exception that would last longer than the store allows.
func (p *Policy) Bound(until, now time.Time) error {
	if most := p.Until(now); until.After(most) {
		return locale.Errorf("policy.tooLong", locale.A("date", until.In(p.Zone).Format(time.DateOnly)), locale.A("days", p.Longest), locale.A("most", most.In(p.Zone).Format(time.DateOnly)))
	}
	return nil
}

// LastMoment is the end of a day in a zone, also where clocks change at midnight,
// so that there is none or there are two.
func LastMoment(day time.Time, zone *time.Location) time.Time {
	year, month, d := day.Date()
	end := time.Date(year, month, d+1, 0, 0, 0, 0, zone).Add(-time.Microsecond)
	switch is := end.Format(time.DateOnly); {
	case is != day.Format(time.DateOnly):
		return end.Add(-time.Hour)
	case end.Add(time.Hour).Format(time.DateOnly) == is:
		return end.Add(time.Hour)
	}
	return end
}

// SamePerson tells whether two names are one, however they are written: full
// width or half, composed or not, in capitals or not, with characters that nobody
// sees or without.
func SamePerson(a, b string) bool { return person(a) == person(b) }

func person(name string) string {
	seen := strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) {
			return -1
		}
		return r
	}, name)
	return strings.Join(strings.Fields(cases.Fold().String(norm.NFKC.String(seen))), " ")
}
