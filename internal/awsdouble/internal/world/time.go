package world

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Epoch is a time that AWS sends as seconds since 1970.
type Epoch struct{ time.Time }

// MarshalJSON writes whole seconds as an integer.
func (e Epoch) MarshalJSON() ([]byte, error) {
	return strconv.AppendInt(nil, e.Unix(), 10), nil
}

// UnmarshalJSON reads seconds or RFC 3339.
func (e *Epoch) UnmarshalJSON(b []byte) (err error) { e.Time, err = parseTime(b); return err }

// ISO is a time that AWS sends as ISO 8601 text.
type ISO struct{ time.Time }

// MarshalJSON writes ISO 8601 in UTC, to the second.
func (i ISO) MarshalJSON() ([]byte, error) {
	return json.Marshal(i.UTC().Format("2006-01-02T15:04:05Z"))
}

// UnmarshalJSON reads seconds or RFC 3339.
func (i *ISO) UnmarshalJSON(b []byte) (err error) { i.Time, err = parseTime(b); return err }

func parseTime(b []byte) (time.Time, error) {
	var seconds float64
	if json.Unmarshal(b, &seconds) == nil {
		return time.UnixMilli(int64(seconds * 1000)).UTC(), nil
	}
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return time.Time{}, fmt.Errorf("a time is seconds since 1970 or RFC 3339 text, not %s", b)
	}
	return time.Parse(time.RFC3339, text)
}

// made is when resources of a fixture were made if it does not say: fixed, so
// that two runs print the same.
func made() time.Time { return time.Date(2025, 4, 1, 0, 0, 0, 0, time.UTC) }
