package outside

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// postgresLeast is the oldest major version that kumoban stores in.
const postgresLeast = 15

// postgres is one server for a whole test binary, see startPostgres.
var postgres = sync.OnceValues(startPostgres)

// Postgres returns the URL of a running PostgreSQL server, with a password and rights to everything. All tests of
// a package share it: each makes a schema of its own.
func Postgres(t testing.TB) string {
	t.Helper()
	must(t, postgresPrograms)
	db, err := postgres()
	if err != nil {
		t.Fatalf("starting PostgreSQL: %v", err)
	}
	return db.endpoint
}

// postgresPrograms finds the folder of initdb and postgres: on PATH, or where Debian keeps them.
func postgresPrograms() (string, error) {
	const install = "install PostgreSQL 15 or later (Debian package postgresql)"
	var dirs []string
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(path))
		}
	}
	debian, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	slices.Reverse(debian)
	version := regexp.MustCompile(`\d+`)
	for _, dir := range append(dirs, debian...) {
		out, err := run(filepath.Join(dir, "postgres"), "--version")
		if err != nil {
			continue
		}
		major, err := strconv.Atoi(version.FindString(out))
		if _, missing := os.Stat(filepath.Join(dir, "initdb")); err == nil && missing == nil && major >= postgresLeast {
			return dir, nil
		}
	}
	return "", errors.New("postgres and initdb are not on PATH nor in /usr/lib/postgresql; " + install)
}

// keepPostgres runs the server until standard input closes, which the kernel does when this process ends, in
// whichever way; then it removes what there was. It writes to a file what the server says, and ignores the
// terminal's signals, so that nothing but that ends it.
const keepPostgres = `
trap '' INT TERM HUP
bin=$1 dir=$2; shift 2
"$bin/postgres" -D "$dir/data" "$@" 2>&1 </dev/null &
cat >/dev/null
kill -QUIT $!
wait
rm -rf "$dir"
`

func startPostgres() (*server, error) {
	bin, err := postgresPrograms()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "kumoban-postgres-")
	if err != nil {
		return nil, err
	}
	who, err := ordinaryUser(dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	const password = "hunter2 & co"
	secret := filepath.Join(dir, "password")
	if err := os.WriteFile(secret, []byte(password+"\n"), 0o644); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"), "-U", "kumoban", "--pwfile", secret,
		"-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync")
	initdb.SysProcAttr, initdb.Dir = &syscall.SysProcAttr{Credential: who}, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("initdb: %w: %s", err, out), os.RemoveAll(dir))
	}
	for try := 1; ; try++ {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		stdin, err := servePostgres(bin, dir, port, who)
		if err == nil {
			return &server{fmt.Sprintf("postgres://kumoban:hunter2%%20%%26%%20co@127.0.0.1:%d/postgres?sslmode=disable", port), stdin}, nil
		}
		if try == 3 { // another took the port, thrice?
			return nil, err
		}
	}
}

// servePostgres starts a server and waits until it answers. Its commits go to the kernel but not to the disk: that
// is fast, and tests end processes, not machines.
func servePostgres(bin, dir string, port int, who *syscall.Credential) (io.Closer, error) {
	cmd := exec.Command("/bin/sh", "-c", keepPostgres, "sh", bin, dir, "-c", "listen_addresses=127.0.0.1", "-c", "port="+strconv.Itoa(port),
		"-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=60", "-c", "shared_buffers=256MB", "-c", "max_wal_size=4GB")
	cmd.SysProcAttr, cmd.Dir = &syscall.SysProcAttr{Credential: who, Setpgid: true}, dir
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	// Silence for so long means that it hangs.
	timer := time.AfterFunc(answerWithin, func() { _ = stdin.Close() })
	defer timer.Stop()
	var log strings.Builder
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if fmt.Fprintln(&log, lines.Text()); strings.Contains(lines.Text(), "ready to accept connections") {
			go func() { _, _ = io.Copy(io.Discard, stdout) }()
			return stdin, nil
		}
		if strings.Contains(lines.Text(), "FATAL") {
			break
		}
	}
	return nil, errors.Join(fmt.Errorf("postgres did not come up: %s", &log), stdin.Close())
}

// ordinaryUser is whom the server runs as, and owns dir: it refuses to run as root. Nil: who runs the tests.
func ordinaryUser(dir string) (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(nobody.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(nobody.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(dir, int(uid), int(gid))
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, l.Close()
}
