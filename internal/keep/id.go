package keep

import (
	"strconv"

	"github.com/kumoban/kumoban/internal/finding"
)

// shortest is the least of an id that stands for the whole.
const shortest = 4

// Short is as much of a finding's id as people need.
func Short(id string) string { return id[:min(finding.ShortID, len(id))] }

// exceptionID is the finding, and which of its exceptions it is. It holds the
// whole id: two findings that begin alike would overwrite each other's.
func exceptionID(finding string, n int) string { return finding + "-x" + strconv.Itoa(n) }

// scanSubject is how the audit log names a scan.
func scanSubject(id int64) string { return "scan:" + strconv.FormatInt(id, 10) }
