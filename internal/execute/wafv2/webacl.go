// Package wafv2 finds the web ACLs that fixes may name.
package wafv2

import (
	"context"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// Model is the service's name in the wire's table.
const Model = "wafv2"

const typeWebACL resource.Type = "AWS::WAFv2::WebACL"

// Hook is what AWS WAF has beside its rooms.
func Hook() drive.Hook {
	return drive.Hook{Choices: map[resource.Type]drive.Chooser{typeWebACL: {List: choices, Calls: []*awsclient.Call{listWebACLs()}}}}
}

func listWebACLs() *awsclient.Call {
	return &awsclient.Call{Service: "wafv2", Operation: "ListWebACLs", Action: "ListWebACLs", Shared: awsclient.PerSecond(1), Resource: "*", Expect: "WebACLs", MayLack: true}
}

// choices lists those of the account and Region.
func choices(ctx context.Context, s *drive.Service) ([]drive.Choice, error) {
	acls, err := awsclient.All(s.List(ctx, Model, listWebACLs(), room.Tree{"Scope": "REGIONAL", "Limit": int64(100)}))
	var out []drive.Choice
	for _, acl := range acls {
		out = append(out, drive.Choice{Name: room.TextOf(acl, "Name"), ARN: room.TextOf(acl, "ARN")})
	}
	return out, err
}

// AssociateCall is the call by which a web ACL protects something; how often it may
// be made, like its opposite, "AWS WAF quotas" in the developer guide says.
func AssociateCall(acl string) *awsclient.Call {
	return &awsclient.Call{Service: "wafv2", Operation: "AssociateWebACL", Action: "AssociateWebACL", Shared: awsclient.PerSecond(1), Resource: acl, Quota: awsclient.PerSecond(0.5)}
}

// DisassociateCall is the call by which nothing protects it any more.
func DisassociateCall() *awsclient.Call {
	return &awsclient.Call{Service: "wafv2", Operation: "DisassociateWebACL", Action: "DisassociateWebACL", Shared: awsclient.PerSecond(1), Resource: "*"}
}

// LookCall is the call of [Look].
func LookCall(acl string) *awsclient.Call {
	return &awsclient.Call{Service: "wafv2", Operation: "GetWebACL", Action: "GetWebACL", Shared: awsclient.PerSecond(1), Resource: acl, Expect: "WebACL"}
}

// Look looks whether a web ACL is there. Its ARN names its scope, which must
// be regional, its name and its id.
func Look(ctx context.Context, s *drive.Service, arn string) ([]locale.Message, error) {
	path, here := strings.CutPrefix(arn, "arn:"+s.Scope.Partition+":wafv2:"+s.Scope.Region+":"+s.Scope.Account+":")
	parts := strings.Split(path, "/")
	if !here || len(parts) != 4 || parts[0] != "regional" || parts[1] != "webacl" {
		return nil, locale.Errorf("run.acl.unfit", locale.A("acl", arn), locale.A("account", s.Scope.Account), locale.A("region", s.Scope.Region))
	}
	call := LookCall(arn)
	out, err := s.Ask(ctx, Model, call, room.Tree{"Name": parts[2], "Id": parts[3], "Scope": "REGIONAL"})
	found := room.TextOf(out, "WebACL.ARN")
	switch {
	case drive.Fault(err).Class == awsclient.Refused:
		return []locale.Message{*drive.Unread("run.acl.unread", err, locale.A("acl", arn))}, nil
	case drive.Fault(err).Code == "WAFNonexistentItemException", err == nil && found != "" && found != arn:
		return nil, locale.Errorf("run.acl.gone", locale.A("acl", arn))
	case err == nil && found == "":
		err = awsclient.NewGarbled(call, "the web ACL has no ARN")
	}
	return nil, err
}
