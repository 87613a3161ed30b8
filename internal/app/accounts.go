package app

import (
	"encoding/csv"
	"errors"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

var accountID = regexp.MustCompile(`^[0-9]{12}$`)

// ReadAccounts reads an account list: one id a line, or CSV with the id first
// and a name second. Blank lines, lines that begin with # and a heading are
// skipped; an id twice counts once; a byte order mark is allowed.
func ReadAccounts(path string) ([]awslive.Target, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, cannotRead(path, err)
	}
	defer func() { _ = file.Close() }() // it was only read
	return readAccounts(path, file)
}

func cannotRead(path string, err error) error {
	return locale.Errorf("cli.cannotRead", locale.A("file", path), locale.A("error", cause(err)))
}

// cause is what a message quotes of an error: one of our own stays one, to be
// shown in the user's language.
func cause(err error) any {
	var ours *locale.Error
	if errors.As(err, &ours) {
		return ours
	}
	var pathErr *os.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err.Error()
	}
	return err.Error()
}

func readAccounts(path string, r io.Reader) ([]awslive.Target, error) {
	lines := csv.NewReader(r)
	lines.Comment, lines.FieldsPerRecord, lines.TrimLeadingSpace = '#', -1, true
	var targets []awslive.Target
	seen := map[string]bool{}
	for first := true; ; first = false {
		record, err := lines.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, cannotRead(path, err)
		}
		id := strings.TrimSpace(strings.TrimPrefix(record[0], "\ufeff"))
		if !accountID.MatchString(id) {
			if first && !strings.ContainsAny(id, "0123456789") {
				continue // a heading
			}
			line, _ := lines.FieldPos(0)
			return nil, locale.Errorf("cli.badAccount", locale.A("file", path), locale.A("line", line), locale.A("id", clip(id)))
		}
		if seen[id] {
			continue
		}
		seen[id] = true
		t := awslive.Target{Account: id}
		if len(record) > 1 {
			t.Name = strings.TrimSpace(record[1])
		}
		targets = append(targets, t)
	}
	if len(targets) == 0 {
		return nil, locale.Errorf("cli.noAccounts", locale.A("file", path))
	}
	return targets, nil
}

// clip keeps a garbled file's content out of a message.
func clip(s string) string {
	const most = 40
	printable := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, s)
	if runes := []rune(printable); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return printable
}
