// Package cli is kumoban's command line: cobra commands over the app floor.
// It alone decides exit codes.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/messages"
	"github.com/kumoban/kumoban/internal/app/scanning"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

// Exit codes, as the command line's contract has them.
const (
	exitDone        = 0
	exitFailed      = 1 // could not do it
	exitFindings    = 2 // findings at or above --fail-on
	exitGaps        = 3 // done, but something could not be read
	exitInterrupted = 130
)

// program is one run of the command line.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	environ        []string
	catalog        *locale.Catalog
	controls       func() []*control.Control // read at the first use
	screen         io.Writer                 // stderr as it is, for the program's own cursor movements
	configs        map[string]configFile
	now            func() time.Time
	zone           *time.Location // by which days are counted: the store's, once it is open
	load           Loader
	sameStore      string // what a proposed command needs to find the store: see [sameStore]
	quiet          bool
	completes      bool // a shell asks what can follow
	policies       map[*cobra.Command]policies
	needs          func() [][]string  // the policies of the command that runs; nil: it calls nobody
	saving         *scanning.Saving   // of the scan; nil where nobody saves it
	deliversTo     *messages.Channels // where kumoban serve sends messages; nil: nowhere
	code           int
}

// Run runs kumoban with the arguments after its name and returns the exit
// code. Results go to stdout; progress, warnings and errors to stderr.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, environ []string) int {
	return RunWith(ctx, awsclient.Load, args, stdin, stdout, stderr, environ)
}

// Loader returns the AWS configuration of a profile, "" being the default one.
type Loader func(ctx context.Context, profile string) (aws.Config, error)

// RunWith is Run with another way to AWS: one without a network lets tests run
// commands on a virtual clock.
func RunWith(ctx context.Context, load Loader, args []string, stdin io.Reader, stdout, stderr io.Writer, environ []string) int {
	p := &program{
		load: load, now: time.Now, zone: time.Local,
		stdin: stdin, stdout: &tap{w: stdout}, stderr: plain{stderr}, screen: stderr,
		getenv: lookup(environ), environ: environ, controls: sync.OnceValue(controls.All), configs: map[string]configFile{},
	}
	lang, langErr := p.language(ctx, args)
	catalog, err := locale.New(lang)
	if err != nil {
		fmt.Fprintln(p.stderr, "kumoban:", err)
		return exitFailed
	}
	p.catalog = catalog
	p.completes = len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
	if err = langErr; err == nil {
		root := p.root() //nolint:contextcheck // cobra hands the context to each RunE
		root.SetArgs(args)
		err = root.ExecuteContext(ctx)
	}
	if err == nil {
		return p.code
	}
	fmt.Fprintln(p.stderr, "kumoban:", p.explain(err))
	if ctx.Err() != nil {
		return exitInterrupted
	}
	return exitFailed
}

func lookup(environ []string) func(string) string {
	env := make(map[string]string, len(environ))
	for _, kv := range environ {
		k, v, _ := strings.Cut(kv, "=")
		env[k] = v
	}
	return func(name string) string { return env[name] }
}

// language is needed before flags are parsed, for the help is written in it.
func (p *program) language(ctx context.Context, args []string) (locale.Lang, error) {
	fallback := locale.FromEnvironment(p.getenv)
	value := p.getenv("KUMOBAN_LANG")
	for i, a := range args {
		if a == "--" {
			break
		}
		if v, ok := strings.CutPrefix(a, "--lang="); ok {
			value = v
		} else if a == "--lang" && i+1 < len(args) {
			value = args[i+1]
		}
	}
	if value == "" {
		// A settings file that cannot be read is reported by the command that needs it.
		if file, err := p.config(ctx, p.getenv("KUMOBAN_CONFIG")); err == nil && len(file.values["lang"]) == 1 {
			value = file.values["lang"][0]
		}
	}
	if value == "" {
		return fallback, nil
	}
	lang, err := locale.Parse(value)
	if err != nil {
		return fallback, err
	}
	return lang, nil
}

// text renders one of the command line's own texts.
func (p *program) text(key string, args ...locale.Arg) string {
	return p.catalog.Text("cli."+key, args...)
}

// explain makes an error one sentence, or two: what is wrong, and what to do.
func (p *program) explain(err error) string {
	if sentence, ok := p.guardSentence(err); ok {
		return sentence
	}
	var message *locale.Error
	var fault *awsclient.Fault
	var nothing awslive.Nothing
	switch {
	case errors.Is(err, context.Canceled) && !errors.As(err, &fault):
		return p.text("interrupted")
	case errors.As(err, &message):
		return p.phrase(message.Key, message.Args...)
	case errors.As(err, &fault):
		what := "callFailed"
		if errors.As(err, &nothing) {
			what = "nothingReadable"
		}
		args := []locale.Arg{locale.A("call", fault.Call), locale.A("code", fault.Code), locale.A("message", strings.TrimRight(fault.Message, ". "))}
		if p.catalog.Lang != locale.English && fault.Ours() {
			what += ".code" // the message is English, and the code says it in the reader's language
		}
		return p.text("then", locale.A("what", p.phrase("cli."+what, args...)), locale.A("next", p.next(fault)))
	}
	return p.phrase("cli.failed", locale.A("error", locale.Cause(err)))
}

// next says what helps after a failed call.
func (p *program) next(f *awsclient.Fault) string {
	switch f.Class {
	case awsclient.Refused:
		return p.lacking(f)
	case awsclient.RegionOff:
		return p.text("next.region")
	case awsclient.Credentials:
		if awsclient.Stranger(f.Code) {
			return p.text("next.stranger")
		}
		return p.text("next.credentials")
	case awsclient.Throttled:
		return p.text("next.throttled")
	case awsclient.Unreachable, awsclient.Timeout, awsclient.Garbled:
		return p.text("next.unreachable")
	}
	return p.text("next.other")
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// env is what the app floor is handed.
func (p *program) env(log *slog.Logger, progress app.Progress) *app.Env {
	return &app.Env{
		Version: version(), Controls: p.controls(), Catalog: p.catalog, Stdout: p.stdout, Log: log, Now: p.now,
		Progress: progress, Load: p.load,
		Tell: func(key string, args ...locale.Arg) { p.notices([]desk.Notice{desk.Tell(key, args...)}) },
	}
}

// tell says something on stderr, unless -q asks for silence.
func (p *program) tell(key string, args ...locale.Arg) {
	if !p.quiet {
		fmt.Fprintln(p.stderr, p.phrase(key, args...))
	}
}

// warn says what nobody may miss, --quiet or not.
func (p *program) warn(key string, args ...locale.Arg) {
	fmt.Fprintln(p.stderr, p.phrase(key, args...))
}

// root makes the command tree. Its texts are in the user's language.
func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use: "kumoban", Short: p.text("root.short"), Long: p.text("root.long"),
		SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		Args:              cobra.NoArgs, // an unknown command is an argument
		RunE:              func(c *cobra.Command, _ []string) error { return c.Help() },
		PersistentPreRun:  p.begins,
	}
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.SetIn(p.stdin)
	root.PersistentFlags().String("lang", "", p.text("flag.lang"))
	root.SetHelpCommand(&cobra.Command{Use: "help", Hidden: true, RunE: func(_ *cobra.Command, args []string) error { return helpFor(root, args) }})
	root.AddCommand(p.scan(), p.demo(), p.serve(), p.findings(), p.asking(), p.answer(), p.directory(), p.fix(), p.score(), p.history(), p.diff(), p.rulesCommand(), p.settings(), p.messages(), p.auditing(), p.hub(),
		p.controlsCommand(), p.report(), p.iamPolicy(), p.versionCommand(), p.completion())
	p.localise(root)
	return root
}

// localise replaces cobra's own English words.
func (p *program) localise(root *cobra.Command) {
	root.SetUsageFunc(p.usage)
	root.SetHelpFunc(p.help)
	root.SetFlagErrorFunc(p.mistyped)
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		c.InitDefaultHelpFlag()
		c.Flags().Lookup("help").Usage = p.text("flag.help")
		if args := c.Args; args != nil {
			c.Args = func(c *cobra.Command, a []string) error {
				if args(c, a) == nil {
					return nil
				}
				if c.HasSubCommands() && len(a) > 0 {
					return unknownCommand(c, a[0])
				}
				return locale.Errorf("cli.wrongArguments", locale.A("use", c.UseLine()), locale.A("command", c.CommandPath()))
			}
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
}

// flagError is what is wrong with a flag, in the user's language rather than in
// that of the parser's.
func flagError(err error) any {
	var value *pflag.InvalidValueError
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	switch {
	case errors.As(err, &value):
		f := value.GetFlag()
		key := "cli.flagValue"
		switch f.Value.Type() {
		case "int", "duration", "bool":
			key += "." + f.Value.Type()
		}
		return locale.Errorf(key, locale.A("flag", "--"+f.Name), locale.A("value", locale.Clean(value.GetValue())))
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "":
		return locale.Errorf("cli.flagUnknown", locale.A("flag", "--"+locale.Clean(unknown.GetSpecifiedName())))
	case errors.As(err, &missing):
		return locale.Errorf("cli.flagNeedsValue", locale.A("flag", "--"+locale.Clean(missing.GetSpecifiedName())))
	}
	return err.Error()
}

// isTerminal tells whether a stream is a terminal that can show colours and
// redraw a line.
func (p *program) isTerminal(w io.Writer) bool {
	file, ok := w.(interface{ Stat() (fs.FileInfo, error) })
	if !ok || p.getenv("TERM") == "dumb" {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&fs.ModeCharDevice != 0
}

// color follows https://no-color.org: NO_COLOR with any value means none.
func (p *program) color() bool { return p.getenv("NO_COLOR") == "" && p.isTerminal(p.stdout) }
