package cli

import (
	"github.com/spf13/pflag"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/policy"
)

// roleFlags say in whose name the steps of a run are carried out.
type roleFlags struct{ role, externalID string }

func (f *roleFlags) register(p *program, flags *pflag.FlagSet) {
	flags.StringVar(&f.role, "fix-role", "", p.phrase("fixrole.flag.role"))
	flags.StringVar(&f.externalID, "external-id", "", p.phrase("fixrole.flag.externalID"))
}

// acting are the options of a command that changes something.
func (f *runFlags) acting(p *program) (app.FixOptions, error) {
	o, err := f.options(p)
	if err != nil || f.role == "" && f.externalID == "" {
		return o, err
	}
	if f.role == "" {
		return o, locale.Errorf("fixrole.idAlone")
	}
	if err := policy.CheckRole(f.role); err != nil {
		return o, err
	}
	if f.externalID != "" {
		err = policy.CheckExternalID(f.externalID)
	}
	o.As = &app.Role{Role: policy.Role{Name: f.role, ExternalID: f.externalID}}
	return o, err
}
