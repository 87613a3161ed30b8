package iam

import (
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/kumoban/kumoban/internal/room"
)

// withKeys has the first two of a user's keys in its row as they are.
func withKeys(tree room.Tree) room.Tree {
	for i, key := range room.Items(tree, "AccessKeys") {
		if status := room.TextOf(key, "Status"); status != "" && i < 2 {
			tree = room.Put(tree, fmt.Sprintf("%s.AccessKey%dActive", credentials, i+1), status == "Active")
		}
	}
	return tree
}

// composed is the report as AWS answers it, for doubles of it: the inverse of
// report, of users and of the account with its root.
func composed(all []room.Tree, say func(v any) string) room.Tree {
	var b strings.Builder
	w := csv.NewWriter(&b)
	line := []string{"user", "arn"}
	for _, c := range columns() {
		line = append(line, c.name)
	}
	_ = w.Write(line) // a Builder takes all
	for _, tree := range all {
		user, row, none := room.TextOf(tree, "UserName"), credentials, "false"
		if user == "" {
			user, row, none = root, rootRow, "not_supported"
		}
		tree = withKeys(tree)
		line = []string{user, room.TextOf(tree, "Arn")}
		for _, c := range columns() {
			v, there := room.Get(tree, row+"."+c.property)
			switch {
			case there:
				line = append(line, say(v))
			case c.kind == room.Bool:
				line = append(line, none)
			default:
				line = append(line, "N/A")
			}
		}
		_ = w.Write(line)
	}
	w.Flush()
	return room.Tree{"Content": b.String(), "ReportFormat": "text/csv"}
}
