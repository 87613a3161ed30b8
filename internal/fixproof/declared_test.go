package fixproof

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/outside"
)

// base is a configuration that every control but .10 and .11 has something to
// say about.
//
//go:embed testdata/base.tf
var base string

// TestTerraformDeclared takes an account that Terraform made. What is printed is
// put into the resources that declare what changes, as the printed text says: of
// a plan that knows the state, what it wants in each; of one that does not, the
// arguments without the import blocks. What nobody declares is added. Both make of
// the account what the fix makes of it, which was undone before.
func TestTerraformDeclared(t *testing.T) {
	t.Parallel()
	tf := outside.Terraform(t)
	a := emptyMoto(t)
	a.write(t, "provider.tf", fmt.Sprintf(provider, outside.ProviderVersion))
	a.write(t, "base.tf", base)
	a.terraform(t, tf, tf.InitArgs()...)
	a.terraform(t, tf, "apply", "-auto-approve", "-no-color")
	resources := a.tfState(t)
	a.ids["WEBACL"] = resources["aws_wafv2_web_acl"][0].attribute("arn")
	a.ids["ORDERS"] = resources["aws_api_gateway_rest_api"][0].attribute("id")
	for _, r := range resources["aws_apigatewayv2_api"] {
		if r.Name == "chat" {
			a.ids["CHAT"] = r.attribute("id")
		}
	}
	before := a.look(t)
	run := a.apply(t, a.everything(t, "--state", filepath.Join(a.dir, "terraform.tfstate")))
	want := a.look(t)
	a.undo(t, run)
	// Of a stage made without it, moto does not tell tracingEnabled, which AWS always does.
	unsaid := "REST <ORDERS> stages.prod.tracingEnabled = false is new"
	if left := changes(before, a.look(t), append(accountRole(), unsaid)...); len(left) > 0 {
		t.Fatalf("after the undo:\n%s", strings.Join(left, "\n"))
	}

	// Other than AWS, moto keeps the tags of a deleted log group for the next of its name.
	for _, of := range resources["aws_apigatewayv2_stage"] {
		group := "/aws/vendedlogs/kumoban/" + of.attribute("api_id") + "/" + strings.ReplaceAll(of.attribute("name"), "$", ".")
		a.json(t, "logs", "Logs_20140328.UntagResource", object{
			"resourceArn": "arn:aws:logs:" + region + ":" + a.id + ":log-group:" + group, "tagKeys": []string{"kumoban:token"},
		})
	}

	unaware := a.kumoban(t, "fix", "show", a.everything(t), "--as", "terraform")
	plan := a.everything(t, "--state", filepath.Join(a.dir, "terraform.tfstate"))
	printed := a.kumoban(t, "fix", "show", plan, "--as", "terraform")
	if !strings.Contains(printed, "is managed by Terraform as aws_api_gateway_stage.prod (state ") {
		t.Errorf("does not say who manages the stage:\n%.3000s", printed)
	}
	if strings.Contains(printed, "\nimport {") {
		t.Errorf("imports what the state has:\n%s", printed)
	}
	merged, put := putInto(base, printed, resources)
	if put != 7 {
		t.Errorf("%d printed resources are declared, want 7", put)
	}
	a.write(t, "base.tf", merged)
	a.terraform(t, tf, "apply", "-auto-approve", "-no-color")
	// Of a block that was not there, the provider sends limits: AWS's own, for its 0 would refuse all.
	limits := []string{"API <CHAT> stages.bare.defaultRouteSettings.throttlingBurstLimit = 5000 is new", "API <CHAT> stages.bare.defaultRouteSettings.throttlingRateLimit = 10000 is new"}
	if other := changes(want, a.look(t), limits...); len(other) > 0 {
		t.Errorf("Terraform makes something else of the account than the fix:\n%s", strings.Join(other, "\n"))
	}
	a.terraform(t, tf, "plan", "-detailed-exitcode", "-no-color")
	a.passes(t)

	if merged, put = putInto(base, unaware, resources); put != 7 {
		t.Errorf("%d resources printed without a state are declared, want 7", put)
	}
	a.write(t, "base.tf", merged)
	a.terraform(t, tf, "plan", "-detailed-exitcode", "-no-color")
}

// tfResource is a resource of a Terraform state.
type tfResource struct {
	Mode, Type, Name string
	Instances        []struct{ Attributes map[string]any }
}

func (r *tfResource) attribute(name string) string {
	text, _ := r.Instances[0].Attributes[name].(string)
	return text
}

func (a *account) tfState(t *testing.T) map[string][]tfResource {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(a.dir, "terraform.tfstate"))
	if err != nil {
		t.Fatal(err)
	}
	var saved struct{ Resources []tfResource }
	if err := json.Unmarshal(data, &saved); err != nil {
		t.Fatal(err)
	}
	byType := map[string][]tfResource{}
	for _, r := range saved.Resources {
		byType[r.Type] = append(byType[r.Type], r)
	}
	return byType
}

// importID is what imports a resource, by the provider's documentation.
func (r *tfResource) importID() string {
	names := map[string][]string{
		"aws_api_gateway_stage":           {"rest_api_id", "stage_name"},
		"aws_api_gateway_method_settings": {"rest_api_id", "stage_name", "method_path"},
		"aws_apigatewayv2_stage":          {"api_id", "name"},
		"aws_apigatewayv2_route":          {"api_id", "id"},
	}[r.Type]
	parts := []string{}
	for _, name := range names {
		parts = append(parts, r.attribute(name))
	}
	return strings.Join(parts, "/")
}

var (
	resourceBlock = regexp.MustCompile(`(?ms)^resource "(\w+)" "(\w+)" \{\n(.*?)^\}\n`)
	importBlock   = regexp.MustCompile(`(?ms)^import \{\n  to = (\w+)\.(\w+)\n  id = "(.*?)"\n\}\n`)
	insideBlock   = regexp.MustCompile(`(?m)^# (aws_\w+)\.(\w+) is in the configuration already: .*\n((?:#(?:   .*)?\n)+)`)
)

// putInto puts printed arguments into the resources of a configuration that
// declare the same things, and adds the other resources. It returns how many
// are declared.
func putInto(configuration, printed string, resources map[string][]tfResource) (merged string, put int) {
	into := func(kind, label, text string) {
		put++
		head := fmt.Sprintf("resource %q %q {\n", kind, label)
		before, own, _ := strings.Cut(configuration, head)
		own, rest, _ := strings.Cut(own, "\n}\n")
		configuration = before + head + putArguments(own+"\n", text, "  ") + "}\n" + rest
	}
	declared := map[string]string{} // by printed address: the label in the configuration
	for _, m := range importBlock.FindAllStringSubmatch(printed, -1) {
		for _, r := range resources[m[1]] {
			if r.importID() == m[3] {
				declared[m[1]+"."+m[2]] = r.Name
			}
		}
	}
	for _, m := range resourceBlock.FindAllStringSubmatch(printed, -1) {
		if label, ok := declared[m[1]+"."+m[2]]; ok {
			into(m[1], label, m[3])
		} else {
			configuration += "\n" + m[0]
		}
	}
	for _, m := range insideBlock.FindAllStringSubmatch(printed, -1) {
		into(m[1], m[2], regexp.MustCompile(`(?m)^# ?`).ReplaceAllString(m[3], ""))
	}
	return configuration, put
}

// putArguments puts arguments and blocks in the place of those of the same
// name, and what stands in blocks into the blocks.
func putArguments(into, from, indent string) string {
	names, items := arguments(into, indent)
	more, given := arguments(from, indent)
	for _, name := range more {
		old, there := items[name]
		if !there {
			names = append(names, name)
		}
		items[name] = given[name]
		if head, body, block := strings.Cut(given[name], " {\n"); there && block && !strings.Contains(head, "=") {
			_, own, _ := strings.Cut(old, " {\n")
			end := indent + "}\n"
			items[name] = head + " {\n" + putArguments(strings.TrimSuffix(own, end), strings.TrimSuffix(strings.TrimRight(body, "\n")+"\n", end), indent+"  ") + end
		}
	}
	var b strings.Builder
	for _, name := range names {
		b.WriteString(items[name])
	}
	return b.String()
}

// arguments takes the inside of a block apart.
func arguments(text, indent string) (names []string, items map[string]string) {
	items = map[string]string{}
	name := ""
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, indent); ok && regexp.MustCompile(`^[a-z]`).MatchString(rest) {
			name = strings.FieldsFunc(rest, func(r rune) bool { return r == ' ' })[0]
			names = append(names, name)
		}
		items[name] += line
	}
	return names, items
}
