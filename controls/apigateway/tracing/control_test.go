package tracing

import (
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/types/apigateway"
)

func TestUnknown(t *testing.T) {
	refused := &fact.Origin{Fault: "AccessDeniedException"}
	if v := check(&apigateway.Stage{TracingEnabled: fact.Unread[bool](refused)}, nil); v.Status != control.Unknown || v.Cause != refused {
		t.Errorf("unread: %v because of %+v", v.Status, v.Cause)
	}
	if v := check(&apigateway.Stage{TracingEnabled: fact.Absent[bool](nil)}, nil); v.Status != control.Failed {
		t.Errorf("left out, which means false: %v", v.Status)
	}
	if v := check(&apigateway.Stage{}, nil); v.Status != control.Unknown {
		t.Errorf("nobody looked: %v", v.Status)
	}
}
