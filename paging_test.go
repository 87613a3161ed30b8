package kumoban_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tokens are the names under which AWS hands out the next page of a listing,
// and says that there is one.
var tokens = []string{"NextToken", "nextToken", "Marker", "NextMarker", "Position", "IsTruncated", "Truncated"}

// TestPagingHasOneGuard keeps listings to awsclient.Pages: what reads or sends
// a page's token lies within a call of it, or of a package's list, which has no
// other way to page.
func TestPagingHasOneGuard(t *testing.T) {
	guarded := 0
	for _, root := range []string{"internal", "controls", "cmd"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			name := filepath.ToSlash(path)
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") ||
				strings.HasPrefix(name, "internal/awsdouble/") {
				return err
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, path, nil, 0)
			if err != nil {
				return err
			}
			in, bare := handPaging(file)
			guarded += in
			for _, at := range bare {
				t.Errorf("%s pages by hand: use awsclient.Pages", files.Position(at))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if guarded == 0 {
		t.Errorf("no use of a page's token was found: is the test looking at the right names?")
	}
}

// TestPagingIsSeen shows the test what it is to refuse.
func TestPagingIsSeen(t *testing.T) {
	for source, want := range map[string]int{
		`for { if in.NextToken = page.NextToken; in.NextToken == "" { return } }`: 3,
		`for { in["nextToken"] = page.NextToken }`:                                2,
		`ask(Input{Position: token})`:                                             1,
		`for { in.Set("Marker", page.Next()) }`:                                   1,
		`awsclient.Pages(func() { f(Input{Position: token}, out.Position) })`:     0,
		`list(ctx, func() { f(Input{Position: token}, out.Position) })`:           0,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc f() {"+source+"}", 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, bare := handPaging(file); len(bare) != want {
			t.Errorf("%s: %d found, want %d", source, len(bare), want)
		}
	}
}

// handPaging finds the uses of a page's token, within the one pager and beside
// it. The fields of types that are declared are none.
func handPaging(file *ast.File) (guarded int, bare []token.Pos) {
	var stack []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, n)
		name := ""
		switch n := n.(type) {
		case *ast.SelectorExpr:
			name = n.Sel.Name
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok {
				name = key.Name
			}
		case *ast.BasicLit:
			name = strings.Trim(n.Value, `"`)
		}
		switch {
		case !slices.Contains(tokens, name), called(n) == "awsclient.Truncated":
		case slices.ContainsFunc(stack, func(n ast.Node) bool { c := called(n); return c == "awsclient.Pages" || c == "list" }):
			guarded++
		default:
			bare = append(bare, n.Pos())
		}
		return true
	})
	return guarded, bare
}

// called is the name of the function that a call calls, as it is written.
func called(n ast.Node) string {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return ""
	}
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
	}
	return ""
}
