// Command pack writes each FILE again as FILE.gz, which the program holds in its
// place: the file itself stays, for people and for differences.
package main

import (
	"fmt"
	"os"

	"github.com/kumoban/kumoban/internal/packed"
)

func main() {
	for _, name := range os.Args[1:] {
		if err := pack(name); err != nil {
			fmt.Fprintln(os.Stderr, "pack:", err)
			os.Exit(1)
		}
	}
}

func pack(name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	small, err := packed.Pack(data)
	if err != nil {
		return err
	}
	return os.WriteFile(name+".gz", small, 0o644)
}
