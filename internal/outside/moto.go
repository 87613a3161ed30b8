package outside

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// motoServer is moto's own server behind the additions that its documentation string lists.
//
//go:embed testdata/moto/server.py
var motoServer string

// moto is one server for a whole test binary: starting one takes about a second and 100 MB. It ends with
// the process, see startMoto.
var moto = sync.OnceValues(startMoto)

// Moto returns the endpoint URL of a running moto server, for AWS_ENDPOINT_URL. All tests of a package share
// it: a test that runs in parallel with others takes an account of its own, with keys from AssumeRole into
// that account's id; only a test that runs alone may call MotoReset.
func Moto(t testing.TB) string {
	t.Helper()
	Python(t)
	server, err := moto()
	if err != nil {
		t.Fatalf("starting moto: %v", err)
	}
	return server.endpoint
}

// MotoReset empties every account of the server.
func MotoReset(t testing.TB) {
	t.Helper()
	motoControl(t, "reset")
}

// MotoSeed makes the ids that moto draws from here on the same in every run.
func MotoSeed(t testing.TB, seed int) {
	t.Helper()
	motoControl(t, fmt.Sprintf("seed?a=%d", seed))
}

func motoControl(t testing.TB, call string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, Moto(t)+"/moto-api/"+call, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("moto: %v", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("moto: %s answered %s", call, resp.Status)
	}
}

// server is a program that runs, such as moto. Nobody writes to its standard input: the kernel closes that pipe when this process
// ends, in whichever way, and the server then ends itself, so nothing has to be cleaned up.
type server struct {
	endpoint string // what it said
	// stdin is held so that the collector does not close it, and end the server, under running tests.
	stdin io.Closer
}

func startMoto() (*server, error) {
	return serve("-c", motoServer, "--until-stdin-closes")
}

// serve starts a program of Python that prints one line when it is up, where it is
// to be found, and ends when its standard input closes.
func serve(args ...string) (*server, error) {
	python, err := python()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(python, args...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	log := &tail{limit: 16 << 10}
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	timer := time.AfterFunc(answerWithin, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		_ = cmd.Process.Kill()
		return nil, fmt.Errorf("the server did not come up (%w, then %w): %s", err, cmd.Wait(), log)
	}
	go func() { _, _ = io.Copy(io.Discard, stdout) }()
	return &server{endpoint: strings.TrimSpace(line), stdin: stdin}, nil
}

// tail keeps the end of what is written to it.
type tail struct {
	limit int
	mu    sync.Mutex
	data  []byte
}

func (w *tail) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.data = append(w.data, p...)
	if over := len(w.data) - w.limit; over > 0 {
		w.data = append(w.data[:0], w.data[over:]...)
	}
	return len(p), nil
}

func (w *tail) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(w.data)
}
