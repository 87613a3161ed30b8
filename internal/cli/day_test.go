package cli

import (
	"testing"
	"time"
	_ "time/tzdata" // zones that not every machine has
)

// TestLastMoment ends every day of some years in the last microsecond of the day,
// also where clocks change at midnight.
func TestLastMoment(t *testing.T) {
	for _, name := range []string{"UTC", "Asia/Tokyo", "America/New_York", "America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut", "America/Havana", "America/Asuncion", "America/Santiago", "Australia/Lord_Howe"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for day := time.Date(2014, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2030; day = day.AddDate(0, 0, 1) {
			end := lastMoment(day, zone)
			if is, next := end.Format(time.DateOnly), end.Add(time.Microsecond).Format(time.DateOnly); is != day.Format(time.DateOnly) || next != day.AddDate(0, 0, 1).Format(time.DateOnly) {
				t.Errorf("%s %s ends at %s", name, day.Format(time.DateOnly), end)
			}
		}
	}
	for text, bad := range map[string]bool{"2027-03-31": false, "": false, "2027-02-30": true, "27-3-31": true, "2027-03-31T00:00:00Z": true, "10000-01-01": true, "２０２７-03-31": true} {
		if _, err := throughDay("--until", text); (err != nil) != bad {
			t.Errorf("%q: %v", text, err)
		}
	}
}
