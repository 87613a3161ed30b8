package page_test

import (
	"html/template"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/page"
)

// inner is embedded, as pages embed rows.
type inner struct{ Name string }

type item struct {
	inner
	N     int
	Ok    bool
	Parts []string
	Next  *item
}

// each kind of node and each place that a value can stand in.
var templates = []string{
	`<p>{{.Name}}</p>`,
	`<title>{{.Name}} – {{.N}}</title>`,
	`<td class="{{.Name}}" data-label="a {{.Name}} b">{{.N}}</td>`,
	`<a href="{{.Name}}">x</a>`,
	`<a href="https://example.org/{{.Name}}/y">x</a>`,
	`<a href="/a?b={{.Name}}&amp;c=1">x</a><a href="#c-{{.Name}}">x</a>`,
	`{{if .Ok}}yes{{else}}no{{end}}{{if not .Ok}}no{{end}}{{if .Next}}next{{end}}{{if .Parts}}parts{{end}}{{if .N}}n{{else if .Ok}}ok{{end}}`,
	`<i{{if .Ok}} class="x"{{end}}>{{with .Next}}{{.Name}}{{$.Name}}{{else}}none{{end}}</i>`,
	`{{range $i, $p := .Parts}}{{if $i}}, {{end}}{{$p}}{{else}}none{{end}}{{range $p := .Parts}}{{$p}}{{$.N}}{{end}}{{range .Parts}}{{.}}{{end}}`,
	`{{if eq .Name "a"}}a{{else if ne .Name "b"}}c{{end}}`,
	`{{say "k" "n" .N}}{{wb (say .Name)}}<b title="{{say "k"}}">{{mark}}</b>`,
	`{{define "x"}}<b>{{.Name}}</b>{{end}}{{template "x" .}}{{with .Next}}{{template "x" .}}{{end}}`,
	`<form method="post"><label for="a-{{.Name}}">x</label><input name="a.{{.Name}}" value="{{.Name}}"><textarea name="x">{{.Name}}</textarea><b>{{.Name}}</b></form>`,
	`<style>a{b:c}</style>{{- range .Parts}}
<li>{{.}}</li>
{{- end}}`,
}

var odd = []string{"", "a", "b", `<script>alert("1")</script>`, `'"&<>`, "a\x00b", "javascript:alert(1)", "JavaScript:x", "https://a.example/?q=1&r=%41%zz#f", "雲番/ü", "a b\nc", "mailto:a@b", "//x", "a:b/c", "{{.Name}}", "\xff"}

func say(args ...any) any {
	var list []string
	for _, a := range args {
		if s, ok := a.(string); ok {
			list = append(list, s)
		}
	}
	return strings.Join(list, " & ")
}

// write writes a page by this package, and by html/template.
func write(t *testing.T, text string, data any) (got, want string) {
	t.Helper()
	ours, err := page.Parse(text, page.Funcs{
		"say": say, "mark": func(...any) any { return page.HTML("<wbr>") },
		"wb": func(args ...any) any { return page.HTML(page.Escape(args[0].(string))) },
	})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	theirs, err := template.New("page").Funcs(template.FuncMap{
		"say": say, "mark": func() template.HTML { return "<wbr>" },
		"wb": func(s any) template.HTML { return template.HTML(template.HTMLEscapeString(s.(string))) }, //nolint:gosec // the judge
	}).Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var a, b strings.Builder
	if err := ours.Execute(&a, data); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if err := theirs.Execute(&b, data); err != nil {
		t.Fatal(err)
	}
	return a.String(), strings.ReplaceAll(b.String(), "&#43;", "+")
}

// TestWritesWhatTheStandardLibraryWrites: html/template is the judge.
func TestWritesWhatTheStandardLibraryWrites(t *testing.T) {
	for _, text := range templates {
		for i, name := range odd {
			data := &item{inner: inner{name}, N: i % 3, Ok: i%2 == 0, Parts: odd[:i%4]}
			if i%3 == 0 {
				data.Next = &item{inner: inner{odd[len(odd)-1-i]}}
			}
			if got, want := write(t, text, data); got != want {
				t.Errorf("%s of %q:\ngot  %s\nwant %s", text, name, got, want)
			}
		}
	}
}

func FuzzPage(f *testing.F) {
	for _, s := range odd {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, text := range templates {
			if got, want := write(t, text, &item{inner: inner{name}, Parts: []string{name}}); got != want {
				t.Errorf("%s of %q:\ngot  %s\nwant %s", text, name, got, want)
			}
		}
	})
}

// TestRefuses: where a value could do more than be seen, and what is not spoken.
func TestRefuses(t *testing.T) {
	for text, says := range map[string]string{
		`<p class={{.Name}}>`:                          "without quotes",
		`<p {{.Name}}>`:                                "without quotes",
		`<p class='{{.Name}}'>`:                        `want ="`,
		`<p onclick="{{.Name}}">`:                      "attribute onclick",
		`<p style="a:{{.Name}}">`:                      "attribute style",
		`<script>{{.Name}}</script>`:                   "not for pages",
		`<style>{{.Name}}</style>`:                     "in a style",
		`{{if .Ok}}<p {{end}}>`:                        "does not end where it began",
		`<p class="x`:                                  "ends inside",
		`<p{{template "x" .}}>{{define "x"}}{{end}}`:   "where there is no text",
		`{{printf "%s" .Name}}`:                        "not defined",
		`{{.Name | say}}`:                              "pipes",
		`{{$x := .Name}}{{$x}}`:                        "variables",
		`{{.Missing}}`:                                 "no field Missing",
		`{{.Name.More}}`:                               "field More of string",
		`{{.hidden}}`:                                  "no field hidden",
		`{{template "gone" .}}`:                        "no template",
		`{{not .Ok .Ok}}`:                              "does not take 2",
		`{{range .Name}}{{end}}`:                       "range over",
		`{{break}}`:                                    "outside",
		`<!-- {{.Name}} -->`:                           "without quotes",
		`{{range .Parts}}{{break}}{{end}}`:             "not for pages",
		`<a href="{{if .Ok}}x{{end}}{{.Name}}">x</a>`:  "does not end where it began",
		`{{.Name "x"}}`:                                "",
		`<svg><a xlink:href="{{.Name}}">x</a></svg>`:   "attribute xlink:href",
		`<form action="{{.Name}}"></form>`:             "attribute action",
		`<button formaction="{{.Name}}">x</button>`:    "attribute formaction",
		`<iframe src="x" srcdoc="{{.Name}}"></iframe>`: "not for pages",
		`<P ONCLICK="{{.Name}}">`:                      "small letters",
		`<p ONCLICK="{{.Name}}">`:                      "attribute ONCLICK",
		`<SCRIPT>{{.Name}}</SCRIPT>`:                   "small letters",
	} {
		tmpl, err := page.Parse(text, page.Funcs{"say": say})
		if err == nil {
			err = tmpl.Execute(&strings.Builder{}, &item{Parts: []string{"a"}})
		}
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", text, err, says)
		}
	}
}
