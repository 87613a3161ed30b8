package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/execute/hooks"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/policy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

// sessionLimit is how many characters STS takes as the policy of a session, white space
// counted: the page of AssumeRole.
const sessionLimit = 2048

// ByHand is the command that applies a plan with the credentials of whoever runs it.
const ByHand = "kumoban fix apply PLAN"

// ResumeByHand is the command that goes on with a run likewise.
func ResumeByHand(run string) string { return "kumoban fix resume " + run }

// UndoByHand is the command that takes a run back likewise.
func UndoByHand(run string) string { return "kumoban fix undo " + run }

// Role is in whose name the steps of a run are carried out, and taken back.
type Role struct {
	policy.Role
	By string // who does it: its sessions are called by that and by the run

	command string // that does without
}

// Sessions are the session policies of the steps of one plan, by the steps' ids: what
// each of them calls when it is carried out, when it is taken back and in the last look
// before that, and nothing else.
type Sessions map[string]string

// SessionsOf makes them of a plan. It is an error where one is more than AWS takes;
// command is what does without.
func SessionsOf(p *plan.Plan, command string) (Sessions, error) {
	all := Sessions{}
	for i := range p.Steps {
		text, err := sessionPolicy(p, &p.Steps[i])
		if err != nil {
			return nil, err
		}
		if err := accepted(&p.Steps[i], text, command); err != nil {
			return nil, err
		}
		all[p.Steps[i].ID] = text
	}
	return all, nil
}

// accepted refuses what STS would: too many characters, or one that no policy may have.
func accepted(step *plan.Step, text, command string) error {
	args := []locale.Arg{locale.A("step", step.ID), locale.A("thing", drive.Label(step.Thing)), locale.A("n", utf8.RuneCountInString(text)), locale.A("most", sessionLimit), locale.A("command", command)}
	switch {
	case strings.ContainsFunc(text, func(r rune) bool { return r > '\u00ff' }):
		return locale.Errorf("fixrole.letters", args...)
	case utf8.RuneCountInString(text) > sessionLimit:
		return locale.Errorf("fixrole.tooLong", args...)
	}
	return nil
}

// acting are the sessions of a run that were begun.
type acting struct {
	*fixer
	role     *Role
	run      string
	policies Sessions
	begun    map[string]map[resource.Type]drive.Driver // by step
}

// settleRole makes of a role what a plan needs of it, before anything is done; command is
// what does without.
func (o *FixOptions) settleRole(p *plan.Plan, command string) error {
	if o.As == nil {
		return nil
	}
	arn, err := o.As.ARN(p.Partition, p.Account)
	if err != nil {
		return err
	}
	own := *o.As
	own.Name, own.command = arn, command
	o.As = &own
	if o.Sessions == nil {
		o.Sessions, err = SessionsOf(p, command)
	}
	return err
}

// as is who carries out the steps of a run: whoever entered, where no role is named
// (nil), or else a session of the role for each step.
func (f *fixer) as(run string, o *FixOptions) func(context.Context, *plan.Step) (map[resource.Type]drive.Driver, error) {
	if o.As == nil {
		return nil
	}
	a := &acting{fixer: f, role: o.As, run: run, policies: o.Sessions, begun: map[string]map[resource.Type]drive.Driver{}}
	return a.step
}

// step begins the session of a step, once.
func (a *acting) step(ctx context.Context, step *plan.Step) (map[resource.Type]drive.Driver, error) {
	if drivers := a.begun[step.ID]; drivers != nil {
		return drivers, nil
	}
	text := a.policies[step.ID]
	if text == "" { // without a policy, a session may do all that the role may
		return nil, locale.Errorf("run.badPlan")
	}
	cfg, err := a.session.Assume(ctx, awslive.Assumption{RoleARN: a.role.Name, ExternalID: a.role.ExternalID, Name: sessionName(a.role.By, a.run), Policy: text})
	var fault *awsclient.Fault
	if errors.As(err, &fault) && fault.Code == "PackedPolicyTooLarge" {
		return nil, locale.Errorf("fixrole.packed", locale.A("step", step.ID), locale.A("thing", drive.Label(step.Thing)), locale.A("message", fault.Message), locale.A("command", a.role.command))
	}
	if err != nil {
		return nil, err
	}
	clients := a.clients
	clients.Config = cfg
	a.begun[step.ID] = hooks.Drivers(clients)
	return a.begun[step.ID], nil
}

// A session's name has at most sessionNameLimit characters, of [\w+=,.@-].
const sessionNameLimit = 64

// sessionName is who acts, and the run. What AWS does not take of a name, or what is
// too long of it, gives way to a digest that tells it from others.
func sessionName(by, run string) string {
	by = cmp.Or(by, "kumoban")
	most := sessionNameLimit - len("=") - len(run)
	kept := strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII || !strings.ContainsRune("+,.@-_", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return r
	}, by)
	if kept != by || len(kept) > most {
		sum := sha256.Sum256([]byte(by))
		mark := "+" + hex.EncodeToString(sum[:4])
		kept = kept[:min(len(kept), most-len(mark))] + mark
	}
	return kept + "=" + run
}
