//go:build unix

package execute

import (
	"errors"
	"os"
	"syscall"

	"github.com/kumoban/kumoban/internal/locale"
)

// lockPath takes a lock that the system gives up when the process ends,
// however it ends.
func lockPath(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close() // the lock is another's
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, locale.Errorf("run.locked")
		}
		return nil, err
	}
	return file, nil
}
