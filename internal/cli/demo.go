package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/story"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/shell"
)

func (p *program) demo() *cobra.Command {
	f := &outputFlags{}
	var inShell, serves, noOpen bool
	var keep, listen string
	c := &cobra.Command{
		Use: "demo", Short: p.text("demo.short"), Long: p.text("demo.long"), Example: p.text("demo.example"), Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			outputs, err := f.app(p, false)
			if err != nil {
				return err
			}
			reports := len(f.formats)+len(f.outputs) > 0
			switch {
			case serves:
				return p.serveDemo(c.Context(), keep, listen, noOpen, inShell || reports)
			case keep != "":
				return p.keepDemo(c.Context(), keep, inShell || reports)
			}
			demo, err := app.StartDemo(reports) //nolint:contextcheck // Stop ends it
			if err != nil {
				return err
			}
			defer demo.Stop()
			if reports {
				fmt.Fprintln(p.stderr, p.text("demo.intro"))
				result, err := demo.Scan(c.Context(), p.env(p.logger(false, false, false), p.progress(false)), outputs)
				p.code = exitCode(result, 0)
				return err
			}
			s, err := p.stage(demo)
			if err != nil {
				return err
			}
			defer s.clear()
			if inShell {
				return s.shell(c.Context())
			}
			return s.tell(c.Context())
		},
	}
	f.register(p, c.Flags())
	c.Flags().BoolVar(&inShell, "shell", false, p.text("flag.demoShell"))
	c.Flags().StringVar(&keep, "keep", "", p.text("flag.demoKeep"))
	c.Flags().BoolVar(&serves, "serve", false, p.text("flag.demoServe"))
	c.Flags().StringVar(&listen, "listen", defaultListen, p.text("flag.serve.listen"))
	c.Flags().BoolVar(&noOpen, "no-open", false, p.text("flag.serve.noOpen"))
	return c
}

// serveDemo opens the console on the demo company's last weeks: in a folder that was
// named, or in one that is gone when it ends.
func (p *program) serveDemo(ctx context.Context, dir, listen string, noOpen, more bool) error {
	if more {
		return locale.Errorf("cli.demo.serveAlone")
	}
	l, err := p.listen(ctx, listen) // before anything is written
	if err != nil {
		return err
	}
	defer l.Close() //nolint:errcheck // the server has closed it
	if dir == "" {
		if dir, err = os.MkdirTemp("", "kumoban-demo-"); err != nil {
			return err
		}
		defer os.RemoveAll(dir) //nolint:errcheck // what stays is in the folder for what is temporary
	}
	p.tell("cli.demo.telling")
	p.quiet = true // whoever looks at a demo wants no log of requests
	demo, err := story.Tell(ctx, story.Options{Dir: dir, Now: p.now, Lang: p.catalog.Lang, Version: version(), Controls: p.controls()})
	if err != nil {
		return err
	}
	defer demo.Stop()
	set, err := control.Select(p.controls(), control.Selection{})
	if err != nil {
		return err
	}
	d, err := p.opened(ctx, &desk.Config{File: configName, Controls: set}, filepath.Join(dir, story.StoreName), story.Viewer, false)
	if err != nil {
		return err
	}
	defer d.Close()
	scans := p.demoScans(demo)
	fixes, err := p.fixSetup(scans, filepath.Join(dir, story.StoreName), filepath.Join(dir, story.RunsName))
	if err != nil {
		return err
	}
	return p.serving(ctx, d, l, scans, fixes, noOpen, &ownerSite{})
}

// keepDemo writes the demo company's last weeks into a folder, and says how to look
// at them.
func (p *program) keepDemo(ctx context.Context, dir string, more bool) error {
	if more {
		return locale.Errorf("cli.demo.keepAlone")
	}
	demo, err := story.Tell(ctx, story.Options{Dir: dir, Now: p.now, Lang: p.catalog.Lang, Version: version(), Controls: p.controls()})
	if err != nil {
		return err
	}
	demo.Stop()
	_, err = fmt.Fprintln(p.stdout, p.text("demo.kept", locale.A("dir", dir), locale.A("store", word(filepath.Join(dir, story.StoreName))), locale.A("folder", word(dir))))
	return err
}

// stage is where a demo plays: a folder with a store of its own, and an
// environment that reaches nothing but the demo account.
type stage struct {
	p       *program
	demo    *app.Demo
	dir     string
	environ []string
}

// stage sets one up. Whatever the user has set for kumoban or AWS stays outside.
func (p *program) stage(demo *app.Demo) (*stage, error) {
	dir, err := os.MkdirTemp("", "kumoban-demo-")
	if err != nil {
		return nil, err
	}
	s := &stage{p: p, demo: demo, dir: dir}
	for _, kv := range p.environ {
		if name, _, _ := strings.Cut(kv, "="); !strings.HasPrefix(name, "KUMOBAN_") && !strings.HasPrefix(name, "AWS_") && !strings.HasSuffix(strings.ToUpper(name), "_PROXY") {
			s.environ = append(s.environ, kv)
		}
	}
	s.environ = append(s.environ, "KUMOBAN_STORE="+filepath.Join(dir, desk.FileName), "KUMOBAN_STATE_DIR="+filepath.Join(dir, "state"), "KUMOBAN_LANG="+string(p.catalog.Lang),
		"AWS_ENDPOINT_URL="+demo.URL, "AWS_ACCESS_KEY_ID="+demo.Key, "AWS_SECRET_ACCESS_KEY="+demo.Secret, "AWS_REGION="+demo.Region,
		"AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE="+filepath.Join(dir, "aws", "config"), "AWS_SHARED_CREDENTIALS_FILE="+filepath.Join(dir, "aws", "credentials"))
	return s, s.furnish()
}

// furnish puts into the folder what the README speaks of: two AWS profiles, a
// list of accounts, and settings for everybody.
func (s *stage) furnish() error {
	profile := "region = " + s.demo.Region + "\n"
	files := map[string]string{
		"aws/config":      "[default]\n" + profile + "[profile prod]\n" + profile,
		"aws/credentials": fmt.Sprintf("[default]\naws_access_key_id = %[1]s\naws_secret_access_key = %[2]s\n[prod]\naws_access_key_id = %[1]s\naws_secret_access_key = %[2]s\n", s.demo.Key, s.demo.Secret),
		"accounts.csv":    s.demo.Account + ",web shop\n",
		"kumoban.yaml":    "",
	}
	for name, text := range files {
		path := filepath.Join(s.dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// clear removes the folder. What stays is in the one for what is temporary.
func (s *stage) clear() { _ = os.RemoveAll(s.dir) }

// run runs a command of the demo as a user would, in the demo's folder, and
// returns what it prints. Names of files are the folder's.
func (s *stage) run(ctx context.Context, args ...string) (string, error) {
	there := make([]string, len(args))
	for i, a := range args {
		there[i] = a
		if filepath.Ext(a) == ".json" || filepath.Ext(a) == ".html" {
			there[i] = filepath.Join(s.dir, a)
		}
	}
	var out, errs bytes.Buffer
	environ := append(s.environ, "KUMOBAN_CONFIG="+filepath.Join(s.dir, configName))
	code := RunWith(ctx, s.demo.Load, there, strings.NewReader(""), &out, &errs, environ)
	if code != exitDone && code != exitGaps {
		return "", locale.Errorf("cli.demo.failed", locale.A("command", typed(args)), locale.A("error", strings.TrimSpace(errs.String())))
	}
	return strings.ReplaceAll(out.String(), s.dir+string(filepath.Separator), ""), nil
}

// typed is a command as a shell takes it.
func typed(args []string) string {
	words := []string{"kumoban"}
	for _, a := range args {
		words = append(words, word(a))
	}
	return strings.Join(words, " ")
}

// word is one word as a shell takes it.
func word(a string) string {
	if strings.ContainsAny(a, " *'") {
		a = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
	}
	return a
}

// The findings that the demo is about: nobody writes an access log on either, one
// is for developers alone, and the other is in production.
const demoDev, demoProd = "APIGateway.9:storefront/dev", "APIGateway.9:live-dashboard/prod"

// scene is a part of the demo: why, and the commands.
type scene struct {
	text     string // a key of the catalogue
	commands [][]string
	most     int // lines that are shown of what they print; 0: all
}

// tell plays the whole story: what fails, the question to the owners, what each of
// them answers, the fix, its proof, and the way back.
func (s *stage) tell(ctx context.Context) error {
	p := s.p
	fmt.Fprintln(p.stderr, p.text("demo.intro"))
	for _, sc := range []scene{
		{text: "scan", commands: [][]string{{"scan", "--control", "APIGateway.9"}}},
		{text: "ask", commands: [][]string{{"ask", demoDev, "--due", "14d"}}},
		{text: "other", commands: [][]string{{"ask", demoProd, "--due", "14d"}}, most: 14},
		{text: "accept", commands: [][]string{{"answer", "q1", "accept", "--until", "90d", "--while", "tag env=dev", "--by", "team-web", "--reason", p.text("demo.reason"), "--reply", "production=no"}}},
		{text: "agree", commands: [][]string{{"answer", "q2", "fix", "--by", "team-finance", "--reply", "production=yes,log-cost=yes"}}},
		{text: "fix", commands: [][]string{{"fix", "plan", "--finding", demoProd, "--out", "plan.json"}, {"fix", "apply", "plan.json", "--yes"}}},
		{text: "evidence", commands: [][]string{{"findings", "show", demoProd}}},
		{text: "undo", commands: [][]string{{"fix", "undo", "RUN", "--yes"}}},
	} {
		if err := s.play(ctx, &sc); err != nil {
			return err
		}
	}
	fmt.Fprintf(p.stdout, "\n%s\n", p.text("demo.next"))
	return nil
}

var runName = regexp.MustCompile(`\b\d{8}-\d{6}-[0-9a-f]{8}\b`)

func (s *stage) play(ctx context.Context, sc *scene) error {
	p := s.p
	fmt.Fprintf(p.stdout, "\n%s\n", p.text("demo.scene."+sc.text))
	for _, args := range sc.commands {
		for i, a := range args {
			if a == "RUN" {
				runs, err := s.run(ctx, "fix", "list")
				if err != nil {
					return err
				}
				args[i] = runName.FindString(runs)
			}
		}
		out, err := s.run(ctx, args...)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "\n$ %s\n", typed(args))
		for n, line := range strings.Split(strings.TrimRight(out, "\n"), "\n") {
			if sc.most > 0 && n == sc.most {
				fmt.Fprintln(p.stdout, "  …")
				break
			}
			fmt.Fprintln(p.stdout, strings.TrimRight("  "+line, " "))
		}
	}
	return nil
}

// shell opens the user's shell on the running demo account, with a store that
// knows one scan of it, so that every command of the README runs as it is printed.
func (s *stage) shell(ctx context.Context) error {
	p := s.p
	self, err := os.Executable()
	if err != nil {
		return err
	}
	name := "kumoban"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	bin := filepath.Join(s.dir, "bin")
	if err := os.Mkdir(bin, 0o700); err != nil {
		return err
	}
	if err := os.Symlink(self, filepath.Join(bin, name)); err != nil {
		bin = filepath.Dir(self) // where links are not allowed, it may go by its own name
	}
	if _, err := s.run(ctx, "scan"); err != nil {
		return err
	}
	fmt.Fprintln(p.stderr, p.text("demo.shell", locale.A("dir", s.dir)))
	environ := append(s.environ, "PATH="+bin+string(os.PathListSeparator)+p.getenv("PATH"))
	return shell.Run(ctx, s.dir, environ, p.getenv, p.stdin, p.stdout, p.stderr)
}
