package asker

import (
	"testing"

	"github.com/kumoban/kumoban/internal/room"
)

// TestIdle sends a flag only where nothing else waits for it.
func TestIdle(t *testing.T) {
	for _, c := range []struct {
		tree room.Tree
		sent bool
	}{
		{room.Tree{}, true},
		{room.Tree{"Pending": room.Tree{}}, true},
		{room.Tree{"Pending": room.Tree{"Port": int64(3306)}}, false},
		{room.Tree{"Pending": []any{}}, false}, // nobody knows what that would be
	} {
		w := writing{tree: c.tree}
		got, _, err := w.value(room.Tree{"Now": room.Idle("Pending"), "Id": "x"}, nil)
		if _, sent := got.(room.Tree)["Now"]; err != nil || sent != c.sent {
			t.Errorf("%v: %v, %v", c.tree, got, err)
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
