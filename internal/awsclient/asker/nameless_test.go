package asker

import (
	"testing"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// TestNameless asks nothing about what has no name, and says that it did not.
func TestNameless(t *testing.T) {
	s := &Asker{Scope: resource.Scope{Partition: "aws", Account: "111122223333", Region: "ap-northeast-1"}}
	e := catalog.Find("AWS::ApiGateway::Stage")
	if _, _, err := s.Alone(t.Context(), e, map[string]string{}); awsclient.AsFault(err).Class != awsclient.Garbled {
		t.Errorf("alone: %v", err)
	}
	for name, r := range map[string]*room.Read{
		"each": {Call: "GetStage", In: room.Tree{"restApiId": "{none}"}},
		"many": {Call: "GetStage", In: room.Tree{"restApiId": "{none}", "names": "{stageName[]}"}, Many: 10},
	} {
		all := []Pieces{NewPieces(About{Tree: room.Tree{}})}
		ask := s.askEach
		if r.Many > 0 {
			ask = s.askMany
		}
		if err := ask(t.Context(), e, r, all); err != nil || awsclient.AsFault(all[0].Failed[r]).Class != awsclient.Garbled {
			t.Errorf("%s: %v, %v", name, err, all[0].Failed[r])
		}
	}
}
