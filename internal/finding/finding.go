// Package finding holds the result of judging one resource by one control.
package finding

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/kumoban/kumoban/internal/condition"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

// Reason codes of a finding, beside AWS's own (see ASFF's StatusReasons).
const (
	ReasonEmpty         = "CONFIG_EVALUATIONS_EMPTY"      // AWS's: no resource to judge
	ReasonNotApplicable = "CONFIG_RETURNS_NOT_APPLICABLE" // AWS's
	ReasonUnread        = "KUMOBAN_COULD_NOT_READ"        // ours: a call was refused or failed
	ReasonUndecided     = "KUMOBAN_VALUE_UNKNOWN"         // ours: a value is not known
)

// OthersOnly is the message of an account in which a control found nothing to
// judge, though there are resources of its service.
const OthersOnly = "finding.othersOnly"

// Finding is what one control says of one resource.
type Finding struct {
	Control    string           // id
	Severity   control.Severity // the control's, whatever the status
	Status     control.Status
	Resource   resource.Ref
	Message    locale.Message
	Notes      []locale.Message
	Reason     string            // a reason code, or ""
	NotOffered bool              // AWS does not offer the control in this Region
	Params     control.Params    // the values it was judged with
	Tags       map[string]string // of the resource over those of its API; nil: not known
	Origin     *fact.Origin      // where the resource was seen
	Facts      []condition.Fact  // that conditions of exceptions ask for; none in a saved report
	Kept       *Kept             // what a store knows of it; nil: this comes from a scan
}

// Short is as much of a finding's id as people need.
func Short(id string) string { return id[:min(ShortID, len(id))] }

// ID is stable from run to run: a hash of partition, account, Region, control,
// resource type and ARN (or address), 32 hexadecimal digits.
func (f *Finding) ID() string {
	r := &f.Resource
	buf := make([]byte, 0, 256)
	for _, part := range [...]string{r.Partition, r.Account, r.Region, f.Control, string(r.Type), r.ID()} {
		buf = append(buf, part...)
		buf = append(buf, 0) // no part can hold a NUL, so no two lists run together
	}
	sum := sha256.Sum256(buf)
	return hex.EncodeToString(sum[:16])
}

// ShortID is as much of an id as people need: so many digits.
const ShortID = 12
