package logs

import (
	"context"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/execute/internal/keypolicy"
	"github.com/kumoban/kumoban/internal/execute/kms"
	"github.com/kumoban/kumoban/internal/locale"
)

// CheckKey tells whether CloudWatch Logs can use a key, named by its ARN, for
// a log group. A clear no is a [*locale.Error]; other errors are
// [*awsclient.Fault]. What could not be looked at, or depends on conditions that
// cannot be judged from here, is a doubt: it is to be said, and AWS decides, for
// CloudWatch Logs refuses a key that it may not use.
func CheckKey(ctx context.Context, s *drive.Service, key, logGroup string) (doubt *locale.Message, err error) {
	m, err := kms.Describe(ctx, s, key)
	switch {
	case drive.Fault(err).Class == awsclient.Refused:
		return unreadKey(key, err), nil
	case err != nil:
		return nil, err
	case m == nil:
		return nil, locale.Errorf("run.key.gone", locale.A("key", key))
	}
	switch {
	case m.State != "" && m.State != "Enabled":
		return nil, locale.Errorf("run.key.state", locale.A("key", key), locale.A("state", m.State))
	case m.Spec != "" && m.Spec != "SYMMETRIC_DEFAULT":
		return nil, locale.Errorf("run.key.kind", locale.A("key", key), locale.A("kind", m.Spec))
	case !strings.Contains(key, ":"+s.Scope.Account+":key/"):
		return drive.Said("run.key.elsewhere", locale.A("key", key)), nil // KMS shows a policy in its own account alone
	}
	policy, err := kms.Policy(ctx, s, key)
	if drive.Fault(err).Class == awsclient.Refused {
		return unreadKey(key, err), nil
	} else if err != nil {
		return nil, err
	}
	use := keypolicy.Use{Region: s.Scope.Region, Partition: s.Scope.Partition, Key: key, LogGroup: logGroupDriver{Service: s}.arn(logGroup)}
	v, err := keypolicy.Judge(policy, use)
	switch {
	case err != nil:
		return nil, awsclient.NewGarbled(kms.PolicyCall(s), "the policy is none")
	case len(v.Denied) > 0:
		return nil, locale.Errorf("run.key.denied", locale.A("key", key), locale.A("group", logGroup), locale.A("actions", v.Denied))
	case len(v.Missing) > 0:
		return nil, locale.Errorf("run.key.missing", locale.A("key", key), locale.A("group", logGroup), locale.A("actions", v.Missing),
			locale.A("statement", use.Statement()))
	case len(v.Unsure) > 0:
		return drive.Said("run.key.unsure", locale.A("key", key), locale.A("group", logGroup), locale.A("actions", v.Unsure)), nil
	}
	return nil, nil
}

func unreadKey(key string, err error) *locale.Message {
	f := drive.Fault(err)
	return drive.Said("run.key.unread", locale.A("key", key), locale.A("call", f.Call), locale.A("code", f.Code))
}
