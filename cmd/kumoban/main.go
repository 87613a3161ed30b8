// Command kumoban finds what AWS Security Hub would find, and says what to do.
package main

import (
	"context"
	"os"

	"github.com/kumoban/kumoban/internal/cli"
)

func main() {
	ctx, stop := cli.Signals(context.Background())
	code := cli.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ())
	stop()
	os.Exit(code)
}
