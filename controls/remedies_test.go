package controls_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
)

// TestEveryFailureHasARemedy: each type that a control judges can be mended.
func TestEveryFailureHasARemedy(t *testing.T) {
	all := samples()
	for _, c := range controls.All() {
		for _, check := range c.Checks {
			if !slices.ContainsFunc(c.Remedies, func(r remedy.Remedy) bool { return r.On == check.Type }) {
				t.Errorf("%s: nothing mends %s", c.ID, check.Type)
			}
		}
		seen := map[string]bool{}
		for _, r := range c.Remedies {
			key := r.Name + " " + string(r.On)
			if r.Name == "" || seen[key] || !c.Judges(r.On) || r.Ensure == nil {
				t.Errorf("%s: remedy %q", c.ID, key)
			}
			seen[key] = true
			if r.Manual {
				continue
			}
			if !slices.ContainsFunc(all, func(s sample) bool {
				return s.control == c.ID && s.remedy == r.Name && s.resource.ResourceType() == r.On
			}) {
				t.Errorf("%s: no sample of %s", c.ID, key)
			}
			inputs := map[string]bool{}
			for _, in := range r.Inputs {
				if inputs[in.Name] || in.Required && in.Default != "" || in.Default != "" && in.Values != nil && !slices.Contains(in.Values, in.Default) {
					t.Errorf("%s %s: input %+v", c.ID, key, in)
				}
				inputs[in.Name] = true
				if _, err := regexp.Compile("^(?:" + in.Pattern + ")$"); err != nil {
					t.Errorf("%s %s: %s: %v", c.ID, key, in.Name, err)
				}
			}
		}
	}
}

// TestWhatFollowsRequests: a remedy says beforehand, for the policy, that its cost
// follows the number of requests.
func TestWhatFollowsRequests(t *testing.T) {
	for _, s := range samples() {
		c, r := find(t, s)
		for _, inputs := range s.inputs {
			charges := r.Bill(remedy.Case{Resource: s.resource, Inputs: inputs})
			if len(charges) == 0 {
				t.Errorf("%s %s: no charges", c.ID, r.Name)
			}
			if counts := slices.ContainsFunc(charges, func(b cost.Charge) bool { return b.Follows() }); counts != r.Counts {
				t.Errorf("%s %s: follows requests: %t, and says %t", c.ID, r.Name, counts, r.Counts)
			}
		}
	}
}

// TestUsages: what remedies are billed by has a unit, and what rooms have prices of is
// what some remedy is billed by; every price names where it comes from, and when.
func TestUsages(t *testing.T) {
	table, err := cost.BuiltIn(catalog.Usages())
	if err != nil {
		t.Fatal(err)
	}
	left := map[cost.Item]bool{}
	for _, u := range catalog.Usages() {
		left[u.Item] = true
		for _, p := range u.Prices {
			if !strings.HasPrefix(p.Source, "https://aws.amazon.com/") && !strings.HasPrefix(p.Source, "https://pricing.us-east-1.amazonaws.com/") || p.Date == "" || p.Date > table.Date {
				t.Errorf("%s %s: source %q of %q", u.Item, p.Region, p.Source, p.Date)
			}
		}
	}
	used := func(where string, charges []cost.Charge) {
		for _, c := range charges {
			if c.Kind == cost.Used && table.Unit(c.Usage) == "" {
				t.Errorf("%s: %s has no unit", where, c.Usage)
			}
			delete(left, c.Usage)
		}
	}
	for _, c := range controls.All() {
		for _, r := range c.Remedies {
			charges := r.Bill(remedy.Case{Inputs: everyInput(&r)})
			used(c.ID+" "+r.Name, charges)
			if slices.Contains(r.Does, remedy.Costs) && slices.Equal(charges, []cost.Charge{{Kind: cost.Unpriced}}) {
				t.Errorf("%s %s costs, and does not say what is billed", c.ID, r.Name)
			}
		}
	}
	for _, s := range samples() {
		c, r := find(t, s)
		used(c.ID+" "+r.Name, r.Bill(remedy.Case{Resource: s.resource, Inputs: everyInput(r)}))
	}
	for item := range left {
		if strings.HasPrefix(item.Type, "ApiGatewayCacheUsage:") { // one of them is billed, by the size
			continue
		}
		if item != (cost.Item{Service: "AmazonRDS", Type: "Aurora:BackupUsage"}) { // no sample is a member of a cluster of Aurora's
			t.Errorf("nothing is billed by %s", item)
		}
	}
}

// TestNothingIsGuessed: a remedy plans neither for another type than its own
// nor on values that nobody read.
func TestNothingIsGuessed(t *testing.T) {
	var user *locale.Error
	for _, c := range controls.All() {
		for _, r := range c.Remedies {
			for _, blank := range append(blanks(), nil) {
				for _, inputs := range []map[string]string{nil, everyInput(&r)} {
					ensures, err := r.Ensure(remedy.Case{Resource: blank, Inputs: inputs})
					if ensures != nil || !errors.As(err, &user) {
						t.Errorf("%s %s on %T: %v, %v", c.ID, r.Name, blank, ensures, err)
						continue
					}
					want := "fix.wrongType"
					if blank != nil && blank.ResourceType() == r.On {
						want = "fix.unknown"
					}
					if user.Key != want {
						t.Errorf("%s %s on %T: %s, want %s", c.ID, r.Name, blank, user.Key, want)
					}
				}
			}
		}
	}
}

// TestEffects: every remedy says what it may do to others, so that their owner is
// asked; one that does nothing says that, too.
func TestEffects(t *testing.T) {
	for _, c := range controls.All() {
		for _, r := range c.Remedies {
			if r.Does == nil {
				t.Errorf("%s %s does not say what it does to others", c.ID, r.Name)
			}
			for _, e := range r.Does {
				if !slices.Contains([]remedy.Effect{remedy.Costs, remedy.Interrupts, remedy.Replaces}, e) {
					t.Errorf("%s %s: %q is no effect", c.ID, r.Name, e)
				}
			}
		}
	}
}

// everyInput decides something for each input, as far as values are listed.
func everyInput(r *remedy.Remedy) map[string]string {
	inputs := map[string]string{}
	for _, in := range r.Inputs {
		inputs[in.Name] = in.Default
		if inputs[in.Name] == "" && in.Values != nil {
			inputs[in.Name] = in.Values[0]
		}
	}
	return inputs
}

// TestEnsures holds what remedies ensure to the vocabulary and to its grammar.
func TestEnsures(t *testing.T) {
	guards := map[string]map[string]bool{}
	for _, s := range samples() {
		c, r := find(t, s)
		for _, given := range s.inputs {
			inputs, err := r.Check(given)
			if err != nil {
				t.Fatalf("%s %s %v: %v", s.control, s.remedy, given, err)
			}
			for _, role := range []string{"", "arn:aws:iam::111122223333:role/theirs"} {
				name := fmt.Sprintf("%s %s %v role %q", s.control, s.remedy, given, role)
				ensures, err := r.Ensure(remedy.Case{Resource: s.resource, Inputs: inputs, Around: map[string]any{"CloudWatchRoleArn": role}})
				if err != nil || len(ensures) == 0 {
					t.Errorf("%s: %v, %v", name, ensures, err)
					continue
				}
				again, err := r.Ensure(remedy.Case{Resource: s.resource, Inputs: inputs, Around: map[string]any{"CloudWatchRoleArn": role}})
				if diff := cmp.Diff(ensures, again); diff != "" || err != nil {
					t.Errorf("%s: asked twice: %s %v", name, diff, err)
				}
				grammar(t, name, ensures)
				for i := range ensures {
					speaks(t, name, &ensures[i])
					for _, g := range ensures[i].Guards {
						hears(t, name, c, g)
						if guards[c.ID] == nil {
							guards[c.ID] = map[string]bool{}
						}
						guards[c.ID][g.Why.Key] = true
					}
				}
			}
		}
	}
	for _, c := range controls.All() {
		texts, err := c.Messages(locale.English)
		if err != nil {
			t.Fatal(err)
		}
		for key := range texts {
			if strings.HasPrefix(key, "guard.") && !guards[c.ID][key] {
				t.Errorf("%s: nothing guards against %s", c.ID, key)
			}
		}
	}
}

func find(t *testing.T, s sample) (*control.Control, *remedy.Remedy) {
	t.Helper()
	for _, c := range controls.All() {
		for i := range c.Remedies {
			if c.ID == s.control && c.Remedies[i].Name == s.remedy && c.Remedies[i].On == s.resource.ResourceType() {
				return c, &c.Remedies[i]
			}
		}
	}
	t.Fatalf("there is no remedy %s of %s", s.remedy, s.control)
	return nil, nil
}

// grammar: ids are unique, and what comes first stands first; an output is one
// of a thing that is made, and waited for.
func grammar(t *testing.T, name string, ensures []remedy.Ensure) {
	t.Helper()
	before := map[string]*remedy.Ensure{}
	for i := range ensures {
		e := &ensures[i]
		if e.ID == "" || before[e.ID] != nil {
			t.Errorf("%s: id %q", name, e.ID)
		}
		for _, first := range e.After {
			if before[first] == nil {
				t.Errorf("%s: %s comes after %s, which does not come before it", name, e.ID, first)
			}
		}
		for _, p := range append(slices.Clone(e.Set), e.Other...) {
			out, ok := p.Value.(remedy.Output)
			if !ok {
				continue
			}
			if of := before[out.Of]; of == nil || !slices.Contains(e.After, out.Of) || !of.Make || vocabulary()[of.Thing.Type].output != out.Name {
				t.Errorf("%s: %s of %s is output %+v", name, p.Name, e.ID, out)
			}
		}
		if !e.Make && len(e.Set) == 0 {
			t.Errorf("%s: %s ensures nothing", name, e.ID)
		}
		before[e.ID] = e
	}
}

// speaks holds one ensure to the vocabulary.
func speaks(t *testing.T, name string, e *remedy.Ensure) {
	t.Helper()
	w, ok := wordOf(e)
	if !ok {
		t.Errorf("%s: nobody knows %s", name, e.Thing.Type)
		return
	}
	if (e.Thing.ARN != "") != w.byARN || e.Thing.Name == "" || e.Thing.Address != "" || e.Thing.Account == "" || e.Thing.Region == "" || e.Thing.Partition == "" {
		t.Errorf("%s: %s is named %+v", name, e.ID, e.Thing)
	}
	if e.Make != w.make || e.Shared != w.shared || e.Data != w.data {
		t.Errorf("%s: %s make %t shared %t data %t, want %+v", name, e.ID, e.Make, e.Shared, e.Data, w)
	}
	known := func(property, form string) bool {
		return regexp.MustCompile(`^(?:` + form + `)$`).MatchString(property)
	}
	seen := map[string]bool{}
	for _, p := range e.Set {
		if !known(p.Name, w.set) || seen[p.Name] || !value(p.Value) {
			t.Errorf("%s: %s sets %s to %#v", name, e.ID, p.Name, p.Value)
		}
		seen[p.Name] = true
	}
	for _, p := range e.Other {
		if !known(p.Name, w.set+"|"+w.read) || seen[p.Name] || !value(p.Value) {
			t.Errorf("%s: %s sends %s along as %#v", name, e.ID, p.Name, p.Value)
		}
		seen[p.Name] = true
	}
	for _, g := range e.Guards {
		if !known(g.Property, w.set+"|"+w.read) || len(g.OneOf) == 0 || !all(g.OneOf, value) {
			t.Errorf("%s: %s is guarded by %+v", name, e.ID, g)
		}
	}
	if room := catalog.Find(e.Thing.Type); e.Wait != remedy.NoWait && e.Wait != "role-accepted" && (room == nil || room.Room.Await == nil || room.Room.Await.For != string(e.Wait)) {
		t.Errorf("%s: %s waits for %q", name, e.ID, e.Wait)
	}
}

func value(v any) bool {
	switch v.(type) {
	case nil, bool, float64, string, []string, map[string]any, remedy.Output:
		return true
	}
	return false
}

func all(list []any, is func(any) bool) bool {
	return !slices.ContainsFunc(list, func(v any) bool { return !is(v) })
}

var unfilled = regexp.MustCompile(`\{[a-zA-Z]+\}`)

// hears renders what a guard says in both languages. Plans save arguments as
// strings.
func hears(t *testing.T, name string, c *control.Control, g remedy.Guard) {
	t.Helper()
	for _, a := range g.Why.Args {
		if _, ok := a.Value.(string); !ok {
			t.Errorf("%s: %s has an argument %#v", name, g.Why.Key, a.Value)
		}
	}
	for _, lang := range locale.Langs() {
		texts, err := c.Messages(lang)
		if err != nil {
			t.Fatal(err)
		}
		catalog, err := locale.New(lang)
		if err != nil {
			t.Fatal(err)
		}
		if text := catalog.Render(texts, g.Why); text == g.Why.Key || unfilled.MatchString(text) {
			t.Errorf("%s: guard on %s says %q in %s", name, g.Property, text, lang)
		}
	}
}

// TestRemedyTexts: every remedy and input has its texts in both languages, and
// no text is left of one that is gone.
func TestRemedyTexts(t *testing.T) {
	for _, c := range controls.All() {
		wanted := map[string]bool{}
		for _, r := range c.Remedies {
			wanted["remedy."+r.Name], wanted["remedy."+r.Name+".cost"] = true, true
			for _, in := range r.Inputs {
				wanted["input."+in.Name] = true
			}
		}
		for _, lang := range locale.Langs() {
			texts, err := c.Messages(lang)
			if err != nil {
				t.Fatal(err)
			}
			for key := range wanted {
				if texts[key] == "" || unfilled.MatchString(texts[key]) {
					t.Errorf("%s: %s in %s is %q", c.ID, key, lang, texts[key])
				}
			}
			for key := range texts {
				if (strings.HasPrefix(key, "remedy.") || strings.HasPrefix(key, "input.")) && !wanted[key] {
					t.Errorf("%s: %s in %s is of no remedy", c.ID, key, lang)
				}
			}
		}
	}
}
