// Package render shows a plan to people: as a summary before they approve it,
// as steps in the console, as AWS CLI commands, and as the Terraform or
// CloudFormation to write. It is pure; names in a plan are other people's
// input and are quoted for each medium.
package render

import (
	"bytes"
	"io"
	"regexp"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/render/internal/shell"
	"github.com/kumoban/kumoban/internal/render/internal/summary"
	"github.com/kumoban/kumoban/internal/render/internal/terraform"
	"github.com/kumoban/kumoban/internal/render/internal/words"
)

// TextSource says what controls say, in the language of the catalogue that it
// is used with.
type TextSource = words.Texts

// ProviderVersion is the version of the Terraform provider hashicorp/aws that
// the Terraform is written for.
const ProviderVersion = terraform.Provider

// Media lists what Render can make of a plan.
func Media() []string { return []string{"console", "cli", "terraform", "cloudformation"} }

// Render writes a plan as one of [Media]. On an error, such as a plan with a
// type of thing that this version does not know, it has written nothing.
func Render(w io.Writer, p *plan.Plan, as string, cat *locale.Catalog, texts TextSource) error {
	write, ok := map[string]func(*bytes.Buffer, *plan.Plan, *words.Words) error{
		"console": consoleKinds().Write, "cli": shellKinds().Write, "terraform": terraformKinds().Write, "cloudformation": cloudformationKinds().Write,
	}[as]
	if !ok {
		return locale.Errorf("render.error.unknownMedium", locale.A("medium", as), locale.A("media", Media()))
	}
	return whole(w, p, cat, texts, write)
}

// Outline writes what changes as one of [Media], for a guide: without the plan, and
// the checks that it rests on.
func Outline(w io.Writer, p *plan.Plan, as string, cat *locale.Catalog, texts TextSource) error {
	write, ok := map[string]func(*bytes.Buffer, *plan.Plan, *words.Words) error{
		"console": consoleKinds().Outline, "cli": shell.Outline, "terraform": terraformKinds().Outline, "cloudformation": cloudformationKinds().Outline,
	}[as]
	if !ok {
		return locale.Errorf("render.error.unknownMedium", locale.A("medium", as), locale.A("media", Media()))
	}
	return whole(w, p, cat, texts, write)
}

// Brief is [Summary] with long texts, such as log formats, cut short.
func Brief(w io.Writer, p *plan.Plan, cat *locale.Catalog, texts TextSource) error {
	return whole(w, p, cat, texts, summary.Writer(terraformKinds(), true))
}

// Summary writes what people need to know before they approve a plan.
func Summary(w io.Writer, p *plan.Plan, cat *locale.Catalog, texts TextSource) error {
	return whole(w, p, cat, texts, summary.Writer(terraformKinds(), false))
}

// Thing names what a step changes as people do: "stage prod of REST API a1b2c3d4e5".
func Thing(t plan.Thing, cat *locale.Catalog) string {
	return (&words.Words{Catalog: cat}).Thing(t)
}

// Changes lists what a step changes, a line for each property, with a long text
// cut short; back is the way back.
func Changes(s *plan.Step, back bool, cat *locale.Catalog, texts TextSource) []string {
	w := &words.Words{Catalog: cat, Texts: texts, Spoken: part.Speak(*s), Carries: carried()}
	lines := make([]string, len(s.Changes))
	for i, c := range s.Changes {
		if back {
			c.Was, c.Will = c.Will, c.Was
		}
		lines[i] = w.Short(&c)
	}
	return lines
}

var stepID = regexp.MustCompile(`^[0-9]{1,9}$`)

func whole(w io.Writer, p *plan.Plan, cat *locale.Catalog, texts TextSource, write func(*bytes.Buffer, *plan.Plan, *words.Words) error) error {
	for i := range p.Steps {
		// Ids become parts of names; the planner's are numbers.
		if !stepID.MatchString(p.Steps[i].ID) {
			return locale.Errorf("render.error.oddStep", locale.A("step", p.Steps[i].ID))
		}
	}
	var b bytes.Buffer
	if err := write(&b, p, &words.Words{Catalog: cat, Texts: texts, Spoken: part.Speak(p.Steps...), Carries: carried()}); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}
