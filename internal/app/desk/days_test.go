package desk_test

import (
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desktest"
)

// TestDays reads last days and first days as people give them, in the store's zone.
func TestDays(t *testing.T) {
	h := desktest.New(t)
	h.Time = time.Date(2027, 3, 1, 16, 0, 0, 0, time.UTC) // 2 March in Tokyo
	d := h.Desk(access.Subject{})
	for text, want := range map[string]string{
		"2027-03-31": "2027-03-31T14:59:59.999999Z", "30d": "2027-04-01T14:59:59.999999Z", "0d": "2027-03-02T14:59:59.999999Z", "2w": "2027-03-16T14:59:59.999999Z",
		"2027-02-30": "", "27-3-31": "", "2027-03-31T00:00:00Z": "", "10000-01-01": "", "２０２７-03-31": "", "-3d": "", "3m": "", "30": "", "1y": "", "99999999d": "",
	} {
		got, err := d.Through("until", text)
		if (err != nil) != (want == "") || want != "" && got.UTC().Format(time.RFC3339Nano) != want {
			t.Errorf("%q: %v, %v", text, got.UTC(), err)
		}
	}
	for text, want := range map[string]string{"2027-03-01": "2027-02-28T15:00:00Z", "7d": "2027-02-22T16:00:00Z", "-7d": "", "yesterday": ""} {
		got, err := d.Since("since", text)
		if (err != nil) != (want == "") || want != "" && got.UTC().Format(time.RFC3339Nano) != want {
			t.Errorf("%q: %v, %v", text, got.UTC(), err)
		}
	}
}
