package kumoban_test

import (
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/kumoban/kumoban/"

// floors is the house: a package imports only packages of floors below its own.
// A name covers the packages under it, and itself unless it ends in a slash; the
// longest name that fits decides.
// control lies below finding, for a finding is a control's verdict.
var floors = map[string]int{
	"internal/fact":     0,
	"internal/glob":     0,
	"internal/packed":   0,
	"internal/locale":   0,
	"internal/spell":    0,
	"internal/page":     0, // writes HTML
	"controls/metadata": 1, // what AWS says of its controls

	"internal/resource": 1,
	// typed resources stand between resource and all who use them
	"internal/room": 2,
	"types":         3, // one package a service

	"internal/condition": 2, // what exceptions rest on
	"internal/cost":      1, // pure: facts and prices to amounts

	"internal/remedy": 2, // a control names its remedies

	"internal/control": 3,
	"internal/plan":    3,
	"internal/source":  3, // the contract; the sources themselves are below

	"controls/":           4, // one package a service
	"controls/apigateway": 4, // a package a control
	"internal/finding":    4,
	"internal/planner":    4,
	"internal/guide":      4, // reports quote it
	"internal/catalog":    4,

	"internal/evaluate":  5,
	"internal/forms":     5, // resources beside the API's answers
	"internal/casefile":  6, // the cases of controls, whose first failure guides show
	"internal/handbook":  8, // guides with what is derived
	"internal/report":    5,
	"internal/render":    6,
	"internal/awsclient": 4,
	// what goes over the wire, and AWS's partitions
	"internal/awsclient/wire":          3,
	"internal/awsclient/wire/protocol": 2,
	"internal/awsclient/asker":         5, // asks as the rooms say
	"internal/shell":                   5,
	"controls":                         5,

	// what is kept: pure, but for the store and Security Hub
	"internal/audit":     1,
	"internal/policy":    1,
	"internal/lifecycle": 5,
	"internal/ask":       6,
	"internal/traffic":   5, // what CloudWatch counts
	"internal/trail":     6,
	"internal/notify":    6,
	"internal/evidence":  8, // tells what the store hands out
	"internal/rules":     6,
	"internal/spool":     6, // what a scan saw, until it is saved
	"internal/score":     8, // counts what the store hands out

	"internal/source/awslive": 6,
	"internal/execute/drive":  6, // what drivers are made of
	// the engine, and a folder for each service that has more than rooms; the list of
	// them lies above all
	"internal/execute":            7,
	"internal/execute/iam":        7,
	"internal/execute/kms":        7,
	"internal/execute/wafv2":      7,
	"internal/execute/logs":       8,
	"internal/execute/apigateway": 9,
	"internal/execute/hooks":      10,
	// the comparison is pure, the client above it calls
	"internal/securityhub/sides": 6,
	"internal/securityhub":       7,
	"internal/store":             7, // the contract
	"internal/store/sqlstore":    8, // what the adapters share
	"internal/store/sqlite":      9,
	"internal/store/postgres":    9,
	"internal/store/open":        10, // the adapter for an address
	"internal/exchange":          10, // findings and decisions, to Security Hub and back
	"internal/keep":              9,  // scans, decisions and questions on a store
	"internal/outbox":            10, // what has to be told, written with what it tells
	"internal/letter":            11, // in words
	"internal/app/access":        1,  // who may do what
	"internal/app/desk":          11, // alone opens stores
	"internal/app":               11,
	"internal/app/":              12, // use cases, side by side
	"internal/app/scanjob":       13, // scans that run as jobs
	"internal/app/schedules":     14, // starts scans at their times
	"internal/app/bulk":          13, // decisions about many findings, as jobs
	"internal/app/fixjob":        13, // plans and fixes, likewise
	"internal/app/story":         13, // does what people do by use cases, in the demo company
	"internal/view":              15, // what use cases return, as text and JSON
	"internal/web/ui":            1,  // the console's front end, as built
	"internal/web/owner":         13, // the page of whoever has a link
	"internal/web":               16,
	"internal/cli":               17, // starts web
	"cmd/kumoban":                18,
}

// aside are packages beside the floors: they may be imported by the floors
// named, and by tests.
var aside = map[string][]string{
	"internal/awsdouble":       {"internal/app", "internal/awsdouble"},
	"internal/controltest":     nil,
	"internal/outside":         nil,
	"internal/store/storetest": nil,
	"internal/notify/smtptest": nil,
	"internal/app/desktest":    nil,
	"internal/e2e":             nil,
	"internal/fixtest":         nil,
	"internal/walk":            nil,
	"internal/fixproof":        nil,
	"internal/guide/prooftest": nil,
	"internal/render/roomtest": nil,
	"internal/tool":            {"internal/tool"},
}

// only says who alone may import what; the first is a prefix of import paths.
var only = map[string][]string{
	"github.com/aws/aws-sdk-go-v2/service/": {"internal/source/awslive"},
	"github.com/spf13/":                     {"internal/cli"},
	"go.yaml.in/":                           {"internal/cli", "internal/app/owners", "internal/casefile", "internal/render"},
	"text/template":                         {"internal/page"}, // which parses alone; see TestNothingFindsMethodsByName
	"html/template":                         {"internal/tool/sitegen"},
	"os/exec":                               {"internal/outside", "internal/shell", "internal/tool/endpointsgen", "internal/tool/modelsgen"},
	"database/sql":                          {"internal/store"},
	module + "internal/store/open":          {"internal/app/desk"}, // which hands nothing out without a permission
	"modernc.org/":                          {"internal/store/sqlite"},
	"github.com/jackc/":                     {"internal/store/postgres"},
	"net/http":                              {"internal/awsclient", "internal/awsdouble", "internal/execute", "internal/app", "internal/controltest", "internal/outside", "internal/notify", "internal/web"},
	"github.com/danielgtaylor/huma/":        {"internal/web"},
	"github.com/wneessen/":                  {"internal/notify"},
	"github.com/standard-webhooks/":         {"internal/notify"},
}

// thin are packages that show what use cases return: of what is kept and done they
// know nothing else.
var thin = []string{"internal/cli", "internal/web", "internal/web/owner"}

// beneath is what use cases alone work with.
var beneath = []string{"internal/store", "internal/execute", "internal/keep", "internal/exchange"}

// TestThin keeps thin packages to the use cases.
func TestThin(t *testing.T) {
	for _, dir := range thin {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			name := filepath.ToSlash(path)
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			if below := reach(file); below != "" {
				t.Errorf("%s has %s: what works on a store stands in internal/app/…", name, below)
			}
		}
	}
}

// pure are packages whose non-test code does no I/O and keeps no time.
var pure = []string{"controls", "internal/control", "internal/remedy", "internal/condition", "internal/planner", "internal/render", "internal/evaluate", "internal/forms", "internal/glob", "internal/resource", "internal/room", "types"}

// dated are pure packages that handle times, which they are handed: they may
// import time, but ask no clock.
var dated = []string{"internal/fact", "internal/finding", "internal/lifecycle", "internal/ask", "internal/rules", "internal/audit", "internal/policy", "internal/cost", "internal/score", "internal/evidence", "internal/securityhub/sides"}

var impure = []string{"os", "net", "net/http", "time", "os/exec", "log", "log/slog", "database/sql"}

type listed struct {
	ImportPath string
	Imports    []string
	Name       string
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Name", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		p.ImportPath = strings.TrimPrefix(p.ImportPath, module)
		list = append(list, p)
	}
}

// place finds the longest entry that covers a package.
func place[V any](table map[string]V, pkg string) (name string, value V, ok bool) {
	for n, v := range table {
		if (pkg == n || strings.HasPrefix(pkg, strings.TrimSuffix(n, "/")+"/")) && len(n) >= len(name) {
			name, value, ok = n, v, true
		}
	}
	return name, value, ok
}

func within(pkg string, names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return pkg == n || strings.HasPrefix(pkg, n+"/") })
}

// TestFloors holds every import to the house.
func TestFloors(t *testing.T) {
	for _, p := range packages(t) {
		if p.ImportPath == strings.TrimSuffix(module, "/") {
			continue
		}
		sideName, _, side := place(aside, p.ImportPath)
		floorName, floor, housed := place(floors, p.ImportPath)
		if side && len(sideName) >= len(floorName) {
			housed = false
		} else {
			side = false
		}
		if !housed && !side {
			t.Errorf("%s has no floor: add it to layers_test.go", p.ImportPath)
			continue
		}
		for _, imported := range p.Imports {
			checkImport(t, p.ImportPath, imported, floor, housed)
		}
	}
}

func checkImport(t *testing.T, pkg, imported string, floor int, housed bool) {
	for prefix, who := range only {
		if strings.HasPrefix(imported, prefix) && !within(pkg, who) {
			t.Errorf("%s imports %s, which is for %v only", pkg, imported, who)
		}
	}
	if slices.Contains(impure, imported) && (within(pkg, pure) || within(pkg, dated) && imported != "time") {
		t.Errorf("%s imports %s, but is pure", pkg, imported)
	}
	own, ok := strings.CutPrefix(imported, module)
	if !ok {
		return
	}
	sideName, who, side := place(aside, own)
	name, below, _ := place(floors, own)
	switch {
	case side && len(sideName) >= len(name):
		if housed && !within(pkg, who) {
			t.Errorf("%s imports %s, which is for %v and tests only", pkg, own, who)
		}
	case strings.HasPrefix(own, name+"/internal/") && within(pkg, []string{name}):
		// rooms of one package's own; Go itself keeps others out
	case housed && below >= floor:
		t.Errorf("%s (floor %d) imports %s (floor %d)", pkg, floor, own, below)
	}
}

// TestNoClock keeps the clock out of packages that are handed the time.
func TestNoClock(t *testing.T) {
	for _, dir := range dated {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(file, "_test.go") && strings.Contains(string(text), "time.Now") {
				t.Errorf("%s asks the clock", file)
			}
		}
	}
}

// TestNoUtil keeps out names that say nothing.
func TestNoUtil(t *testing.T) {
	for _, p := range packages(t) {
		if slices.Contains([]string{"util", "utils", "helpers", "common", "misc", "models"}, p.Name) {
			t.Errorf("%s: name a package for what it does", p.ImportPath)
		}
	}
}

// TestMainIsThin keeps the program in packages that tests can reach.
func TestMainIsThin(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{len .GoFiles}}", "./cmd/kumoban").Output()
	if err != nil || strings.TrimSpace(string(out)) != "1" {
		t.Fatalf("cmd/kumoban has %s files (%v), want main.go alone", out, err)
	}
}

// TestNothingFindsMethodsByName: the linker leaves out what nobody calls, unless
// something finds methods by names that it learns at run time; templates do, and
// cobra where it is given one. It is worth four megabytes.
func TestNothingFindsMethodsByName(t *testing.T) {
	byName := regexp.MustCompile(`\.(MethodByName|Set(Usage|Help|Version)Template|AddTemplateFuncs?)\(|reflect\.\w+\([^()]*\)\.Method\(`)
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if found := byName.Find(text); found != nil {
			t.Errorf("%s has %s: see internal/page", path, found)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
