package logs

import (
	"context"
	"unicode/utf8"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/room"
)

// policyLimit is how long a CloudWatch Logs resource policy of an account may
// be, in characters: PutResourcePolicy of the API reference.
const policyLimit = 5120

func describeResourcePolicies() *awsclient.Call {
	return &awsclient.Call{Service: "logs", Operation: "DescribeResourcePolicies", Action: "DescribeResourcePolicies", Resource: "*", Expect: "resourcePolicies", MayLack: true, Shared: shared()}
}

// PolicySizes says how long the account's resource policies are.
func PolicySizes(ctx context.Context, s *drive.Service) ([]locale.Message, error) {
	longest, name, n := 0, "", 0
	for list, err := range s.List(ctx, model, describeResourcePolicies(), nil) {
		if drive.Fault(err).Class == awsclient.Refused {
			return []locale.Message{*drive.Unread("run.delivery.unread", err, locale.A("limit", policyLimit))}, nil
		}
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			if size := utf8.RuneCountInString(room.TextOf(p, "policyDocument")); n == 0 || size > longest {
				longest, name = size, room.TextOf(p, "policyName")
			}
			n++
		}
	}
	if n == 0 {
		return []locale.Message{locale.M("run.delivery.none", locale.A("limit", policyLimit))}, nil
	}
	return []locale.Message{locale.M("run.delivery.size", locale.A("n", n), locale.A("policy", name), locale.A("size", longest), locale.A("limit", policyLimit))}, nil
}
