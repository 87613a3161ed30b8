package protocol

import (
	"encoding/base64"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// MisfitError says that a value has not the kind that the model gives it, and
// where; never what it is, which may be a secret.
type MisfitError struct {
	Path string // "Reservations[0].OwnerId"; "" is the whole
	Is   string // what stands there
	Want string // what should
}

// Error is the sentence.
func (e *MisfitError) Error() string {
	return fmt.Sprintf("%s: %s, where %s should be", strings.TrimPrefix(e.Path, "."), e.Is, e.Want)
}

func misfit(path, is, want string) error {
	return &MisfitError{strings.TrimPrefix(path, "."), is, want}
}

// below is the path of a member.
func below(path, name string) string { return path + "." + name }

// nth is the path of a list's item.
func nth(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

func (k Kind) String() string {
	return [...]string{"a string", "a bool", "a whole number", "a number", "a time", "a blob", "a document", "a structure", "a list", "a map"}[k]
}

// kindOf names what a tree holds.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "nothing"
	case string:
		return "a string"
	case bool:
		return "a bool"
	case int, int64, float64:
		return "a number"
	case time.Time:
		return "a time"
	case []byte:
		return "a blob"
	case []any:
		return "a list"
	case map[string]any:
		return "a structure or map"
	}
	return fmt.Sprintf("a %T", v)
}

// The forms of timestamps.
const (
	iso8601 = "iso8601"
	rfc822  = "rfc822"
	unix    = "unixtimestamp"
)

// text writes a value that has no parts as text, as all protocols but JSON do.
func text(r *Ref, v any, form, path string) (string, error) {
	switch v := v.(type) {
	case string:
		if r.Kind == String {
			return v, nil
		}
	case bool:
		if r.Kind == Bool {
			return strconv.FormatBool(v), nil
		}
	case int:
		return text(r, int64(v), form, path)
	case int64:
		switch r.Kind {
		case Long:
			return strconv.FormatInt(v, 10), nil
		case Double:
			return float(float64(v)), nil
		}
	case float64:
		if r.Kind == Double {
			return float(v), nil
		}
	case time.Time:
		if r.Kind == Timestamp {
			return stamp(v, orForm(r.Time, form)), nil
		}
	case []byte:
		if r.Kind == Blob {
			return base64.StdEncoding.EncodeToString(v), nil
		}
	}
	return "", misfit(path, kindOf(v), r.Kind.String())
}

func orForm(own, protocols string) string {
	if own != "" {
		return own
	}
	return protocols
}

// float writes what JSON has no form for by name.
func float(v float64) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "Infinity"
	case math.IsInf(v, -1):
		return "-Infinity"
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// stamp writes a time, to the millisecond where the form has room for it.
func stamp(t time.Time, form string) string {
	t = t.UTC().Truncate(time.Millisecond)
	switch form {
	case rfc822:
		return t.Format(http.TimeFormat)
	case unix:
		return strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', -1, 64)
	}
	return t.Format("2006-01-02T15:04:05.999Z07:00")
}

// untext reads what text writes, in any form that an AWS service uses.
func untext(r *Ref, s, path string) (any, error) {
	switch r.Kind {
	case String:
		return s, nil
	case Bool:
		if b, err := strconv.ParseBool(strings.TrimSpace(s)); err == nil {
			return b, nil
		}
	case Long:
		if n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64); err == nil {
			return n, nil
		}
	case Double:
		if f, ok := unfloat(strings.TrimSpace(s)); ok {
			return f, nil
		}
	case Timestamp:
		if t, ok := unstamp(strings.TrimSpace(s)); ok {
			return t, nil
		}
	case Blob:
		if b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(s)); err == nil {
			return b, nil
		}
	}
	return nil, misfit(path, "a text", r.Kind.String())
}

func unfloat(s string) (float64, bool) {
	switch s {
	case "NaN":
		return math.NaN(), true
	case "Infinity":
		return math.Inf(1), true
	case "-Infinity":
		return math.Inf(-1), true
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
}

// unstamp reads seconds, ISO 8601 and the date of HTTP, whichever it is: services
// do not keep to the one that their model says.
func unstamp(s string) (time.Time, bool) {
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		return seconds(f)
	}
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999", "2006-01-02T15:04Z07:00", "2006-01-02", http.TimeFormat, time.RFC1123Z, "Mon, 2 Jan 2006 15:04:05 MST"} {
		if t, err := time.Parse(form, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// seconds is a time since 1970; only years that can be written are times.
func seconds(f float64) (time.Time, bool) {
	const first, last = -62135596800, 253402300800 // the years 1 and 10000
	if !(f >= first && f < last) {
		return time.Time{}, false
	}
	whole, part := math.Modf(f)
	return time.Unix(int64(whole), int64(math.Round(part*1e6))*1e3).UTC(), true
}

// object checks that a value of the tree has members.
func object(r *Ref, v any, path string) (map[string]any, error) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, misfit(path, kindOf(v), r.Kind.String())
	}
	if r.Kind != Structure {
		return m, nil
	}
	set := 0
	for name, value := range m {
		if r.Member(name) == nil {
			return nil, misfit(below(path, name), "a member", "none of that name")
		}
		if value != nil {
			set++
		}
	}
	for i := range r.Members {
		if member := &r.Members[i]; member.Required && m[member.Name] == nil {
			return nil, misfit(below(path, member.Name), "nothing", member.Kind.String())
		}
	}
	if r.Union && set != 1 {
		return nil, misfit(path, strconv.Itoa(set)+" members", "one member")
	}
	return m, nil
}

func list(v any, path string) ([]any, error) {
	l, ok := v.([]any)
	if !ok {
		return nil, misfit(path, kindOf(v), List.String())
	}
	return l, nil
}
