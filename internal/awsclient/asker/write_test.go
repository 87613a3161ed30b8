package asker

import (
	"testing"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/room"
)

// TestIdle sends a flag only where the change would be put off, and where nothing else
// waits that nobody wants.
func TestIdle(t *testing.T) {
	const iam, days = "EnableIAMDatabaseAuthentication", "BackupRetentionPeriod"
	e := catalog.Find("AWS::RDS::DBInstance")
	for _, c := range []struct {
		pending any
		values  map[string]any
		hurries []string
		sent    bool
	}{
		{nil, map[string]any{iam: true}, nil, true},
		{room.Tree{}, map[string]any{iam: true}, nil, true},
		{room.Tree{"Port": int64(3306)}, map[string]any{iam: true}, nil, false},
		{room.Tree{"Port": int64(3306)}, map[string]any{iam: true}, []string{"Port"}, true},
		{room.Tree{"Port": int64(3306), "EngineVersion": "9"}, map[string]any{iam: true}, []string{"Port"}, false},
		{room.Tree{"ProcessorFeatures": []any{}}, map[string]any{iam: true}, nil, true},
		{room.Tree{"IAMDatabaseAuthenticationEnabled": true}, map[string]any{iam: true}, nil, true}, // it waits for nothing else
		{[]any{}, map[string]any{iam: true}, nil, false},                                            // nobody knows what that would be
		{nil, map[string]any{days: 7.0}, nil, false},                                                // from 2 days AWS puts nothing off
		{nil, map[string]any{days: 0.0}, nil, true},
	} {
		tree := room.Tree{"DBInstanceIdentifier": "x", days: int64(2), "IAMDatabaseAuthenticationEnabled": false, "PendingModifiedValues": c.pending}
		for i := range e.Room.Writes {
			w := &e.Room.Writes[i]
			if _, ours := c.values[w.Sets[0]]; !ours {
				continue
			}
			a := &Asker{Hurries: c.hurries}
			in, err := a.writeInput(e, w, &Pieces{About: About{Tree: tree}}, c.values)
			if _, sent := in["ApplyImmediately"]; err != nil || sent != c.sent {
				t.Errorf("%v %v: %v, %v", c.pending, c.values, in, err)
			}
		}
	}
}

// TestOnly spares calls about resources of which the answer is known.
func TestOnly(t *testing.T) {
	r := &room.Read{Only: map[string]string{"Kind": "manual", "Encrypted": "false"}}
	for _, c := range []struct {
		tree room.Tree
		ask  bool
	}{
		{room.Tree{"Kind": "manual", "Encrypted": false}, true},
		{room.Tree{"Kind": "manual"}, true},
		{room.Tree{"Kind": "manual", "Encrypted": true}, false},
		{room.Tree{"Kind": "automated", "Encrypted": false}, false},
	} {
		if got := only(r, c.tree); got != c.ask {
			t.Errorf("%v: %t", c.tree, got)
		}
	}
}
