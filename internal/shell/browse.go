package shell

import (
	"context"
	"os/exec"
	"runtime"
)

// Browse opens an address in the user's browser, where there is one; the address is
// printed all the same.
func Browse(ctx context.Context, url string) {
	var cmd *exec.Cmd
	switch runtime.GOOS {
	case "darwin":
		cmd = exec.CommandContext(ctx, "open", url)
	case "windows":
		cmd = exec.CommandContext(ctx, "rundll32", "url.dll,FileProtocolHandler", url)
	default:
		cmd = exec.CommandContext(ctx, "xdg-open", url)
	}
	if cmd.Start() == nil {
		go func() { _ = cmd.Wait() }() // it may stay as long as the browser does
	}
}
