// Package shell runs the user's own shell.
package shell

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os/exec"
	"runtime"
)

// Run runs the shell that the environment names in a directory until it ends. An
// interrupt goes to the shell, which knows what to do with it. A shell that ends
// with an exit code is no error: that is its last command's.
func Run(ctx context.Context, dir string, environ []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) error {
	name := cmp.Or(getenv("SHELL"), "/bin/sh")
	if runtime.GOOS == "windows" {
		name = cmp.Or(getenv("SHELL"), getenv("COMSPEC"), "cmd.exe")
	}
	c := exec.CommandContext(context.WithoutCancel(ctx), name)
	c.Dir, c.Env, c.Stdin, c.Stdout, c.Stderr = dir, environ, stdin, stdout, stderr
	err := c.Run()
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		return nil
	}
	return err
}
