package fixes

import (
	"context"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/policy"
	"github.com/kumoban/kumoban/internal/store"
)

// Role is the role that the store's settings name for fixes of an account; without a
// name, none is: whoever applies a plan there does it with credentials of their own.
func Role(ctx context.Context, at *Place, account string) (policy.Role, error) {
	if err := at.Subject.May(access.FixesPlan); err != nil {
		return policy.Role{}, err
	}
	return at.named(ctx, access.FixesPlan, account)
}

func (at *Place) named(ctx context.Context, may access.Permission, account string) (role policy.Role, err error) {
	err = at.readingFor(ctx, may, func(rd store.Reader) error {
		values, err := rd.Settings(ctx)
		if err == nil {
			role, err = policy.RoleOf(values, account)
		}
		return err
	})
	return role, err
}

// role is in whose name the steps of a plan are carried out; nil: whoever looks. command
// is what does without.
func (at *Place) role(ctx context.Context, may access.Permission, made *plan.Plan, command string) (*app.Role, error) {
	as := at.Reach.As
	if at.InRoles {
		named, err := at.named(ctx, may, made.Account)
		if err != nil {
			return nil, err
		}
		if named.Name == "" {
			return nil, locale.Errorf("fixrole.none", locale.A("account", made.Account), locale.A("command", command))
		}
		as = &app.Role{Role: named}
	}
	if as == nil {
		return nil, nil
	}
	who := *as
	who.By = at.Subject.ID
	return &who, nil
}
