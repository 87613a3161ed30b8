package around

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/session"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
	"github.com/kumoban/kumoban/internal/resource"
)

func stsOperations() []*service.Operation {
	return []*service.Operation{
		{Service: "sts", Signing: "sts", Version: "2011-06-15", Name: "GetCallerIdentity", Protocol: service.Query, Do: getCallerIdentity},
		{
			Service: "sts", Signing: "sts", Version: "2011-06-15", Name: "AssumeRole", Protocol: service.Query, Do: assumeRole,
			// Two accounts may assume roles of each other at once.
			Unlocked: true,
			Resource: func(r *service.Request) string { return r.Form.Get("RoleArn") },
		},
	}
}

type callerIdentity struct {
	Arn, UserId, Account string
}

func getCallerIdentity(r *service.Request) (any, error) {
	return callerIdentity{Arn: r.Caller.ARN, UserId: r.Caller.UserID, Account: r.Caller.Account}, nil
}

type assumedRole struct {
	AssumedRoleUser struct{ AssumedRoleId, Arn string }
	Credentials     struct {
		AccessKeyId, SecretAccessKey, SessionToken string
		Expiration                                 string
	}
}

// assumeRole needs a role that exists and whose trust policy names the caller
// or its account. STS does not say which of the two was wrong.
func assumeRole(r *service.Request) (any, error) {
	if err := r.FormOnly("RoleArn", "RoleSessionName", "DurationSeconds", "Policy", "ExternalId"); err != nil {
		return nil, err
	}
	arn, name := r.Form.Get("RoleArn"), r.Form.Get("RoleSessionName")
	if !regexp.MustCompile(`^[\w+=,.@-]{2,64}$`).MatchString(name) {
		return nil, service.Refuse("ValidationError", "1 validation error detected: Value '"+name+"' at 'roleSessionName' failed to satisfy constraint")
	}
	seconds := 3600
	if text := r.Form.Get("DurationSeconds"); text != "" {
		var err error
		if seconds, err = strconv.Atoi(text); err != nil || seconds < 900 || seconds > 43200 {
			return nil, service.Refuse("ValidationError", "1 validation error detected: Value '"+text+"' at 'durationSeconds' failed to satisfy constraint")
		}
	}
	policy, err := sessionPolicy(r.Form.Get("Policy"))
	if err != nil {
		return nil, err
	}
	role, account := findRole(r, arn)
	if role == nil {
		return nil, &service.Error{Status: 403, Code: "AccessDenied",
			Message: "User: " + r.Caller.ARN + " is not authorized to perform: sts:AssumeRole on resource: " + arn}
	}
	expires := r.Now.Add(time.Duration(seconds) * time.Second)
	caller := service.Caller{
		Account: account,
		ARN:     strings.Replace(arn[:strings.LastIndex(arn, ":")], ":iam:", ":sts:", 1) + ":assumed-role/" + role.RoleName + "/" + name,
		UserID:  role.RoleID + ":" + name,
		Policy:  policy,
	}
	var out assumedRole
	out.AssumedRoleUser.Arn, out.AssumedRoleUser.AssumedRoleId = caller.ARN, caller.UserID
	c := &out.Credentials
	c.AccessKeyId, c.SecretAccessKey, c.SessionToken = r.Keys(caller, expires)
	c.Expiration = expires.UTC().Format("2006-01-02T15:04:05Z")
	return out, nil
}

// sessionPolicy reads the policy that a session is to have; none: it has none.
func sessionPolicy(text string) (*session.Policy, error) {
	if text == "" {
		return nil, nil
	}
	p, err := session.Parse(text)
	switch {
	case errors.Is(err, session.ErrSize), errors.Is(err, session.ErrLetters):
		return nil, service.Refuse("ValidationError", "1 validation error detected: Value '"+text+"' at 'policy' failed to satisfy constraint: "+err.Error())
	case err != nil:
		return nil, service.Refuse("MalformedPolicyDocument", err.Error())
	}
	return p, nil
}

// findRole returns the role and its account if the caller may assume it.
func findRole(r *service.Request, arn string) (*world.Role, string) {
	named, ok := resource.ParseARN(arn)
	if !ok {
		return nil, ""
	}
	a := r.World.Find(named.Account)
	if a == nil {
		return nil, ""
	}
	a.Lock()
	defer a.Unlock()
	role := a.Role(arn)
	root := "arn:" + named.Partition + ":iam::" + r.Caller.Account + ":root"
	if role == nil || !role.Lets(r.Form.Get("ExternalId"), "AWS", r.Caller.ARN, root, r.Caller.Account) {
		return nil, ""
	}
	return role, a.ID
}
