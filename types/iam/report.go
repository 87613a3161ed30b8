package iam

import (
	"encoding/csv"
	"errors"
	"fmt"
	"strings"

	"github.com/kumoban/kumoban/internal/room"
)

// credentials is the property that has a user's row of the report.
const credentials = "Credentials"

// root is what the report calls the root user.
const root = "<root_account>"

// patience is how often it is asked whether the report is made. AWS takes seconds,
// minutes in large accounts.
const patience = 150

// report has AWS make the credential report of the account, and reads the rows of
// those users that are wanted.
func report(ways room.Ways, wanted func(user string) bool) ([]room.Tree, error) {
	for n := 1; ; n++ {
		out, err := ways.Call("GenerateCredentialReport", nil)
		if err != nil {
			return nil, err
		}
		if room.TextOf(out, "State") == "COMPLETE" {
			break
		}
		if n == patience {
			return nil, errors.New("AWS does not finish the credential report")
		}
		if err := ways.Wait(); err != nil {
			return nil, err
		}
	}
	out, err := ways.Call("GetCredentialReport", nil)
	if err != nil {
		return nil, err
	}
	made, _ := room.Get(out, "GeneratedTime")
	content, _ := out["Content"].([]byte)
	lines, err := cells(string(content))
	if err != nil {
		return nil, fmt.Errorf("the credential report: %w", err)
	}
	return rows(lines, made, ways, wanted)
}

// cells takes the report apart. IAM allows commas in names, and quotation marks in
// paths, too, and no page of AWS's says how the report writes those: a line that is not CSV
// with as many cells as the first is read by its ARN. Where that fails it is left out, and
// its user alone stays unread.
func cells(content string) (list [][]string, err error) {
	for line := range strings.Lines(content) {
		line = strings.TrimRight(line, "\r\n")
		row, err := csv.NewReader(strings.NewReader(line)).Read()
		switch {
		case line == "":
		case list == nil && err != nil:
			return nil, err
		case list == nil, err == nil && len(row) == len(list[0]):
			list = append(list, row)
		default:
			if row := byARN(strings.Split(line, ","), len(list[0])); row != nil {
				list = append(list, row)
			}
		}
	}
	return list, nil
}

// byARN puts parts together to n cells, of which the first is a user's name, and the
// second the user's ARN, which ends in the name.
func byARN(parts []string, n int) []string {
	end := len(parts) - n + 2
	for i := 1; i < end; i++ {
		user, arn := strings.Join(parts[:i], ","), strings.Join(parts[i:end], ",")
		if strings.HasPrefix(arn, "arn:") && strings.HasSuffix(arn, "/"+user) {
			return append([]string{user, arn}, parts[end:]...)
		}
	}
	return nil
}

func rows(lines [][]string, made any, ways room.Ways, wanted func(user string) bool) ([]room.Tree, error) {
	if len(lines) == 0 {
		return nil, errors.New("the credential report is empty")
	}
	at := map[string]int{}
	for i, name := range lines[0] {
		at[name] = i
	}
	var list []room.Tree
	for _, line := range lines[1:] {
		row := room.Tree{}
		cell := func(name string) string {
			if i, there := at[name]; there {
				return line[i]
			}
			return ""
		}
		for _, c := range columns() {
			if _, there := at[c.name]; !there && c.name != "additional_credentials_info" {
				return nil, fmt.Errorf("the credential report has no column %s", c.name)
			}
			if v, said := value(c.kind, cell(c.name), ways); said {
				row[c.property] = v
			}
		}
		row["GeneratedTime"] = made
		if user := cell("user"); user != "" && wanted(user) {
			list = append(list, room.Tree{"Arn": cell("arn"), credentials: row})
		}
	}
	return list, nil
}

// value is what a cell says; said is false where it says nothing. What makes no
// sense stays as it is, and is unknown to who reads it.
func value(kind room.Kind, cell string, ways room.Ways) (v any, said bool) {
	switch cell = strings.TrimSpace(cell); strings.ToLower(cell) {
	case "", "n/a", "no_information", "not_supported":
		return nil, false
	case "true":
		return true, true
	case "false":
		return false, true
	}
	if kind == room.Time {
		if t, ok := ways.Time(cell); ok {
			return t, true
		}
	}
	return cell, true
}
