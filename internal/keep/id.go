package keep

import (
	"strconv"
)

// shortest is the least of an id that stands for the whole.
const shortest = 4

// exceptionID is the finding, and which of its exceptions it is. It holds the
// whole id: two findings that begin alike would overwrite each other's.
func exceptionID(finding string, n int) string { return finding + "-x" + strconv.Itoa(n) }

// scanSubject is how the audit log names a scan.
func scanSubject(id int64) string { return "scan:" + strconv.FormatInt(id, 10) }
