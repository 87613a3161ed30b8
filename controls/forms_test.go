package controls_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/casefile"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/controltest"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/forms"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// listed are the controls with case files, in the order of their ids.
func listed(t *testing.T) (list []*control.Control) {
	t.Helper()
	for _, of := range services() {
		for _, c := range of {
			if cases, err := casefile.Read(c.Files); err == nil && len(cases) > 0 {
				c.Describe()
				list = append(list, c)
			}
		}
	}
	slices.SortFunc(list, func(a, b *control.Control) int { return control.Compare(a.ID, b.ID) })
	return list
}

// verdictsIn are all verdicts of a control's cases in a form. Those on the account as
// a whole count where the control judges that.
func verdictsIn(t *testing.T, c *control.Control, form room.Form) map[string]bool {
	t.Helper()
	cases, err := casefile.Read(c.Files)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for i := range cases {
		if !cases[i].Runs(form) {
			continue
		}
		verdicts, err := controltest.Judge(c, &cases[i], form, func(*finding.Finding) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		for id, v := range verdicts {
			if id != casefile.Account || c.Checks[0].Type == resource.AccountType {
				got[v] = true
			}
		}
	}
	return got
}

// any tells whether there is a verdict of a status.
func anyOf(verdicts map[string]bool, status string) bool {
	for v := range verdicts {
		if strings.HasPrefix(v, status+" ") {
			return true
		}
	}
	return false
}

// why says why a form does not decide a control; "": it does.
func why(c *control.Control, form room.Form, verdicts map[string]bool) string {
	passes, fails := anyOf(verdicts, "PASSED"), anyOf(verdicts, "FAILED")
	has := slices.ContainsFunc(c.Checks, func(k control.Check) bool {
		e := catalog.Find(k.Type)
		return e == nil || forms.Has(e, form)
	})
	switch {
	case passes && fails:
		return ""
	case !has && form == room.Item:
		return "notRecorded"
	case !has:
		return "noType"
	case verdicts["NOT_APPLICABLE finding.runtime"]:
		return "runtime"
	case passes:
		return "onlyPasses"
	case fails:
		return "onlyFails"
	case len(verdicts) == 0 && c.Checks[0].Type != resource.AccountType:
		return "noType" // the property cannot be declared, though the type can
	case len(verdicts) == 0:
		return "account"
	case form == room.Item:
		return "lacks"
	}
	return "another"
}

// words are the sentences of the table.
func words(lang locale.Lang) map[string]string {
	if lang == locale.Japanese {
		return map[string]string{
			"title": "形式ごとの判定", "head": "| コントロール | AWS Config | CloudFormation | Terraform |",
			"intro": "新しいコントロールを、AWS アカウント以外のどの形式から判定できるかを示す表です。`controls/*/*/cases.yaml` のケースから作られ、テストで実物と照合されます。「判定可」は、合格になるケースと不合格になるケースがどちらもその形式にあることを意味します。判定できない場合に合格と表示することはありません。",
			"":      "判定可", "notRecorded": "AWS Config の記録対象外", "noType": "この形式では宣言できない", "runtime": "稼働中の状態で、ソースコードからはわからない (NOT_APPLICABLE)",
			"onlyPasses": "宣言されていれば合格。宣言がないことからは何もわからない", "onlyFails": "不合格だけがわかる", "account": "アカウント全体の評価であり、ソースコードからはわからない",
			"lacks": "AWS Config の記録に、判定に要るプロパティがない (UNKNOWN)", "another": "評価対象のものは宣言できない (NOT_APPLICABLE)", "total": "判定可の数",
		}
	}
	return map[string]string{
		"title": "What each form decides", "head": "| control | AWS Config | CloudFormation | Terraform |",
		"intro": "From which forms, beside the AWS account itself, the new controls can be judged. The table is made from the cases in `controls/*/*/cases.yaml`, and a test holds it to them. \"Decides\" means that there are cases that pass and cases that fail in that form. Where a form does not decide, nothing is shown as PASSED for want of knowledge.",
		"":      "decides", "notRecorded": "AWS Config does not record it", "noType": "cannot be declared", "runtime": "a fact of the running resource, of which source code says nothing (NOT_APPLICABLE)",
		"onlyPasses": "what is declared passes; that nothing is declared tells nothing", "onlyFails": "only failures can be seen", "account": "it is about the account as a whole, of which source code does not tell",
		"lacks": "items lack the property that is judged (UNKNOWN)", "another": "what the control judges cannot be declared (NOT_APPLICABLE)", "total": "decides",
	}
}

// news is how many controls have come with case files, and the least of them that a
// form decides.
const news = 36

func aims() map[room.Form]int {
	return map[room.Form]int{room.Item: 26, room.Template: 24, room.Terraform: 30}
}

// TestForms holds the tables of forms to the cases, and what forms decide to the aims.
func TestForms(t *testing.T) {
	list, decided := listed(t), map[room.Form]int{}
	rows := map[*control.Control][]string{}
	for _, c := range list {
		if !anyOf(verdictsIn(t, c, room.Answer), "FAILED") || !anyOf(verdictsIn(t, c, room.Answer), "PASSED") {
			t.Errorf("%s: its cases do not both pass and fail in AWS's answers", c.ID)
		}
		for _, form := range controltest.Forms()[1:] {
			reason := why(c, form, verdictsIn(t, c, form))
			if reason == "" {
				decided[form]++
			}
			rows[c] = append(rows[c], reason)
		}
	}
	for form, aim := range aims() {
		if decided[form]+max(0, news-len(list)) < aim {
			t.Errorf("%s decides %d controls, want %d", casefile.Forms()[form], decided[form], aim)
		}
	}
	for _, lang := range locale.Langs() {
		file := filepath.Join("..", "docs", "fidelity-forms.md")
		if lang != locale.English {
			file = filepath.Join("..", "docs", "fidelity-forms."+string(lang)+".md")
		}
		compare(t, file, table(list, rows, decided, words(lang)))
	}
}

func table(list []*control.Control, rows map[*control.Control][]string, decided map[room.Form]int, say map[string]string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n\n%s\n\n%s\n|---|---|---|---|\n", say["title"], say["intro"], say["head"])
	for _, c := range list {
		fmt.Fprintf(&b, "| %s |", c.ID)
		for _, reason := range rows[c] {
			fmt.Fprintf(&b, " %s |", say[reason])
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "| **%s (%d)** |", say["total"], len(list))
	for _, form := range controltest.Forms()[1:] {
		fmt.Fprintf(&b, " **%d** |", decided[form])
	}
	b.WriteString("\n")
	return b.Bytes()
}

func compare(t *testing.T, file string, want []byte) {
	t.Helper()
	if os.Getenv("KUMOBAN_UPDATE_CASES") != "" {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not what the cases say (%v): KUMOBAN_UPDATE_CASES=1 go test ./controls writes it", file, err)
	}
}

// joined is said of buckets that other buckets log into, which one bucket alone does
// not tell.
const joined = "S3.9 fail.target"

// TestCasesAreWhole holds every control to cases that pass, fail, are unknown, have no
// resource where there may be none, and say each of its sentences.
func TestCasesAreWhole(t *testing.T) {
	for _, c := range listed(t) {
		cases, err := casefile.Read(c.Files)
		if err != nil {
			t.Fatal(err)
		}
		said := map[string]bool{}
		for i := range cases {
			for _, w := range cases[i].Want {
				for _, v := range w.By {
					status, key, _ := strings.Cut(v, " ")
					said[status], said[key] = true, true
				}
			}
		}
		for i := range cases {
			reasoned(t, c, &cases[i])
		}
		empty := said["finding.noResource"] || said["finding.othersOnly"]
		if e := catalog.Find(c.Checks[0].Type); e == nil || e.Room.Setting {
			empty = true // there always is one
		}
		if !said["PASSED"] || !said["FAILED"] || !said["UNKNOWN"] || !empty {
			t.Errorf("%s: cases that pass, fail, are unknown, or have no resource are missing: %v", c.ID, said)
		}
		texts, err := c.Messages(locale.English)
		if err != nil {
			t.Fatal(err)
		}
		for key := range texts {
			first, _, _ := strings.Cut(key, ".")
			form := strings.HasSuffix(key, "One") || strings.HasSuffix(key, "All")
			if slices.Contains([]string{"pass", "fail", "exempt"}, first) && !form && !said[key] && c.ID+" "+key != joined {
				t.Errorf("%s: no case says %s", c.ID, key)
			}
		}
	}
}

// reasoned holds a case whose verdict differs by form to a reason, and one that
// passes in one and fails in another to a page that says so.
func reasoned(t *testing.T, c *control.Control, one *casefile.Case) {
	t.Helper()
	for _, w := range one.Want {
		seen := map[string]bool{}
		for _, v := range w.By {
			status, _, _ := strings.Cut(v, " ")
			seen[status] = true
		}
		delete(seen, casefile.None)
		if w.ID != casefile.Account && len(seen) > 1 && one.Why == "" {
			t.Errorf("%s, %q: %s differs by form, and no why says why", c.ID, one.Name, w.ID)
		}
		if seen["PASSED"] && seen["FAILED"] && one.Doc == "" {
			t.Errorf("%s, %q: %s passes in one form and fails in another: by which page?", c.ID, one.Name, w.ID)
		}
	}
}

// TestSamples: every control has a resource that fails, for its guide.
func TestSamples(t *testing.T) {
	for _, c := range listed(t) {
		res, unit, err := casefile.Sample(c)
		if err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		if m := res.GetMeta(); m.ARN == "" || m.Name == "" || len(unit.Resources) == 0 {
			t.Errorf("%s: %+v", c.ID, m)
		}
	}
}
