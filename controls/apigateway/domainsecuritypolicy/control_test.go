package domainsecuritypolicy

import (
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/types/apigateway"
)

func TestUnknown(t *testing.T) {
	refused := &fact.Origin{Fault: "AccessDeniedException"}
	if v := check(&apigateway.DomainName{SecurityPolicy: fact.Unread[string](refused)}, nil); v.Status != control.Unknown || v.Cause != refused {
		t.Errorf("unread: %v because of %+v", v.Status, v.Cause)
	}
	if v := check(&apigateway.DomainName{}, nil); v.Status != control.Unknown {
		t.Errorf("nobody looked: %v", v.Status)
	}
	// Names are compared whole and as AWS spells them.
	for _, policy := range []string{"", "TLS_1_3", "SecurityPolicy_TLS13_1_3", "securitypolicy_tls13_1_3_2025_09", "SecurityPolicy_TLS13_1_3_2025_09_X"} {
		if v := check(&apigateway.DomainName{SecurityPolicy: fact.Set(policy, nil)}, nil); v.Status != control.Failed {
			t.Errorf("%q: %v", policy, v.Status)
		}
	}
}
