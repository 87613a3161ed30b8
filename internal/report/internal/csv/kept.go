package csv

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/finding"
)

// kept appends the cells under keptHeader, each with its comma.
func (h *Handler) kept(b []byte, f *finding.Finding) []byte {
	k, x, n := f.Kept, &finding.Exception{}, &finding.Note{}
	if k == nil { // a row for an account that nobody could name
		return append(b, strings.Repeat(",", strings.Count(keptHeader, ","))...)
	}
	if k.Exception != nil {
		x = k.Exception
	}
	if k.Note != nil {
		n = k.Note
	}
	state := "ACTIVE"
	if k.Archived {
		state = "ARCHIVED"
	}
	return h.cells(b, k.Workflow, state, moment(k.FirstSeen), moment(k.LastSeen), moment(k.Changed), strconv.Itoa(k.Reopened),
		cmp.Or(k.Own, f.Severity).String(), x.ID, x.Reason, moment(x.Until), x.ApprovedBy, n.Text, n.By, tags(f.Tags), strings.Join(x.While, "; "))
}

// moment is a time in UTC, to the second; nothing where it is zero.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// tags are key=value, in order.
func tags(all map[string]string) string {
	var list []string
	for _, key := range slices.Sorted(maps.Keys(all)) {
		list = append(list, key+"="+all[key])
	}
	return strings.Join(list, "; ")
}
