package execute

import (
	"context"
	"net/url"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/internal/keypolicy"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
)

// RoleSeen is what a look at a role found.
type RoleSeen struct {
	Gone   bool             // IAM has no role of this ARN
	Doubts []locale.Message // to be said: nobody could look, or API Gateway may not be able to use it
}

// GetRoleCalls are the calls of [LookAtRole] about the role of an ARN, or about
// any where arn is "".
func GetRoleCalls(c Clients, arn string) []*awsclient.Call {
	name := "*"
	if _, rest, ok := strings.Cut(arn, ":role/"); ok {
		name = rest
	}
	return roleDriver{service: c.service()}.getCalls(name)
}

// getCalls are about a role with its path, by which IAM judges one that exists,
// and without, as it must judge a name that no role has.
func (d roleDriver) getCalls(name string) []*awsclient.Call {
	calls := []*awsclient.Call{d.call("GetRole", name)}
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		calls = append(calls, d.call("GetRole", name[i+1:]))
	}
	return calls
}

// LookAtRole looks whether the role of an ARN is there and trusts API Gateway.
// Its errors are [*awsclient.Fault]; "could not look" is none, but a doubt.
func LookAtRole(ctx context.Context, c Clients, arn string) (RoleSeen, error) {
	at := c.Scope
	path, here := strings.CutPrefix(arn, "arn:"+at.Partition+":iam::"+at.Account+":role/")
	name := path[strings.LastIndexByte(path, '/')+1:]
	if !here || name == "" {
		return doubtful(locale.M("run.role.elsewhere", locale.A("role", arn))), nil // IAM shows a role in its own account alone
	}
	r, err := roleDriver{service: c.service()}.get(ctx, plan.Thing{Type: typeRole, Name: name})
	switch {
	case fault(err).Class == awsclient.Refused:
		return doubtful(*unread("run.role.unread", err, locale.A("role", arn))), nil
	case err != nil:
		return RoleSeen{}, err
	case r == nil, r.Arn != arn: // a name is taken once, whatever the path is
		return RoleSeen{Gone: true}, nil
	}
	switch r.trusts() {
	case fact.False:
		return doubtful(locale.M("run.role.distrusts", locale.A("role", arn))), nil
	case fact.Unknown:
		return doubtful(locale.M("run.role.unsure", locale.A("role", arn))), nil
	}
	return RoleSeen{}, nil
}

func doubtful(m locale.Message) RoleSeen { return RoleSeen{Doubts: []locale.Message{m}} }

// trusts tells whether API Gateway may assume the role.
func (r *role) trusts() fact.Truth {
	document, err := url.PathUnescape(r.Trust)
	if err != nil {
		return fact.Unknown
	}
	// In China services have names of either form.
	truth, err := keypolicy.Trusts(document, "apigateway.amazonaws.com", "apigateway.amazonaws.com.cn")
	if err != nil {
		return fact.Unknown
	}
	return truth
}
