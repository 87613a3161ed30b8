package kumoban_test

import (
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
		if err != nil || !d.IsDir() || slices.Contains([]string{"desk", "desktest", "testdata"}, d.Name()) {
			return err
		}
		files, err := sources(path)
		list, wrong := operations(files)
		found = append(found, list...)
		for _, w := range wrong {
			t.Error(w)
		}
		return err
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

// sources are the parsed files of a folder, without tests.
func sources(dir string) (files []*ast.File, err error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, err
}

// operations are the use cases of a package, "package.Function permission…", and what
// is wrong with others. A place of the package's own, at which some subject works, is
// a desk as well.
func operations(files []*ast.File) (list, wrong []string) {
	places := map[string]bool{}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok && subjectAt(spec) {
				places[spec.Name.Name] = true
			}
			return true
		})
	}
	for _, file := range files {
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || !f.Name.IsExported() || f.Body == nil || f.Name.Name == "Close" {
				continue
			}
			desk := deskOf(f, places)
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
	}
	return list, wrong
}

// subjectAt tells of an exported type whether somebody works at it: it has a Subject.
func subjectAt(spec *ast.TypeSpec) bool {
	s, ok := spec.Type.(*ast.StructType)
	return ok && spec.Name.IsExported() && slices.ContainsFunc(s.Fields.List, func(f *ast.Field) bool {
		of, ok := f.Type.(*ast.SelectorExpr)
		return ok && named(of.X, "access") && of.Sel.Name == "Subject"
	})
}

// deskOf is the name of the parameter, or receiver, that is a *desk.Desk or a place;
// "" where there is none, "_" where it has no name.
func deskOf(f *ast.FuncDecl, places map[string]bool) string {
	fields := f.Type.Params.List
	if f.Recv != nil {
		fields = append(slices.Clone(f.Recv.List), fields...)
	}
	for _, p := range fields {
		star, ok := p.Type.(*ast.StarExpr)
		if !ok {
			continue
		}
		local, own := star.X.(*ast.Ident)
		s, other := star.X.(*ast.SelectorExpr)
		if own && places[local.Name] || other && s.Sel.Name == "Desk" && named(s.X, "desk") {
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
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || slices.Contains([]string{"internal/app", "internal/app/desktest"}, filepath.ToSlash(filepath.Dir(path))) {
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
	const early, none = "x.Do uses its desk before it asks for a permission", "x.Do asks for no permission"
	heads := map[string]string{"a desk": "func Do(ctx C, d *desk.Desk) error", "a place": "type Place struct { Subject access.Subject }\nfunc (d *Place) Do() error"}
	for body, want := range map[string]string{
		`return d.View(ctx, access.FindingsRead, f)`:                                        "x.Do findings:read",
		`k, err := d.Keeper(access.AuditRead); use(k, d); return err`:                       "x.Do audit:read",
		`if err := d.Subject.May(access.FixesPlan); err != nil { return err }; return g(d)`: "x.Do fixes:plan",
		`now := d.Now(); return d.View(ctx, access.HubRead, f)`:                             "x.Do hub:read",
		`return g(d)`: early,
		`err := g(d); return d.View(ctx, access.FindingsRead, f)`: early,
		`return nil`:                    none,
		`return d.View(ctx, chosen, f)`: early,
	} {
		for what, head := range heads {
			file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\n"+head+" { "+body+" }", 0)
			if err != nil {
				t.Fatal(err)
			}
			list, wrong := operations([]*ast.File{file})
			if len(wrong) > 0 {
				list = wrong
			}
			if got := strings.Join(list, "; "); got != want {
				t.Errorf("at %s, %s:\n%s, want\n%s", what, body, got, want)
			}
		}
	}
}
