package policy

import (
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/locale"
)

func TestCheck(t *testing.T) {
	for _, c := range []struct{ name, value, want, wrong string }{
		{FourEyes, "ON", "on", ""},
		{FourEyes, "yes", "", "one of on, off"},
		{OwnerAccept, "approver", "approver", ""},
		{OwnerGate, "never", "", "one of warn, require"},
		{LongestException, "90D", "90d", ""},
		{LongestException, "-3d", "", "90d"},
		{LongestException, "90", "", "90d"},
		{LongestException, "99999999999999999999d", "", "90d"},
		{TimeZone, "Asia/Tokyo", "Asia/Tokyo", ""},
		{TimeZone, "Local", "", "Asia/Tokyo"},
		{TimeZone, "", "", "Asia/Tokyo"},
		{TimeZone, "../../etc/passwd", "", "Asia/Tokyo"},
		{DeadlineCritical, "2D", "2d", ""},
		{DeadlineLow, "OFF", "off", ""},
		{DeadlineHigh, "0d", "", "deadline-high"},
		{DigestHour, "07", "7", ""},
		{DigestHour, "24", "", "0 to 23"},
		{DigestDays, "fri, MON,mon", "mon,fri", ""},
		{DigestDays, "mon,funday", "", "mon"},
		{DigestDays, "", "", "mon"},
	} {
		s, err := Find(c.name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Check(c.value)
		if got != c.want || (err != nil) != (c.wrong != "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%s %q: %q, %v", c.name, c.value, got, err)
		}
	}
	if _, err := Find("three-eyes"); err == nil || !strings.Contains(err.Error(), LongestException) {
		t.Errorf("%v", err)
	}
	if s, err := Find(" fourEyes "); err != nil || s.Name != FourEyes {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestOf(t *testing.T) {
	p, err := Of(nil)
	if err != nil || p != (Policy{Longest: 365, Zone: time.UTC, Digest: Digest{Hour: 9, days: 0b0111110}}) {
		t.Errorf("%+v, %v", p, err)
	}
	p, err = Of(map[string]string{FourEyes: "on", OwnerAccept: "approver", OwnerGate: "require", LongestException: "30d", TimeZone: "Asia/Tokyo", "later": "x"})
	if err != nil || !p.FourEyes || !p.OwnerApproves || !p.RequireOwner || p.Longest != 30 || p.Zone.String() != "Asia/Tokyo" {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := Of(map[string]string{FourEyes: "perhaps"}); err == nil {
		t.Error("what nobody can read was taken for off")
	}
}

// TestBound counts days by the store's clock: the last is whole.
func TestBound(t *testing.T) {
	p, err := Of(map[string]string{LongestException: "30d", TimeZone: "Asia/Tokyo"})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 30, 16, 0, 0, 0, time.UTC) // 1 December in Tokyo
	last := time.Date(2026, 12, 31, 15, 0, 0, 0, time.UTC).Add(-time.Microsecond)
	if got := p.Until(now); !got.Equal(last) {
		t.Errorf("%v", got)
	}
	if err := p.Bound(last, now); err != nil {
		t.Error(err)
	}
	if err := p.Bound(last.Add(1), now); err == nil || !strings.Contains(err.Error(), "2026-12-31") {
		t.Errorf("%v", err)
	}
}

// TestTelling counts by the store's clock: a deadline's last day is whole, a digest
// comes on its days alone, and the hour strikes once a day, also where there is none.
func TestTelling(t *testing.T) {
	p, err := Of(map[string]string{TimeZone: "Asia/Tokyo", DeadlineHigh: "7d", DigestHour: "8"})
	if err != nil {
		t.Fatal(err)
	}
	friday := time.Date(2026, 11, 27, 23, 0, 0, 0, time.UTC) // Saturday, 8 o'clock in Tokyo
	if at, ok := p.LateBefore("HIGH", friday); !ok || at.UTC().String() != "2026-11-20 15:00:00 +0000 UTC" {
		t.Errorf("%v", at)
	}
	if _, ok := p.LateBefore("CRITICAL", friday); ok {
		t.Error("a deadline that nobody set")
	}
	if at := p.LastHour(friday); !at.Equal(friday) {
		t.Errorf("%v", at)
	}
	if at := p.LastHour(friday.Add(-time.Second)); !at.Equal(friday.Add(-24 * time.Hour)) {
		t.Errorf("%v", at)
	}
	if at := p.LastDigest(friday.Add(48 * time.Hour)); !at.Equal(friday.Add(48 * time.Hour)) { // Monday's
		t.Errorf("%v", at)
	}
	if at := p.LastDigest(friday.Add(47 * time.Hour)); !at.Equal(friday.Add(-24 * time.Hour)) { // Friday's
		t.Errorf("%v", at)
	}
	if p.telling(DigestHour, Off); !p.LastDigest(friday).IsZero() || p.LastHour(friday) != friday.In(p.Zone) {
		t.Error("a digest where there is none")
	}
	spring, err := Of(map[string]string{TimeZone: "America/New_York", DigestHour: "2"})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[time.Time]bool{}
	for at := time.Date(2026, 3, 7, 12, 0, 0, 0, time.UTC); at.Before(time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)); at = at.Add(time.Minute) {
		last := spring.LastHour(at)
		if seen[last.UTC()] = true; last.After(at) {
			t.Fatalf("%v at %v", last, at)
		}
	}
	if len(seen) != 4 {
		t.Errorf("%d days: %v", len(seen), seen)
	}
}

// TestLastMoment ends every day of some years in the last microsecond of the day,
// also where clocks change at midnight.
func TestLastMoment(t *testing.T) {
	for _, name := range []string{"UTC", "Asia/Tokyo", "America/New_York", "America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut", "America/Havana", "America/Asuncion", "America/Santiago", "Australia/Lord_Howe"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for day := time.Date(2014, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2030; day = day.AddDate(0, 0, 1) {
			end := LastMoment(day, zone)
			if is, next := end.Format(time.DateOnly), end.Add(time.Microsecond).Format(time.DateOnly); is != day.Format(time.DateOnly) || next != day.AddDate(0, 0, 1).Format(time.DateOnly) {
				t.Errorf("%s %s ends at %s", name, day.Format(time.DateOnly), end)
			}
		}
	}
}

func TestSamePerson(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"hana", " HANA ", true}, {"ＨＡＮＡ", "hana", true}, {"ﾊﾅ", "ハナ", true}, {"Straße", "STRASSE", true}, {"e\u0301va", "éva", true}, {"山田　花子", "山田 花子", true},
		{"hana", "ha\u200bna", true}, {"o", "o\u00ad", true}, {"o", "\ufe0fo\U000e0041", true}, {"hana", "hanako", false}, {"山田", "山口", false}, {"", "x", false},
	} {
		if SamePerson(c.a, c.b) != c.same {
			t.Errorf("%q %q", c.a, c.b)
		}
	}
}

// TestTexts: every setting says what it is for, in both languages.
func TestTexts(t *testing.T) {
	for _, lang := range locale.Langs() {
		c, err := locale.New(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range Settings() {
			if text := c.Text("policy.is." + s.Name); text == "" || strings.HasPrefix(text, "policy.") {
				t.Errorf("%s: %s is not explained", lang, s.Name)
			}
		}
	}
}
