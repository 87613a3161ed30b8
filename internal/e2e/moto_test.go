package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/kumoban/kumoban/internal/outside"
)

const (
	region      = "us-east-1"
	otherRegion = "eu-west-1"
	restAccount = "222222222222" // REST APIs only
	httpAccount = "333333333333" // HTTP APIs only, no VPC link
	role        = "KumobanScan"
)

// TestScanAgainstMoto seeds three accounts, and lets the program and the oracle judge them.
func TestScanAgainstMoto(t *testing.T) {
	m := newMoto(t)
	m.seed(t, "--region", region, "--seed", "1",
		"--rest", "30", "--http", "15", "--websocket", "5", "--vpc-links", "2", "--domains", "10")
	m.seed(t, "--region", region, "--seed", "2", "--account", restAccount, "--rest", "5", "--domains", "1")
	m.seed(t, "--region", otherRegion, "--seed", "3", "--account", restAccount, "--rest", "3")
	m.seed(t, "--region", region, "--seed", "4", "--account", httpAccount, "--http", "5")

	t.Run("one account", func(t *testing.T) {
		t.Parallel()
		want, cases := m.oracle(t, "--region", region)
		same(t, want, scan(t, m.env, 0, "--region", region))
		sameCases(t, cases)
	})
	t.Run("parameters", func(t *testing.T) {
		t.Parallel()
		params := []string{
			"--region", region,
			"--param", "APIGateway.1.loggingLevel=ERROR",
			"--param", "APIGateway.5.requireCacheCluster=true",
			"--param", "APIGateway.8.authorizationType=JWT",
			"--param", "APIGateway.8.exemptUnauthorizableRoutes=true",
		}
		want, _ := m.oracle(t, params...)
		same(t, want, scan(t, m.env, 0, params...))
	})
	t.Run("accounts and Regions", func(t *testing.T) {
		t.Parallel()
		accounts := filepath.Join(t.TempDir(), "accounts")
		if err := os.WriteFile(accounts, []byte(restAccount+"\n"+httpAccount+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		regions := []string{"--region", region, "--region", otherRegion, "--role-name", role}
		want, _ := m.oracle(t, append(regions, "--account", restAccount, "--account", httpAccount)...)
		same(t, want, scan(t, m.env, 0, append(regions, "--accounts", accounts)...))
	})
}

// moto is the emulator with keys of its default account, and the interpreter for the scripts that talk to it.
type moto struct {
	python string
	env    []string
}

func newMoto(t *testing.T) *moto {
	t.Helper()
	endpoint := outside.Moto(t)
	outside.MotoReset(t)
	outside.MotoSeed(t, 1)
	return &moto{python: outside.Python(t), env: environment(t, endpoint, "AKIAIOSFODNN7EXAMPLE", "secret")}
}

func (m *moto) seed(t *testing.T, args ...string) {
	t.Helper()
	run(t, m.env, 0, m.python, append([]string{"testdata/seed.py"}, args...)...)
}

// oracle returns what must be reported, and how often each case of a control occurs in it.
func (m *moto) oracle(t *testing.T, args ...string) ([]verdict, map[controlCase]int) {
	t.Helper()
	var rows []struct {
		verdict
		Case string
	}
	out := run(t, m.env, 0, m.python, append([]string{"testdata/oracle.py"}, args...)...)
	if err := json.Unmarshal(out, &rows); err != nil {
		t.Fatal(err)
	}
	verdicts, cases := make([]verdict, 0, len(rows)), map[controlCase]int{}
	for _, row := range rows {
		verdicts = append(verdicts, row.verdict)
		cases[controlCase{row.Control, row.Case}]++
	}
	return verdicts, cases
}
