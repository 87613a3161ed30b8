package desk

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/policy"
)

// Through reads a last day as people give it, a date or a span such as 30d,
// through the end of that day in the store's zone. Field is how they call it.
func (d *Desk) Through(field locale.Field, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if likeSpan.MatchString(text) {
		span, err := Span(text)
		if err != nil {
			return time.Time{}, err
		}
		return policy.LastMoment(d.Now().In(d.Zone()).Add(span), d.Zone()), nil
	}
	day, err := time.Parse(time.DateOnly, text)
	end := policy.LastMoment(day, d.Zone())
	if err != nil || end.UTC().Year() > 9999 { // JSON has no later time
		return time.Time{}, badDate(field, text)
	}
	return end, nil
}

// Since reads a first day, a date or a span such as 7d back from now.
func (d *Desk) Since(field locale.Field, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if likeSpan.MatchString(text) {
		span, err := Span(text)
		return d.Now().Add(-span), err
	}
	day, err := time.ParseInLocation(time.DateOnly, text, d.Zone())
	if err != nil {
		return day, badDate(field, text)
	}
	return day, nil
}

// Span reads a span as people give it: 30d, 2w or 12h. Not as Go does, where 3m
// are minutes to it and months to people.
func Span(text string) (time.Duration, error) {
	for suffix, unit := range map[string]time.Duration{"h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour} {
		if number, ok := strings.CutSuffix(text, suffix); ok {
			if n, err := strconv.Atoi(number); err == nil && n >= 0 && n <= 36500 {
				return time.Duration(n) * unit, nil
			}
		}
	}
	return 0, locale.Errorf("keep.badSpan", locale.A("span", locale.Clean(text)))
}

var (
	likeSpan = regexp.MustCompile(`^[-+]?[0-9]+[A-Za-z]*$`) // what is meant as a span, a wrong one too
	likeDate = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
)

// badDate says of what is no date whether it only looks like one.
func badDate(field locale.Field, text string) error {
	key := "keep.badDate"
	if likeDate.MatchString(text) {
		key = "keep.noSuchDay"
	}
	return locale.Errorf(key, locale.A("flag", field), locale.A("date", locale.Clean(text)))
}
