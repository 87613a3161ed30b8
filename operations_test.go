package kumoban_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// operationsFile lists the use cases with the permission that each takes: what an
// administrator grants with one, and what a route of a server may call.
const operationsFile = "testdata/operations.txt"

// ways are those in which a use case says which permission it takes.
var ways = []string{"Keeper", "View", "May"}

// TestOperations: every exported function that is handed a desk asks for a
// permission before it does anything with it, and stands on the list with it.
func TestOperations(t *testing.T) {
	var found []string
	err := filepath.WalkDir("internal/app", func(path string, d fs.DirEntry, err error) error {
		name := filepath.ToSlash(path)
		switch {
		case err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"),
			strings.HasPrefix(name, "internal/app/desk/"), strings.HasPrefix(name, "internal/app/desktest/"):
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		list, wrong := operations(file)
		found = append(found, list...)
		for _, w := range wrong {
			t.Errorf("%s: %s", name, w)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	text := strings.Join(found, "\n") + "\n"
	if os.Getenv("KUMOBAN_UPDATE_OPERATIONS") != "" {
		if err := os.WriteFile(operationsFile, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	listed, err := os.ReadFile(operationsFile)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(listed) {
		t.Errorf("%s is not what the use cases take. KUMOBAN_UPDATE_OPERATIONS=1 go test . writes it; read the difference. It would be:\n%s", operationsFile, text)
	}
}

// operations are a file's use cases, "package.Function permission…", and what is
// wrong with others.
func operations(file *ast.File) (list, wrong []string) {
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || !f.Name.IsExported() || f.Body == nil {
			continue
		}
		desk := deskOf(f.Type)
		if desk == "" {
			continue
		}
		name := file.Name.Name + "." + f.Name.Name
		permissions, early := taken(f.Body, desk)
		switch {
		case early:
			wrong = append(wrong, name+" uses its desk before it asks for a permission")
		case len(permissions) == 0:
			wrong = append(wrong, name+" asks for no permission")
		}
		list = append(list, name+" "+strings.Join(permissions, " "))
	}
	return list, wrong
}

// deskOf is the name of the parameter that is a *desk.Desk; "" where there is none,
// "_" where it has no name.
func deskOf(f *ast.FuncType) string {
	for _, p := range f.Params.List {
		star, ok := p.Type.(*ast.StarExpr)
		if !ok {
			continue
		}
		if s, ok := star.X.(*ast.SelectorExpr); ok && s.Sel.Name == "Desk" && fmt.Sprint(s.X) == "desk" {
			if len(p.Names) == 0 {
				return "_"
			}
			return p.Names[0].Name
		}
	}
	return ""
}

// harmless are what tells nothing of the store.
var harmless = []string{"Now", "Zone", "Subject"}

// taken are the permissions that a body asks its desk for, and whether it does
// anything else with the desk before.
func taken(body *ast.BlockStmt, desk string) (permissions []string, early bool) {
	asked := map[ast.Node]bool{} // the desk's name where it is asked, or harmless
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			s, ok := n.Fun.(*ast.SelectorExpr)
			if !ok || !slices.Contains(ways, s.Sel.Name) || !named(s.X, desk) && !subject(s.X, desk) {
				break
			}
			for _, arg := range n.Args {
				if p, ok := arg.(*ast.SelectorExpr); ok && named(p.X, "access") {
					permissions = append(permissions, permission(p.Sel.Name))
					ast.Inspect(s.X, func(n ast.Node) bool { asked[n] = n != nil; return true })
				}
			}
		case *ast.SelectorExpr:
			if named(n.X, desk) && slices.Contains(harmless, n.Sel.Name) {
				asked[n.X] = true
			}
		case *ast.Ident:
			if n.Name == desk && !asked[n] && len(permissions) == 0 {
				early = true
			}
		}
		return true
	})
	slices.Sort(permissions)
	return slices.Compact(permissions), early
}

func named(x ast.Expr, name string) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == name
}

// subject tells of desk.Subject, which may be asked itself.
func subject(x ast.Expr, desk string) bool {
	s, ok := x.(*ast.SelectorExpr)
	return ok && s.Sel.Name == "Subject" && named(s.X, desk)
}

// reach is how a file gets at what lies beneath use cases: what it imports of that,
// or that it asks a desk for its store; "" where it does not.
func reach(file *ast.File) (how string) {
	for _, i := range file.Imports {
		if own, ours := strings.CutPrefix(strings.Trim(i.Path.Value, `"`), module); ours && within(own, beneath) {
			return own
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if s, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains([]string{"Keeper", "View"}, s.Sel.Name) && slices.ContainsFunc(call.Args, permitted) {
			how = s.Sel.Name + " of a desk"
		}
		return true
	})
	return how
}

// permitted tells of an argument whether it is a permission.
func permitted(x ast.Expr) bool {
	s, ok := x.(*ast.SelectorExpr)
	return ok && named(s.X, "access")
}

// TestUseCases keeps use cases to data: they know neither flags nor requests, and
// print nothing.
func TestUseCases(t *testing.T) {
	shows := regexp.MustCompile(`(?m)\bfmt\.(Fp|P)rint|\bos\.Std(in|out|err)\b|^\s*"(flag|net/http)"$|spf13`)
	seen := 0
	err := filepath.WalkDir("internal/app", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || filepath.ToSlash(filepath.Dir(path)) == "internal/app" {
			return err
		}
		seen++
		text, err := os.ReadFile(path)
		if found := shows.Find(text); found != nil {
			t.Errorf("%s has %s", path, found)
		}
		return err
	})
	if err != nil || seen == 0 {
		t.Errorf("%d files, %v", seen, err)
	}
}

var capital = regexp.MustCompile(`[A-Z][a-z]+`)

// permission is what a constant of access stands for: FindingsRead, findings:read.
func permission(constant string) string {
	return strings.ToLower(strings.Join(capital.FindAllString(constant, -1), ":"))
}

// TestOperationsRefuse is the same of bodies that are right and wrong.
func TestOperationsRefuse(t *testing.T) {
	for body, want := range map[string]string{
		`return d.View(ctx, access.FindingsRead, f)`:                                        "x.Do findings:read",
		`k, err := d.Keeper(access.AuditRead); use(k, d); return err`:                       "x.Do audit:read",
		`if err := d.Subject.May(access.FixesPlan); err != nil { return err }; return g(d)`: "x.Do fixes:plan",
		`now := d.Now(); return d.View(ctx, access.HubRead, f)`:                             "x.Do hub:read",
		`return g(d)`: "x.Do uses its desk before it asks for a permission",
		`err := g(d); return d.View(ctx, access.FindingsRead, f)`: "x.Do uses its desk before it asks for a permission",
		`return nil`:                    "x.Do asks for no permission",
		`return d.View(ctx, chosen, f)`: "x.Do uses its desk before it asks for a permission",
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\nfunc Do(ctx C, d *desk.Desk) error { "+body+" }", 0)
		if err != nil {
			t.Fatal(err)
		}
		list, wrong := operations(file)
		if len(wrong) > 0 {
			list = wrong
		}
		if got := strings.Join(list, "; "); got != want {
			t.Errorf("%s:\n%s, want\n%s", body, got, want)
		}
	}
}
