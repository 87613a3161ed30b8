// Command docsgen writes docs/controls: for each language a page for every
// control and an index. Its argument is the repository's root.
package main

import (
	"fmt"
	"os"

	"github.com/kumoban/kumoban/controls"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "docsgen:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("want one argument, the repository's root")
	}
	pages, err := render(controls.All())
	if err != nil {
		return err
	}
	return write(args[0], pages)
}
