package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// BenchmarkVersion starts the stripped program as `make build` makes it, and
// reports its size. Starting true, the smallest program there is, is measured
// beside it: the rest is the machine's.
func BenchmarkVersion(b *testing.B) {
	bin := filepath.Join(b.TempDir(), "kumoban")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", bin, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	info, err := os.Stat(bin)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		command []string
	}{{"kumoban", []string{bin, "version"}}, {"true", []string{"true"}}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if err := exec.Command(c.command[0], c.command[1:]...).Run(); err != nil {
					b.Fatal(err)
				}
			}
			if c.name == "kumoban" {
				b.ReportMetric(float64(info.Size())/1e6, "MB")
			}
		})
	}
}
