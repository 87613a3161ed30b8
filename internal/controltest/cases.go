package controltest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/casefile"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/evaluate"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/forms"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// Forms are the forms in which cases run.
func Forms() []room.Form {
	return []room.Form{room.Answer, room.Item, room.Template, room.Terraform}
}

// Cases runs the cases of a control, cases.yaml in its folder, in every form.
func Cases(t *testing.T, of *control.Control, folder string) {
	t.Helper()
	file := filepath.Join(folder, casefile.Name)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	cases, err := casefile.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	texts := bothTexts(t, of)
	for i := len(cases) - 1; i >= 0; i-- { // from the end, so that lines stay where they are
		c := &cases[i]
		got := map[room.Form]map[string]string{}
		for _, form := range Forms() {
			if !c.Runs(form) {
				continue
			}
			verdicts, err := Judge(of, c, form, func(f *finding.Finding) error { return readable(texts, f) })
			if err != nil {
				t.Fatalf("%s, %s: %v", file, casefile.Forms()[form], err)
			}
			got[form] = verdicts
		}
		if os.Getenv(update) != "" {
			data = fill(data, c, got)
			continue
		}
		for form, verdicts := range got {
			if diff := cmp.Diff(wanted(c, form), verdicts); diff != "" {
				t.Errorf("%s: %q, %s (-want +got):\n%s", file, c.Name, casefile.Forms()[form], diff)
			}
		}
	}
	if os.Getenv(update) != "" {
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// wanted are the verdicts that a case wants in a form, without those that are none.
func wanted(c *casefile.Case, form room.Form) map[string]string {
	want := map[string]string{}
	for _, w := range c.Want {
		if v := c.Wants(w.ID, form); v != casefile.None {
			want[w.ID] = v
		}
	}
	return want
}

// Judge is what a control says of a case in a form, by the ids of the case: a status
// and the key of the message.
func Judge(of *control.Control, c *casefile.Case, form room.Form, look func(*finding.Finding) error) (map[string]string, error) {
	built, err := c.Build(of, form)
	if err != nil {
		return nil, err
	}
	return judgeBuilt(of, c, form, built, look)
}

// JudgeRead is what a control says of one resource of a case, read from what
// Terraform says of it.
func JudgeRead(of *control.Control, c *casefile.Case, r *casefile.Resource, tree room.Tree) (string, error) {
	e := catalog.Find(c.TypeOf(r, of))
	ref := resource.Ref{Scope: casefile.Scope(), Type: e.Room.Type, Address: r.ID, Name: r.ID}
	res := forms.Read(e, room.Terraform, ref, tree, &fact.Origin{File: "plan"}, nil)
	built := &casefile.Built{Units: []resource.Unit{{Resources: []resource.Resource{res}}}, IDs: map[string]string{r.ID: r.ID}}
	verdicts, err := judgeBuilt(of, c, room.Terraform, built, func(*finding.Finding) error { return nil })
	return verdicts[r.ID], err
}

func judgeBuilt(of *control.Control, c *casefile.Case, form room.Form, built *casefile.Built, look func(*finding.Finding) error) (map[string]string, error) {
	set, err := control.Select([]*control.Control{of}, control.Selection{Patterns: []string{of.ID}, Params: params(of, c)})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Name, err)
	}
	verdicts := map[string]string{}
	keep := func(f *finding.Finding) error {
		verdicts[named(built, f)] = f.Status.String() + " " + f.Message.Key
		return look(f)
	}
	run := evaluate.New(casefile.Scope(), evaluate.KindOf(of), set)
	run.At(c.At())
	if !casefile.Live(form) {
		run.Written(forms.Settle(form))
	}
	for _, u := range built.Units {
		if err := run.Unit(u, keep); err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
	}
	for i := range built.Gaps {
		if err := run.Gap(&built.Gaps[i], keep); err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
	}
	if casefile.Live(form) {
		return verdicts, run.End(keep)
	}
	return verdicts, run.Joined(keep)
}

// params are the parameters of a case as people give them.
func params(of *control.Control, c *casefile.Case) (list []string) {
	for name, value := range c.Params {
		list = append(list, of.ID+"."+name+"="+value)
	}
	return list
}

func bothTexts(t *testing.T, of *control.Control) []*report.Texts {
	t.Helper()
	var texts []*report.Texts
	for _, lang := range locale.Langs() {
		catalog, err := locale.New(lang)
		if err != nil {
			t.Fatal(err)
		}
		text, err := report.NewTexts(catalog, []*control.Control{of})
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text)
	}
	return texts
}

// readable tells whether a finding's sentences say all that they are to say.
func readable(texts []*report.Texts, f *finding.Finding) error {
	for _, text := range texts {
		for _, m := range append([]locale.Message{f.Message}, f.Notes...) {
			if said := text.Message(f.Control, m); said == "" || said == m.Key || strings.Contains(said, "{") {
				return fmt.Errorf("%s says %q", m.Key, said)
			}
		}
	}
	return nil
}

// fill puts what a control says in the place of what a case wants.
func fill(data []byte, c *casefile.Case, got map[room.Form]map[string]string) []byte {
	lines := bytes.SplitAfter(data, []byte("\n"))
	at := c.Line - 1
	for at >= 0 && !bytes.HasPrefix(lines[at], []byte("  want:")) {
		at--
	}
	if at < 0 {
		return data
	}
	end := at + 1
	for end < len(lines) && bytes.HasPrefix(lines[end], []byte("    ")) {
		end++
	}
	out := slices.Clone(bytes.Join(lines[:at], nil))
	ids, wants := []string{}, []byte(nil)
	for _, r := range c.Resources {
		ids = append(ids, r.ID)
	}
	for _, id := range append(ids, casefile.Account) {
		if text := verdicts(id, got); text != "" {
			wants = append(wants, "    "+id+": "+text+"\n"...)
		}
	}
	if wants == nil {
		out = append(out, "  want: {}\n"...)
	} else {
		out = append(append(out, "  want:\n"...), wants...)
	}
	return append(out, bytes.Join(lines[end:], nil)...)
}

// verdicts are those of one resource, as short as they can be written.
func verdicts(id string, got map[room.Form]map[string]string) string {
	of := func(f room.Form) string {
		if v := got[f][id]; v != "" {
			return v
		}
		return casefile.None
	}
	var all, pairs []string
	for i, pair := range []string{"live", "source"} {
		var two []string
		for _, f := range Forms()[2*i : 2*i+2] {
			if _, ran := got[f]; ran {
				two = append(two, casefile.Forms()[f]+": "+of(f))
				all = append(all, of(f))
			}
		}
		if len(two) == 2 && all[len(all)-2] == all[len(all)-1] {
			two = []string{pair + ": " + all[len(all)-1]}
		}
		for _, v := range two {
			if !strings.HasSuffix(v, ": "+casefile.None) {
				pairs = append(pairs, v)
			}
		}
	}
	if len(slices.Compact(all)) > 1 {
		return "{" + strings.Join(pairs, ", ") + "}"
	}
	if all[0] == casefile.None && id == casefile.Account {
		return ""
	}
	return all[0]
}
