package apigateway

import (
	"context"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/execute/wafv2"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/room"
)

// webACLDriver is for what protects a stage: the association of a web ACL with
// it, named by the stage's ARN.
type webACLDriver struct {
	*drive.Service
	drive.Lasting
}

const webACL = "WebACLArn"

func (d webACLDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (drive.State, error) {
	stage, err := restStage(ctx, d.Service, thing)
	if drive.Missing(err) {
		return drive.State{}, nil
	}
	if err != nil {
		return drive.State{}, err
	}
	return drive.StateOf(d, thing, properties, func(name string) (any, bool) { return drive.Says(stage, "webAclArn"), name == webACL })
}

func (d webACLDriver) Write(ctx context.Context, thing plan.Thing, w drive.Writing) (drive.Written, error) {
	acl, err := drive.Text(w.Want, webACL)
	if _, named := w.Want[webACL]; err != nil || !named || len(w.Want) != 1 {
		return drive.Written{}, drive.Wrong("of an %s kumoban can write %s alone", thing.Type, webACL)
	}
	call, in := wafv2.AssociateCall("*"), room.Tree{"ResourceArn": thing.ARN, "WebACLArn": acl}
	if acl == "" {
		call, in = wafv2.DisassociateCall(), room.Tree{"ResourceArn": thing.ARN}
	}
	_, done, err := drive.WriteWith(ctx, d.Service, call, thing, &w, []string{webACL}, d.Read, func(ctx context.Context, _ drive.State, _ map[string]any) (room.Tree, error) {
		return d.Send(ctx, wafv2.Model, call, in)
	})
	if drive.Fault(err).Code == "WAFNonexistentItemException" {
		// WAF does not say which of the two is not there.
		if _, unread := restStage(ctx, d.Service, thing); drive.Missing(unread) {
			return done, unread
		}
	}
	return done, err
}

func (d webACLDriver) Calls(step *plan.Step) []*awsclient.Call {
	acl := d.Here("regional/webacl/*/*")
	for _, c := range step.Changes {
		if arn, ok := c.Will.(string); ok && strings.Count(arn, ":") == 5 {
			acl = d.Here(arn[strings.LastIndexByte(arn, ':')+1:])
		}
	}
	return []*awsclient.Call{getRestStage(), wafv2.LookCall(acl), wafv2.AssociateCall(acl), wafv2.DisassociateCall(), drive.Permission("apigateway", "SetWebACL", "::"+stagePath)}
}

// Foresee looks at the web ACL.
func (d webACLDriver) Foresee(ctx context.Context, a drive.Ahead) ([]locale.Message, error) {
	if a.Change.Property != webACL || a.Value == "" {
		return nil, nil
	}
	return a.Once("acl "+a.Value, func() ([]locale.Message, error) { return wafv2.Look(ctx, d.Service, a.Value) })
}
