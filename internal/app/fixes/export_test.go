package fixes

import "github.com/kumoban/kumoban/internal/plan"

// Blindly takes the look at the digest out of an approval: it passes for any plan.
func (a *Approval) Blindly(made *plan.Plan) *Approval { return &Approval{made.Digest, a.sessions} }
