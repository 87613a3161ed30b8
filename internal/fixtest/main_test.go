package fixtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/cli"
)

const (
	account = "111122223333"
	region  = "ap-northeast-1"
)

// scratch is where TestMain has the program built.
var scratch string

func TestMain(m *testing.M) { os.Exit(withScratch(m)) }

func withScratch(m *testing.M) int {
	dir, err := os.MkdirTemp("", "kumoban-fixtest-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	scratch = dir
	return m.Run()
}

// program builds kumoban when the first test asks for it.
var program = sync.OnceValues(func() (string, error) {
	path := filepath.Join(scratch, "kumoban")
	out, err := exec.Command("go", "build", "-o", path, "github.com/kumoban/kumoban/cmd/kumoban").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// stand is an account in a double, and a folder of the user's.
type stand struct {
	t       testing.TB
	double  *awsdouble.Double
	url     string // empty: commands run in this process and on its clock
	dir     string
	account string // whose credentials commands have
	// credentials are those of processes, if they are others than the account's.
	credentials []string
}

// ended is what a command left.
type ended struct {
	code     int
	out, err string
}

func (e ended) String() string {
	return fmt.Sprintf("exit code %d\nstdout:\n%s\nstderr:\n%s", e.code, e.out, e.err)
}

// newStand makes one whose commands run in this process, without a network.
func newStand(t testing.TB, o awsdouble.Options, fixture string) *stand {
	t.Helper()
	s := &stand{t: t, double: awsdouble.New(o), dir: t.TempDir(), account: account}
	if err := s.double.Load(account, region, []byte(fixture)); err != nil {
		t.Fatal(err)
	}
	return s
}

// served is newStand for commands that are processes of their own.
func served(t testing.TB, fixture string) (*stand, func()) {
	t.Helper()
	s := newStand(t, awsdouble.Options{}, fixture)
	url, stop, err := s.double.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.url = url
	return s, func() { _ = stop() }
}

func (s *stand) path(name string) string { return filepath.Join(s.dir, name) }

func (s *stand) environ() []string {
	key, secret := s.double.CredentialsFor(s.account)
	return append([]string{
		"AWS_ENDPOINT_URL=" + s.url, "AWS_ACCESS_KEY_ID=" + key, "AWS_SECRET_ACCESS_KEY=" + secret, "AWS_REGION=" + region,
		"AWS_EC2_METADATA_DISABLED=true", "HOME=" + s.dir, "LANG=C", "KUMOBAN_STATE_DIR=" + s.path("state"), "TMPDIR=" + s.dir,
	}, s.credentials...)
}

// run runs a command to its end.
func (s *stand) run(args ...string) ended {
	s.t.Helper()
	if s.url != "" {
		p := s.start(args...)
		return p.wait()
	}
	key, secret := s.double.CredentialsFor(s.account)
	load := func(context.Context, string) (aws.Config, error) {
		client := &http.Client{Transport: s.double.Transport()}
		return awsclient.Static(region, "", credentials.NewStaticCredentialsProvider(key, secret, ""), client), nil
	}
	var out, err bytes.Buffer
	code := cli.RunWith(s.t.Context(), load, args, strings.NewReader(""), &out, &err, s.environ())
	return ended{code, out.String(), err.String()}
}

// must runs a command that has to end with this code.
func (s *stand) must(code int, args ...string) ended {
	s.t.Helper()
	e := s.run(args...)
	if e.code != code {
		s.t.Fatalf("kumoban %s: want exit code %d, got %s", strings.Join(args, " "), code, e)
	}
	return e
}

// process is a kumoban of its own.
type process struct {
	s        *stand
	cmd      *exec.Cmd
	out, err stream
	done     chan error
}

// stream is what a process has written so far.
type stream struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *stream) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func (s *stand) start(args ...string) *process {
	s.t.Helper()
	path, err := program()
	if err != nil {
		s.t.Fatal(err)
	}
	p := &process{s: s, cmd: exec.CommandContext(s.t.Context(), path, args...), done: make(chan error, 1)}
	p.cmd.Env, p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = s.environ(), s.dir, &p.out, &p.err
	if err := p.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() { p.done <- p.cmd.Wait() }()
	return p
}

func (p *process) wait() ended {
	p.s.t.Helper()
	err := <-p.done
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.s.t.Fatal(err)
	}
	return ended{p.cmd.ProcessState.ExitCode(), p.out.String(), p.err.String()}
}

// killed runs a command and kills it while the double holds a call; false if
// the command ended before.
func (s *stand) killed(f awsdouble.Fault, args ...string) bool {
	s.t.Helper()
	f.Times = 1
	held := s.double.Fault(f)
	defer held.Remove()
	p := s.start(args...)
	select {
	case err := <-p.done:
		p.done <- err
		return false
	case <-held.Held():
	}
	if err := p.cmd.Process.Kill(); err != nil {
		s.t.Fatal(err)
	}
	p.wait()
	return true
}

// theRun names the only run, "" if there is none.
func (s *stand) theRun() string {
	s.t.Helper()
	runs, err := os.ReadDir(s.path("state/runs"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		s.t.Fatal(err)
	}
	if len(runs) > 1 {
		s.t.Fatalf("%d runs, want one", len(runs))
	}
	if len(runs) == 0 {
		return ""
	}
	return runs[0].Name()
}

// calls lists the calls since a moment, in their order.
func (s *stand) calls(since int) []awsdouble.Call { return s.double.Calls()[since:] }

func writes(calls []awsdouble.Call) (list []string) {
	for _, c := range calls {
		if acts(c) {
			list = append(list, c.Operation)
		}
	}
	return list
}

// acts tells whether a call would change something.
func acts(c awsdouble.Call) bool {
	return !slices.ContainsFunc([]string{"Get", "List", "Describe"}, func(verb string) bool { return strings.HasPrefix(c.Operation, verb) })
}
