package policy

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
)

// What AWS takes: the page of AssumeRole, and of quotas of IAM and STS.
var (
	accountID  = regexp.MustCompile(`^[0-9]{12}$`)
	roleName   = regexp.MustCompile(`^([\w+=,.@-]+/)*[\w+=,.@-]{1,64}$`)
	roleARN    = regexp.MustCompile(`^arn:aws(-[a-z]+)*:iam::([0-9]{12}):role/(.+)$`)
	externalID = regexp.MustCompile(`^[\w+=,.@:/-]*$`)
)

// How many characters the path of a role may have, and an external ID.
const (
	mostPath  = 512
	leastID   = 2
	mostID    = 1224
	mostNamed = mostPath + 64
)

// Role is in whose name fixes of an account are made.
type Role struct {
	Name       string // or its ARN; a name may have a path before it, without the first slash
	ExternalID string // "": none
}

// CheckRole refuses what cannot name a role.
func CheckRole(name string) error {
	_, err := roleOf(name)
	return err
}

// roleOf returns the account that an ARN is of; "" where it is a name.
func roleOf(name string) (account string, err error) {
	part := name
	if m := roleARN.FindStringSubmatch(name); m != nil {
		account, part = m[2], m[3]
	}
	if !roleName.MatchString(part) || len(part) > mostNamed {
		return "", locale.Errorf("policy.badRole", locale.A("value", locale.Clean(name)))
	}
	return account, nil
}

// CheckExternalID refuses what AWS does not take as an external id.
func CheckExternalID(id string) error {
	if len(id) < leastID || len(id) > mostID || !externalID.MatchString(id) {
		return locale.Errorf("policy.badExternalID", locale.A("value", locale.Clean(id)))
	}
	return nil
}

// checkRole is CheckRole of a value, which may be for one account.
func checkRole(value, account string) (string, error) {
	if strings.EqualFold(value, Off) {
		return Off, nil
	}
	of, err := roleOf(value)
	if err == nil && account != "" && of != "" && of != account {
		err = locale.Errorf("policy.otherAccount", locale.A("value", locale.Clean(value)), locale.A("account", account))
	}
	return value, err
}

// RoleOf is in whose name fixes of an account are made by these settings: what was
// decided for the account, or else for all; a Role without a name: nobody's. A value
// that nobody can read is an error.
func RoleOf(values map[string]string, account string) (Role, error) {
	one := func(kind string) (string, error) {
		name := kind + "." + account
		if values[name] == "" {
			name = kind
		}
		s, err := Find(name)
		if err != nil {
			return "", err
		}
		value, err := s.Check(cmp.Or(values[name], Off))
		if value == Off {
			value = ""
		}
		return value, err
	}
	name, err := one(FixRole)
	if err != nil || name == "" {
		return Role{}, err
	}
	id, err := one(FixRoleExternalID)
	return Role{name, id}, err
}

// ARN is that of the role in an account; the error says that it is another's.
func (r *Role) ARN(partition, account string) (string, error) {
	of, err := roleOf(r.Name)
	switch {
	case err != nil:
		return "", err
	case of == "":
		return "arn:" + partition + ":iam::" + account + ":role/" + r.Name, nil
	case of != account || !strings.HasPrefix(r.Name, "arn:"+partition+":"):
		return "", locale.Errorf("policy.otherAccount", locale.A("value", locale.Clean(r.Name)), locale.A("account", account))
	}
	return r.Name, nil
}
