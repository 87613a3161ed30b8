package cli

import "testing"

// TestMasked takes passwords out of lines, and nothing else.
func TestMasked(t *testing.T) {
	for line, want := range map[string]string{
		"open postgres://u:s3cr3t@h/db: no":                "open postgres://u:…@h/db: no",
		"open PostgreSQL://u:a b@c s3cr3t@h/db":            "open PostgreSQL://u:…@h/db",
		"postgres//u:s3cr3t@h":                             "postgres//u:…@h",
		"postgres:u:s3cr3t@h":                              "postgres:u:…@h",
		"https://u:s3cr3t@proxy.example.com:3128 refused":  "https://u:…@proxy.example.com:3128 refused",
		"host=h password=s3cr3t user=u":                    "host=h password=… user=u",
		`host=h PASSWORD = 's3\'cr3t' user=u`:              "host=h PASSWORD = … user=u",
		"host=h password='s3cr3t":                          "host=h password=…",
		"postgres://h/db?user=u&password=s3cr3t&sslmode=a": "postgres://h/db?user=u&password=…&sslmode=a",
		"give postgres://USER@HOST/DATABASE":               "give postgres://USER@HOST/DATABASE",
		"http://127.0.0.1:8080/x asked hana@example.com":   "http://127.0.0.1:8080/x asked hana@example.com",
		"arn:aws:sts::1:assumed-role/r/hana@example.com":   "arn:aws:sts::1:assumed-role/r/hana@example.com",
		"ask team@example.com, status=FAILED":              "ask team@example.com, status=FAILED",
	} {
		if got := masked(line); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
}
