package roomtest_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/execute/hooks"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/outside"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render"
	"github.com/kumoban/kumoban/internal/render/roomtest"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

type values = roomtest.Values

func show(t *testing.T, p *plan.Plan, as string) string {
	t.Helper()
	cat, err := locale.New(locale.English)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := report.NewTexts(cat, controls.All())
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := render.Render(&b, p, as, cat, texts); err != nil {
		t.Fatalf("%s: %v", as, err)
	}
	return b.String()
}

// TestRoomCommands runs what is printed for the things of rooms with the real aws
// command against moto, and looks at them as the driver does.
func TestRoomCommands(t *testing.T) {
	t.Parallel()
	aws, endpoint := outside.AWSCLI(t), outside.Moto(t)
	out, err := exec.CommandContext(t.Context(), outside.Python(t), "testdata/rooms.py", endpoint).Output()
	names := map[string]string{}
	if err == nil {
		err = json.Unmarshal(out, &names)
	}
	if err != nil {
		t.Fatal(err)
	}
	rate, err := awsclient.ParseRate("max")
	if err != nil {
		t.Fatal(err)
	}
	config := awsclient.Static(roomtest.Region, endpoint, credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "secret", ""), http.DefaultClient)
	at := resource.Scope{Partition: "aws", Account: roomtest.Account, Region: roomtest.Region}
	drivers := hooks.Drivers(drive.Clients{Config: config, Lane: awsclient.NewLimits(rate, slog.New(slog.DiscardHandler)).Lane(roomtest.Account, roomtest.Region), Scope: at})
	for _, c := range roomtest.Samples() {
		t.Run(c.Name, func(t *testing.T) {
			p := c.Plan(names)
			if slices.Contains(inMoto(), c.Name) {
				t.Skip("moto has no such thing")
			}
			if !c.Printed("cli") {
				t.Skip("no commands are printed")
			}
			script := tame(show(t, p, "cli"))
			if text, err := runScript(t, aws, endpoint, script); err != nil {
				t.Fatalf("%v\n%s\n%s", err, text, script)
			}
			for _, want := range []values{c.Will, c.Kept} {
				if c.On == "AWS::KMS::Key" {
					break // its driver makes keys; the commands have read it back
				}
				want = roomtest.With(want, names).(values)
				state, err := drivers[c.On].Read(t.Context(), p.Steps[0].Thing, slices.Collect(maps.Keys(want)))
				got := values{}
				for property, v := range want {
					if _, whole := v.(values); whole && state.Values[property] != nil {
						got[property] = v
					} else if state.Values[property] != nil || v == nil {
						got[property] = state.Values[property]
					}
				}
				if diff := cmp.Diff(want, got); err != nil || diff != "" {
					t.Errorf("%v\n%s\n%s", err, diff, script)
				}
			}
			if c.Name != "table" && c.Name != "distribution-root" && c.Name != "function" {
				return // each is the same thrice, and a command takes a second
			}
			if text, err := runScript(t, aws, endpoint, script); err == nil {
				t.Errorf("run again, it changes again:\n%s", text)
			}
		})
	}
}

// inMoto lists the samples that moto cannot hold: it fails at the setting of SSM.
func inMoto() []string { return []string{"sharing"} }

// tame has a script wait for nothing, for nothing settles later in moto, and not ask
// whose account it is. The aws command goes elsewhere with SQS unless it is told on
// the command line, and puts the account before the host with S3 Control.
func tame(script string) string {
	first, rest, _ := strings.Cut(script, "\nmust ")
	_, rest, _ = strings.Cut(rest, "\n\n")
	script = first + "\n" + strings.ReplaceAll(rest, "' 20 15 \\\n", "' 2 0 \\\n")
	script = strings.ReplaceAll(script, "aws sqs ", `aws --endpoint-url "$AWS_ENDPOINT_URL" sqs `)
	return strings.ReplaceAll(script, "aws s3control ", `env HTTP_PROXY="$AWS_ENDPOINT_URL" aws --endpoint-url http://control.test s3control `)
}

func runScript(t *testing.T, aws, endpoint, script string) (string, error) {
	t.Helper()
	home := t.TempDir()
	file := filepath.Join(home, "fix.sh")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-eu", file)
	cmd.Dir = home
	cmd.Env = []string{
		"AWS_ENDPOINT_URL=" + endpoint, "AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=b", "AWS_EC2_METADATA_DISABLED=true",
		"PATH=" + filepath.Dir(aws) + ":" + os.Getenv("PATH"), "HOME=" + home,
	}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestEveryRemedyHasASample has a sample of each property that a remedy changes by a
// room, so that the commands printed for it are run.
func TestEveryRemedyHasASample(t *testing.T) {
	changed := map[string]bool{}
	for _, c := range roomtest.Samples() {
		for property := range c.Will {
			changed[string(c.On)+" "+room.Pattern(property)] = true
		}
	}
	for _, c := range controls.All() {
		for i := range c.Remedies {
			for _, touch := range c.Remedies[i].Touches {
				e := catalog.Find(touch.Type)
				if e == nil || strings.HasPrefix(c.ID, "APIGateway.") || c.Remedies[i].Manual {
					continue
				}
				for _, property := range touch.Properties {
					if key := string(touch.Type) + " " + room.Pattern(property); !changed[key] {
						t.Errorf("%s %s: no sample changes %s", c.ID, c.Remedies[i].Name, key)
					}
				}
			}
		}
	}
}
