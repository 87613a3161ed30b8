package kumoban_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/awsclient/wire"
)

// hooks are the folders, one a service, of what a literal cannot say. They are
// asked by resource type, and know their service by name, as rooms do.
var hooks = []string{
	"internal/awsdouble/internal/gatewayv1",
	"internal/awsdouble/internal/gatewayv2",
	"internal/awsdouble/internal/iam",
	"internal/awsdouble/internal/kms",
	"internal/awsdouble/internal/logs",
	"internal/awsdouble/internal/wafv2",
	"internal/render/internal/apigateway",
	"internal/render/internal/iam",
	"internal/render/internal/kms",
	"internal/render/internal/logs",
	"internal/execute/apigateway", "internal/execute/iam", "internal/execute/internal/keypolicy",
	"internal/execute/kms", "internal/execute/logs", "internal/execute/wafv2",
}

// programs are the operations that the program itself calls, whatever it judges.
var programs = map[string][]string{
	"sts": nil, "securityhub": nil, // all
	"cloudtrail": {"LookupEvents"},
	"cloudwatch": {"DescribeAlarms", "GetMetricData", "ListMetrics"},
	"account":    {"ListRegions"},
}

var (
	ofCloudFormation = regexp.MustCompile(`\bAWS::[A-Za-z0-9]+::[A-Za-z0-9]+`)
	ofTerraform      = regexp.MustCompile(`\baws_[a-z0-9_]+`)
	word             = regexp.MustCompile(`[A-Za-z0-9]+`)
)

// TestRoomsAlone keeps the names of resource types and of AWS's operations in
// rooms, controls and hooks: all else knows no service by name.
func TestRoomsAlone(t *testing.T) {
	operations := theirs(t)
	for _, root := range []string{"internal", "cmd"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			name := filepath.ToSlash(path)
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || exempt(filepath.ToSlash(filepath.Dir(path))) {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
			if err != nil || ast.IsGenerated(file) {
				return err
			}
			if found := namesIn(file, operations); len(found) > 0 {
				t.Errorf("%s names types or operations, which belong in a room, a control or a hook: %v", name, found)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestNamesAreSeen shows the test what it is to refuse.
func TestNamesAreSeen(t *testing.T) {
	operations := theirs(t)
	for source, want := range map[string]int{
		`f("AWS::ApiGateway::Stage")`:                1,
		`f("AWS::Region", "AWS::NoValue")`:           0,
		`f("aws_api_gateway_stage.x", "aws")`:        1,
		`f("aws_access_key_id = x")`:                 0,
		`f("iam:GetRole and DeleteRole")`:            2,
		`f("GetRoleResult>Role")`:                    0,
		"f(`GetStages`) // UpdateStage":              1,
		`f("LookupEvents", "AssumeRole", "getrole")`: 0,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "", "package p; func _() { "+source+"\n}", 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := namesIn(file, operations); len(got) != want {
			t.Errorf("%s: %v, want %d", source, got, want)
		}
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", `package p; import _ "`+module+`types/sqs"`, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := namesIn(file, operations); len(got) != 1 {
		t.Errorf("the import of a room was not seen: %v", got)
	}
}

// exempt are hooks, and packages that only tests use.
func exempt(dir string) bool {
	side, who, ok := place(aside, dir)
	floor, _, _ := place(floors, dir)
	forTests := ok && len(side) >= len(floor) && !slices.ContainsFunc(who, func(w string) bool { return w == "internal/app" })
	return forTests || within(dir, hooks)
}

// theirs are the operations of the table that the program does not call itself.
func theirs(t *testing.T) map[string]bool {
	t.Helper()
	operations, own := map[string]bool{}, map[string]bool{}
	for _, service := range wire.Services() {
		model, err := wire.Model(service)
		if err != nil {
			t.Fatal(err)
		}
		some, listed := programs[service]
		for name := range model.All() {
			operations[name] = true
			own[name] = own[name] || listed && (some == nil || slices.Contains(some, name))
		}
	}
	maps.DeleteFunc(operations, func(name string, _ bool) bool { return own[name] })
	return operations
}

// namesIn lists the types and operations that a file's texts name, and the rooms
// that it imports.
func namesIn(file *ast.File, operations map[string]bool) (found []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			if path, err := strconv.Unquote(n.Path.Value); err == nil && strings.HasPrefix(path, module+"types/") {
				found = append(found, path)
			}
			return false
		case *ast.BasicLit:
			text, err := strconv.Unquote(n.Value)
			if err != nil || n.Kind != token.STRING {
				return false
			}
			found = append(found, ofCloudFormation.FindAllString(text, -1)...)
			for _, name := range ofTerraform.FindAllString(text, -1) {
				if name != "aws_access_key_id" && name != "aws_secret_access_key" { // of the SDK's files
					found = append(found, name)
				}
			}
			for _, w := range word.FindAllString(text, -1) {
				if operations[w] {
					found = append(found, w)
				}
			}
		}
		return true
	})
	return found
}
