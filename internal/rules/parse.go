package rules

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kumoban/kumoban/internal/condition"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/glob"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
)

// maxName is the most characters that a rule's name may have.
const maxName = 100

// Parse reads the value of kumoban.yaml's key rules, as YAML decodes it, and
// returns the rules in their order. controls are the ids that there are. The
// error is one sentence about the first mistake. A date that is past is none:
// what was right yesterday must not stop today's scan; see [Past].
func Parse(raw any, controls []string) ([]Rule, error) {
	if raw == nil {
		return nil, nil
	}
	list, ok := raw.([]any)
	if !ok {
		return nil, locale.Errorf("rules.wantList")
	}
	rules := make([]Rule, 0, len(list))
	for i, item := range list {
		rule, err := parseRule(item, controls)
		if err != nil {
			return nil, locale.Errorf("rules.inRule", locale.A("rule", cmp.Or(strings.TrimSpace(locale.Clean(rule.Name)), fmt.Sprint("#", i+1))), locale.A("error", err))
		}
		rules = append(rules, rule)
	}
	slices.SortStableFunc(rules, func(a, b Rule) int { return cmp.Compare(a.Order, b.Order) })
	names := map[string]bool{}
	for i := range rules {
		if names[rules[i].Name] {
			return nil, locale.Errorf("rules.twoNames", locale.A("rule", locale.Clean(rules[i].Name)))
		}
		names[rules[i].Name] = true
		if i > 0 && rules[i].Order == rules[i-1].Order {
			return nil, locale.Errorf("rules.twoOrders", locale.A("rule", locale.Clean(rules[i-1].Name)), locale.A("other", locale.Clean(rules[i].Name)), locale.A("order", rules[i].Order))
		}
	}
	return rules, nil
}

// Past names the first rule whose time is over, or nil: an error for whoever
// tries rules out, a warning for a scan.
func Past(rules []Rule, now time.Time) error {
	for i := range rules {
		if r := &rules[i]; r.over(now) {
			return locale.Errorf("rules.past", locale.A("rule", locale.Clean(r.Name)), locale.A("date", r.Action.Suppress.Until.Add(-1).Format(time.DateOnly)))
		}
	}
	return nil
}

func parseRule(raw any, controls []string) (r Rule, err error) {
	m := reader{what: "rule"}
	m.open(raw)
	r.Name = m.text("name", true)
	r.Order = m.number("order")
	r.Match = parseMatch(&m, m.take("match"), controls)
	r.Action.Suppress = parseSuppress(&m, m.take("suppress"))
	r.Action.Notify = m.yes("notify")
	if word := m.text("severity", false); word != "" {
		r.Action.Severity = m.severity(word)
	}
	r.Terminal = m.yes("terminal")
	everything := m.yes("everything")
	m.close()
	switch a := &r.Action; {
	case m.err != nil:
	case utf8.RuneCountInString(r.Name) > maxName || r.Name != locale.Clean(r.Name):
		m.fail("rules.badName", locale.A("max", maxName))
	case a.Suppress == nil && !a.Notify && a.Severity == 0:
		m.fail("rules.noAction")
	case a.Suppress != nil && a.Notify:
		m.fail("rules.twoActions")
	case r.Match.boundless() && !everything:
		m.fail("rules.everything")
	case !r.Match.boundless() && everything:
		m.fail("rules.notEverything")
	}
	return r, m.err
}

func parseMatch(outer *reader, raw any, controls []string) (m Match) {
	if raw == nil {
		return m
	}
	in := reader{what: "match", err: outer.err}
	in.open(raw)
	m.Controls = in.texts("controls")
	for _, p := range m.Controls {
		if !slices.ContainsFunc(controls, func(id string) bool { return control.Match(p, id) }) {
			var e *locale.Error
			if errors.As(control.NoSuch(controls, p), &e) {
				in.fail(e.Key, e.Args...)
			}
		}
	}
	for _, word := range in.texts("severities") {
		m.Severities = append(m.Severities, in.severity(word))
	}
	m.Accounts, m.Regions, m.Resources = in.texts("accounts"), in.texts("regions"), in.texts("resources")
	m.Tags = in.tags("tags")
	for _, word := range in.texts("statuses") {
		var s control.Status
		if s.UnmarshalText([]byte(strings.ToUpper(word))) != nil {
			in.fail("rules.noStatus", locale.A("status", locale.Clean(word)))
		}
		m.Statuses = append(m.Statuses, s)
	}
	in.close()
	outer.err = in.err
	return m
}

func parseSuppress(outer *reader, raw any) *Suppress {
	if raw == nil {
		return nil
	}
	in := reader{what: "suppress", err: outer.err}
	in.open(raw)
	s := &Suppress{Reason: in.text("reason", false)}
	s.Until, s.Day = in.date("until")
	s.While = in.while("while")
	in.close()
	switch {
	case in.err != nil:
	case strings.TrimSpace(s.Reason) == "":
		in.fail("lifecycle.noReason")
	case utf8.RuneCountInString(s.Reason) > lifecycle.MaxText:
		in.fail("lifecycle.tooLong", locale.A("max", lifecycle.MaxText))
	}
	outer.err = in.err
	return s
}

// while takes one condition or a list of them.
func (m *reader) while(key string) []string {
	list, err := condition.ParseAll(m.texts(key))
	if err != nil && m.err == nil {
		m.err = err
	}
	return condition.Texts(list)
}

// Readable names the first condition that nothing can read for any type.
func Readable(rules []Rule, models condition.Models) error {
	for i := range rules {
		s := rules[i].Action.Suppress
		if s == nil {
			continue
		}
		for _, text := range s.While {
			c, err := condition.Parse(text)
			if err == nil {
				err = models.Anything(c)
			}
			if err != nil {
				return locale.Errorf("rules.inRule", locale.A("rule", locale.Clean(rules[i].Name)), locale.A("error", err))
			}
		}
	}
	return nil
}

// boundless tells whether no criterion keeps anything out that rules act on.
func (m *Match) boundless() bool {
	for _, patterns := range [][]string{m.Controls, m.Accounts, m.Regions, m.Resources} {
		if len(patterns) > 0 && !slices.ContainsFunc(patterns, glob.Boundless) {
			return false
		}
	}
	severities := map[control.Severity]bool{}
	for _, s := range m.Severities {
		severities[s] = true
	}
	return len(m.Tags) == 0 && (len(severities) == 0 || len(severities) == int(control.Critical)) &&
		slices.Contains(m.statuses(), control.Failed) && slices.Contains(m.statuses(), control.Unknown)
}

// Exceptions is kumoban.yaml's key exceptions.
type Exceptions struct {
	FourEyes *bool // an exception needs an approver other than who makes it; nil: it says nothing
}

// ParseExceptions reads the value of the key exceptions, as YAML decodes it.
func ParseExceptions(raw any) (e Exceptions, err error) {
	if raw == nil {
		return e, nil
	}
	m := reader{what: "exceptions"}
	m.open(raw)
	if yes := m.yes("fourEyes"); m.keyed("fourEyes", raw) {
		e.FourEyes = &yes
	}
	m.close()
	return e, m.err
}

// reader takes a mapping apart. After its first mistake it says no more, and
// close reports the keys that nobody asked for.
type reader struct {
	what string
	rest map[string]any
	err  error
	keys []string // asked for
}

func (m *reader) fail(key string, args ...locale.Arg) {
	if m.err == nil {
		m.err = locale.Errorf(key, args...)
	}
}

func (m *reader) open(raw any) {
	rest, ok := raw.(map[string]any)
	if !ok {
		m.fail("rules.wantMapping", locale.A("key", m.what))
	}
	m.rest = maps.Clone(rest)
}

func (m *reader) close() {
	for _, key := range slices.Sorted(maps.Keys(m.rest)) {
		m.fail("rules.unknownKey", locale.A("key", locale.Clean(key)), locale.A("in", m.what), locale.A("keys", m.keys))
	}
}

func (m *reader) take(key string) any {
	v := m.rest[key]
	delete(m.rest, key)
	m.keys = append(m.keys, key)
	return v
}

func (m *reader) text(key string, needed bool) string {
	v := m.take(key)
	s, ok := v.(string)
	switch {
	case v == nil && needed, ok && needed && strings.TrimSpace(s) == "":
		m.fail("rules.missing", locale.A("key", key))
	case v != nil && !ok:
		m.fail("rules.wantText", locale.A("key", key))
	case !utf8.ValidString(s) || strings.ContainsRune(s, 0):
		m.fail("lifecycle.notText")
	}
	return s
}

func (m *reader) severity(word string) control.Severity {
	s, err := control.ParseSeverity(word)
	if err != nil {
		m.fail("cli.unknownSeverity", locale.A("severity", locale.Clean(word)))
	}
	return s
}

func (m *reader) number(key string) int {
	switch v := m.take(key).(type) {
	case nil:
		m.fail("rules.missing", locale.A("key", key))
	case int:
		return v
	default:
		m.fail("rules.wantNumber", locale.A("key", key))
	}
	return 0
}

// keyed tells whether a mapping has a key.
func (m *reader) keyed(key string, raw any) bool {
	mapping, _ := raw.(map[string]any)
	_, has := mapping[key]
	return has
}

func (m *reader) yes(key string) bool {
	v := m.take(key)
	b, ok := v.(bool)
	if v != nil && !ok {
		m.fail("rules.wantYes", locale.A("key", key))
	}
	return b
}

// texts takes one text or a list of them. An empty list, which would let all
// through where somebody meant nothing, is a mistake.
func (m *reader) texts(key string) []string {
	v := m.take(key)
	list, ok := v.([]any)
	if v != nil && !ok {
		list = []any{v}
	}
	if ok && len(list) == 0 {
		m.fail("rules.empty", locale.A("key", key))
	}
	var texts []string
	for _, item := range list {
		s, ok := item.(string)
		switch n := item.(type) {
		case int, int64, uint64:
			s = fmt.Sprint(n)
			ok = key == "accounts" && len(s) == 12 && s[0] != '-' // twelve digits without quotes
		}
		switch {
		case !ok:
			m.fail("rules.wantTexts", locale.A("key", key))
		case strings.TrimSpace(s) == "":
			m.fail("rules.empty", locale.A("key", key))
		}
		texts = append(texts, s)
	}
	return texts
}

// tags takes a mapping, or "key = pattern" once or in a list.
func (m *reader) tags(key string) map[string]string {
	if mapping, ok := m.rest[key].(map[string]any); ok {
		tags := map[string]string{}
		in := reader{what: key}
		in.open(mapping)
		for k := range mapping {
			tags[k] = in.text(k, true)
		}
		m.take(key)
		if m.err == nil {
			m.err = in.err
		}
		if len(tags) == 0 {
			m.fail("rules.empty", locale.A("key", key))
		}
		return tags
	}
	var tags map[string]string
	for _, text := range m.texts(key) {
		k, pattern, ok := strings.Cut(text, "=")
		k, pattern = strings.TrimSpace(k), strings.TrimSpace(pattern)
		if _, twice := tags[k]; !ok || k == "" || pattern == "" || twice {
			m.fail("rules.badTag", locale.A("tag", locale.Clean(text)))
		}
		if tags == nil {
			tags = map[string]string{}
		}
		tags[k] = pattern
	}
	return tags
}

// date takes the last day on which something holds, as --until does, or the
// moment at which it ends, and tells which. What YAML decodes to a midnight is a
// day; of a day, the end in UTC.
func (m *reader) date(key string) (end time.Time, wholeDay bool) {
	switch v := m.take(key).(type) {
	case nil:
		return time.Time{}, false
	case time.Time:
		if v = v.UTC(); v.Equal(v.Truncate(day)) {
			return through(v), true
		}
		return v, false
	case string:
		if t, err := time.Parse(time.DateOnly, v); err == nil {
			return through(t), true
		}
		if t, err := time.Parse(time.RFC3339, v); err == nil {
			return t.UTC(), false
		}
	}
	m.fail("rules.badDate", locale.A("key", key))
	return time.Time{}, false
}

const day = 24 * time.Hour

// through is the end of a day in UTC.
func through(begin time.Time) time.Time { return begin.Add(day - time.Microsecond) }
