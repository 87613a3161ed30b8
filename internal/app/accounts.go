package app

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

var accountID = regexp.MustCompile(`^[0-9]{12}$`)

// ReadAccounts reads an account list: one id a line, or CSV with the id first
// and a name second. Blank lines, lines that begin with # and a heading are
// skipped; an id twice counts once; a byte order mark is allowed.
func ReadAccounts(ctx context.Context, path string) ([]awslive.Target, error) {
	data, err := ReadFile(ctx, path, accountsLimit)
	if err != nil {
		return nil, cannotRead(path, err)
	}
	return parseAccounts(path, data)
}

func parseAccounts(path string, data []byte) ([]awslive.Target, error) {
	lines := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
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
		id := strings.TrimSpace(record[0])
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
	s = locale.Clean(s)
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
