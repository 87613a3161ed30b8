//go:build !unix

package execute

import "os"

// lockPath opens the file for one process at a time where the system keeps
// others from opening it; elsewhere it only marks the run.
func lockPath(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
}
