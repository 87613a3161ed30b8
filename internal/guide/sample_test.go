package guide_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/controls/metadata"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/guide"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
)

var update = flag.Bool("update", false, "write the golden files")

const english = `# Bells should ring

## why

A bell that is silent warns **nobody**: see [` + "`bells`, explained](https://example.com/bells#why)" + `.

## scope

- each bell
- not: ` + "`~1x~1{id}`, `<name>` and `[a](b)`" + `

## before

### Cost

| what | cost |
|---|---|
| **ringing** | [some](https://example.com/cost) |

## console

1. Ring it.

   {{snippet check.sh}}

2. See <https://example.com/bells>.

## cli

{{snippet fix.sh}}

Or, with a file:

{{snippet bell.json}}

## terraform

{{snippet bell.tf}}

## cloudformation

{{snippet bell.yaml}}

## verify

Run ` + "`kumoban scan --control Bell.1`" + `.

{{snippet check.sh}}
`

// japanese has the same sections and snippets as english.
func japanese() string {
	return strings.NewReplacer(
		"Bells should ring", "ベルは鳴る必要があります",
		"A bell that is silent warns **nobody**: see", "**鳴らないベルは誰にも知らせません。** 参照:",
		"explained", "の説明",
		"each bell", "各ベル", "not:", "対象外:",
		"Cost", "費用", "what", "対象", "| cost |", "| 費用 |", "ringing", "鳴動", "some", "多少",
		"Ring it.", "鳴らします。", "See", "参照:", "Or, with a file:", "ファイルを使う場合:",
		"Run ", "実行します: ", "` and `", "`、`",
	).Replace(english)
}

func files() fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, data := range map[string]string{
		"guide.en.md":        english,
		"guide.ja.md":        japanese(),
		"messages.en.txt":    "title = Bells should ring\nparam.tone = the one tone that passes\nparam.spareOld = spare old bells\naffected = who sleeps near it\nsuppress.proper = a bell on show\nsuppress.never = a fire bell\nowner.fire = Does it warn of fire? If so, it must ring.\nowner.distance = How far may it be heard? | 0 where nowhere.\nremedy.ring = ring it\nremedy.ring.cost = noise\nremedy.melt = melt it\nremedy.melt.cost = a bell\ninput.hours = when it rings\ninput.tower = the ARN of a tower\n",
		"messages.ja.txt":    "title = ベルは鳴る必要があります\nparam.tone = 合格とする唯一の音\nparam.spareOld = 古いベルを対象外にする\naffected = 近くで寝る人\nsuppress.proper = 展示用のベル\nsuppress.never = 火災報知のベル\nowner.fire = 火災を知らせますか。知らせるなら、鳴る必要があります。\nowner.distance = 何日聞こえてよいですか。| なければ 0\nremedy.ring = 鳴らす\nremedy.ring.cost = 騒音\nremedy.melt = 溶かす\nremedy.melt.cost = ベル 1 つ\ninput.hours = 鳴る時間\ninput.tower = 塔の ARN\n",
		"snippets/fix.sh":    "BELL=b1\n\naws bells ring \\\n  --bell \"$BELL\"\n",
		"snippets/check.sh":  "aws bells get-bell\n",
		"snippets/bell.tf":   "resource \"aws_bell\" \"b\" {\n  rings = true\n}\n",
		"snippets/bell.yaml": "Resources: {}\n",
		"snippets/bell.json": "{\"a\":\"b|c\"}\n",
	} {
		fsys[name] = &fstest.MapFile{Data: []byte(data)}
	}
	return fsys
}

func bell(fsys fstest.MapFS) *control.Control {
	return &control.Control{
		ID: "Bell.1", Severity: control.Medium, Category: "Protect > Data Protection > Bell care", ConfigRule: "bell-rings", Schedule: metadata.OnChange,
		Requirements: []string{"NIST.800-53.r5 AU-2", "PCI DSS v4.0.1/10.4.2"},
		NotOffered:   []string{"ap-southeast-6", "ap-east-2"},
		Parameters: []control.Parameter{
			{Name: "tone", Values: []string{"A", "C"}},
			{Name: "spareOld", Values: []string{"true", "false"}, Default: "false", Ours: true},
		},
		Checks: []control.Check{{Type: resource.Type("AWS::Bell::Bell")}, {Type: resource.Type("AWS::Bell::Tower")}},
		Remedies: []remedy.Remedy{
			{Name: "ring", On: "AWS::Bell::Bell", Inputs: []remedy.Input{{Name: "hours", Values: []string{"day", "night"}, Default: "day"}}},
			{Name: "ring", On: "AWS::Bell::Tower", Inputs: []remedy.Input{{Name: "hours", Values: []string{"day", "night"}, Default: "day"}, {Name: "tower", Required: true, Pattern: "arn:.*"}}},
			{Name: "melt", On: "AWS::Bell::Bell"},
		},
		Questions: []control.Question{{Key: "fire", Kind: control.YesNo}, {Key: "distance", Kind: control.Number, Unit: control.Days}},
		Files:     fsys,
	}
}

// bare is a control with nothing optional.
func bare() *control.Control {
	fsys := files()
	fsys["messages.en.txt"] = &fstest.MapFile{Data: []byte("title = Bells should ring\n")}
	fsys["messages.ja.txt"] = &fstest.MapFile{Data: []byte("title = ベルは鳴る必要があります\n")}
	return &control.Control{
		ID: "Bell.10", Severity: control.Low, Category: "Detect", ConfigRule: "bell-rings-often", Schedule: metadata.Periodic,
		Checks: []control.Check{{Type: resource.Type("AWS::Bell::Bell")}}, Files: fsys,
	}
}

func catalog(t *testing.T, lang locale.Lang) *locale.Catalog {
	t.Helper()
	cat, err := locale.New(lang)
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

func load(t *testing.T, c *control.Control, lang locale.Lang) *guide.Guide {
	t.Helper()
	g, err := guide.Load(c, lang)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// golden compares what write writes with a file below testdata.
func golden(t *testing.T, name string, write func(*bytes.Buffer) error) {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
