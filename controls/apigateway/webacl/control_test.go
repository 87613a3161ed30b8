package webacl

import (
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/types/apigateway"
)

func TestUnknown(t *testing.T) {
	refused := &fact.Origin{Fault: "AccessDeniedException"}
	if v := check(&apigateway.Stage{WebAclArn: fact.Unread[string](refused)}, nil); v.Status != control.Unknown || v.Cause != refused {
		t.Errorf("unread: %v because of %+v", v.Status, v.Cause)
	}
	if v := check(&apigateway.Stage{WebAclArn: fact.Set("", nil)}, nil); v.Status != control.Failed {
		t.Errorf("empty, from a source that does not turn it into absent: %v", v.Status)
	}
	if v := check(&apigateway.Stage{}, nil); v.Status != control.Unknown {
		t.Errorf("nobody looked: %v", v.Status)
	}
}
