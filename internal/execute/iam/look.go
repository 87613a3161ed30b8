// Package iam makes the roles that fixes need, and looks at those that there are.
package iam

import (
	"context"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/execute/internal/keypolicy"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
)

// Role is the type of an IAM role.
const Role resource.Type = "AWS::IAM::Role"

// Hook is what IAM has beside its rooms.
func Hook() drive.Hook {
	return drive.Hook{Drivers: func(s *drive.Service) map[resource.Type]drive.Driver {
		return map[resource.Type]drive.Driver{Role: roleDriver{s, drive.Plain{}}}
	}}
}

// Seen is what a look at a role found.
type Seen struct {
	Gone   bool             // IAM has no role of this ARN
	Doubts []locale.Message // to be said: nobody could look, or the service may not be able to use it
}

// LookCalls are the calls of [Look] about the role of an ARN, or about
// any where arn is "".
func LookCalls(s *drive.Service, arn string) []*awsclient.Call {
	name := "*"
	if _, rest, ok := strings.Cut(arn, ":role/"); ok {
		name = rest
	}
	return roleDriver{Service: s}.getCalls(name)
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

// Look looks whether the role of an ARN is there and trusts one of the services.
// Its errors are [*awsclient.Fault]; "could not look" is none, but a doubt.
func Look(ctx context.Context, s *drive.Service, arn string, services ...string) (Seen, error) {
	at := s.Scope
	path, here := strings.CutPrefix(arn, "arn:"+at.Partition+":iam::"+at.Account+":role/")
	name := path[strings.LastIndexByte(path, '/')+1:]
	if !here || name == "" {
		return doubtful(locale.M("run.role.elsewhere", locale.A("role", arn))), nil // IAM shows a role in its own account alone
	}
	r, err := roleDriver{Service: s}.get(ctx, plan.Thing{Type: Role, Name: name})
	switch {
	case drive.Fault(err).Class == awsclient.Refused:
		return doubtful(*drive.Unread("run.role.unread", err, locale.A("role", arn))), nil
	case err != nil:
		return Seen{}, err
	case r == nil, r.Arn != arn: // a name is taken once, whatever the path is
		return Seen{Gone: true}, nil
	}
	switch r.trusts(services) {
	case fact.False:
		return doubtful(locale.M("run.role.distrusts", locale.A("role", arn))), nil
	case fact.Unknown:
		return doubtful(locale.M("run.role.unsure", locale.A("role", arn))), nil
	}
	return Seen{}, nil
}

// Gone tells whether IAM has no role of an ARN. Of another account nobody can say.
func Gone(ctx context.Context, s *drive.Service, arn string) (bool, error) {
	path, here := strings.CutPrefix(arn, "arn:"+s.Scope.Partition+":iam::"+s.Scope.Account+":role/")
	if !here {
		return arn == "", nil
	}
	r, err := roleDriver{Service: s}.get(ctx, plan.Thing{Type: Role, Name: path[strings.LastIndexByte(path, '/')+1:]})
	return err == nil && (r == nil || r.Arn != arn), err
}

func doubtful(m locale.Message) Seen { return Seen{Doubts: []locale.Message{m}} }

// trusts tells whether one of the services may assume the role.
func (r *role) trusts(services []string) fact.Truth {
	document, err := r.trust()
	if err != nil {
		return fact.Unknown
	}
	truth, err := keypolicy.Trusts(document, services...)
	if err != nil {
		return fact.Unknown
	}
	return truth
}
