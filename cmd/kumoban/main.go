// Command kumoban finds what AWS Security Hub would find, and says what to do.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/kumoban/kumoban/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	code := cli.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ())
	stop()
	os.Exit(code)
}
