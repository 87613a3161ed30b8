package execute

import (
	"context"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/resource"
)

const typeWebACL resource.Type = "AWS::WAFv2::WebACL"

func listWebACLs() *awsclient.Call {
	return &awsclient.Call{Service: "wafv2", Operation: "ListWebACLs", Action: "ListWebACLs", Resource: "*", Expect: "WebACLs", MayLack: true}
}

// ChoicesCalls lists the calls of [Choices] for a type.
func ChoicesCalls(t resource.Type) []*awsclient.Call {
	if t == typeWebACL {
		return []*awsclient.Call{listWebACLs()}
	}
	return nil
}

// Choice is a thing that a person may choose.
type Choice struct{ Name, ARN string }

// Choices lists the things of a type in the account and Region; none where the
// type is not one that can be listed.
func Choices(ctx context.Context, c Clients, t resource.Type) ([]Choice, error) {
	if t != typeWebACL {
		return nil, nil
	}
	client, call := wire.New(c.Config), listWebACLs()
	return awsclient.All(awsclient.Pages(ctx, c.Lane, call, func(ctx context.Context, token *string) (p awsclient.Page[Choice], err error) {
		in := map[string]any{"Scope": "REGIONAL", "Limit": 100}
		if token != nil {
			in["NextMarker"] = *token
		}
		var out struct {
			WebACLs    []Choice
			NextMarker string
		}
		if err := client.JSON(ctx, wire.WAFv2(), call.Operation, in, &out); err != nil {
			return p, err
		}
		return awsclient.Page[Choice]{Items: out.WebACLs, Next: &out.NextMarker}, nil
	}))
}
