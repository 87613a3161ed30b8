package room

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/fact"
)

func TestGet(t *testing.T) {
	tree := Tree{
		"Attributes": Tree{"QueueArn": "arn"},
		"List":       []any{Tree{"Key": "a.b", "Value": "x"}, Tree{"Key": "c", "Value": int64(2)}},
		"null":       nil,
		"later":      Unknown{"known after apply"},
	}
	for path, want := range map[string]any{
		"Attributes.QueueArn":  "arn",
		"attributes.queuearn":  "arn",
		"List[Key=a.b].Value":  "x",
		"List[1].Value":        int64(2),
		"Attributes":           Tree{"QueueArn": "arn"},
		Here:                   tree,
		"List[Key=none].Value": nil,
		"null":                 nil,
		"Attributes.None.More": nil,
		"later.Anything":       Unknown{"known after apply"},
	} {
		got, ok := Get(tree, path)
		if diff := cmp.Diff(want, got); diff != "" || ok != (want != nil) {
			t.Errorf("%s: %t\n%s", path, ok, diff)
		}
	}
}

func TestItems(t *testing.T) {
	tree := Tree{"Reservations": []any{Tree{"Instances": []any{"a", "b"}}, Tree{}, Tree{"Instances": []any{"c"}}}, "Verbs": Tree{"GET": Tree{"x": "1"}}}
	for path, want := range map[string][]any{
		"Reservations[].Instances[]": {"a", "b", "c"},
		"Reservations[].Instances":   {"a", "b", "c"},
		"Verbs{verb}":                {Tree{"x": "1", "verb": "GET"}},
		"None":                       nil,
		"Verbs.GET":                  {Tree{"x": "1"}},
	} {
		if diff := cmp.Diff(want, Items(tree, path)); diff != "" {
			t.Errorf("%s:\n%s", path, diff)
		}
	}
}

// TestPut changes no tree but its own.
func TestPut(t *testing.T) {
	was := Tree{"a": Tree{"b": "1", "c": "2"}}
	got := Put(was, "A.b", "3")
	if diff := cmp.Diff(Tree{"a": Tree{"b": "3", "c": "2"}}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Tree{"a": Tree{"c": "2"}}, Put(was, "a.b", nil)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Tree{"a": Tree{"b": "1", "c": "2"}}, was); diff != "" {
		t.Error(diff)
	}
}

func TestExpand(t *testing.T) {
	look := func(path string) string { return map[string]string{"a": "1", "b": ""}[path] }
	for pattern, want := range map[string]string{"x": "x", "{a}/{a}": "1/1", "{b|a}": "1", "{b}": "!", "{a": "{a"} {
		got, ok := Expand(pattern, look)
		if !ok {
			got += "!"
		}
		if got != want {
			t.Errorf("%s: %q, want %q", pattern, got, want)
		}
	}
}

// TestFits takes ARNs apart, and never one that is another's.
func TestFits(t *testing.T) {
	const stage = "arn:{partition}:apigateway:{region}::/restapis/{api}/stages/{name}"
	for text, want := range map[string]map[string]string{
		"arn:aws:apigateway:us-east-1::/restapis/a1/stages/prod":     {"partition": "aws", "region": "us-east-1", "api": "a1", "name": "prod"},
		"arn:aws:apigateway:us-east-1::/restapis/a1/stages/":         nil,
		"arn:aws:apigateway:us-east-1::/restapis/a1/stages/..":       nil,
		"arn:aws:apigateway:us-east-1::/restapis/a1/stages/p/deploy": nil,
		"arn:aws:apigateway:us-east-1::/restapis/a1":                 nil,
		"arn:aws:apigateway:us-east-1:1:/restapis/a1/stages/prod":    nil,
		"": nil,
	} {
		got, ok := Fits(stage, text)
		if ok != (want != nil) || ok && !cmp.Equal(want, got) {
			t.Errorf("%s: %v, %t", text, got, ok)
		}
	}
	const user = "arn:{p}:iam::{account}:user/{folder+}/{UserName}"
	if got, ok := Fits(user, "arn:aws:iam::1:user/a/b/ann"); !ok || got["folder"] != "a/b" || got["UserName"] != "ann" {
		t.Errorf("%v, %t", got, ok)
	}
	if got, ok := Fits("arn:{p}:ssm:{region}:{account}:servicesetting{Id+}", "arn:aws:ssm:r:1:servicesetting/ssm/documents/x"); !ok || got["Id"] != "/ssm/documents/x" {
		t.Errorf("%v, %t", got, ok)
	}
}

func TestSnake(t *testing.T) {
	for name, want := range map[string]string{"KmsKeyId": "kms_key_id", "SSEEnabled": "sse_enabled", "EnableIAMDatabaseAuthentication": "enable_iam_database_authentication", "Name": "name", "S3OriginConfig": "s3_origin_config"} {
		if got := Snake(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestSteps(t *testing.T) {
	for name, want := range map[string][]Step{
		"A.B":                         {{Name: "A"}, {Name: "B"}},
		`M["~1a.b/GET"].Level`:        {{Name: "M", Key: "~1a.b/GET", Keyed: true}, {Name: "Level"}},
		`M["x"]`:                      {{Name: "M", Key: "x", Keyed: true}},
		`M["x`:                        nil,
		`Config.List["/img/*"].Value`: {{Name: "Config"}, {Name: "List", Key: "/img/*", Keyed: true}, {Name: "Value"}},
	} {
		if diff := cmp.Diff(want, Steps(name)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	if got := Pattern(`M["~1a.b/GET"].Level`); got != `M["*"].Level` {
		t.Error(got)
	}
}

// thing has a property of each kind.
type thing struct {
	Name   fact.Value[string]
	On     fact.Value[bool]
	Days   fact.Value[int]
	Share  fact.Value[float64]
	Zones  fact.Value[[]string]
	Made   fact.Value[fact.Time]
	Labels fact.Value[map[string]string]
	Part   fact.Value[part]
	Parts  fact.Value[[]part]
	ByKey  fact.Value[[]part]
	Odd    fact.Value[bool]
}

type part struct {
	Id    fact.Value[string]
	Level fact.Value[string]
}

func testService() *Service {
	return &Service{Objects: []Object{{Go: "Part", Key: "Id", Properties: []Property{{Name: "Id", Kind: String}, {Name: "Level", Kind: String, API: "lvl", Default: "OFF"}}}}}
}

func properties() []Property {
	return []Property{
		{Name: "Name", Kind: String, EmptyIsAbsent: true, Trim: ":*"}, {Name: "On", Kind: Bool, Words: map[string]any{"ENABLED": true}, Default: false, Template: true}, {Name: "Days", Kind: Int},
		{Name: "Share", Kind: Float}, {Name: "Zones", Kind: Strings}, {Name: "Made", Kind: Time}, {Name: "Labels", Kind: Tags},
		{Name: "Part", Kind: One, Of: "Part", Silent: Empty, Template: Depends}, {Name: "Parts", Kind: List, Of: "Part"}, {Name: "ByKey", Kind: Map, Of: "Part"},
		{Name: "Odd", Kind: Bool, ReadOnly: true},
	}
}

func TestFill(t *testing.T) {
	o := &fact.Origin{Call: "x:Y"}
	full := Tree{
		"name": "a:*", "on": "ENABLED", "days": int64(7), "share": 0.5, "zones": []any{"a", "b"}, "made": fact.Time(9), "labels": []any{Tree{"Key": "k", "Value": "v"}},
		"part": Tree{"id": "1"}, "parts": []any{Tree{"id": "2", "lvl": "ERROR"}}, "byKey": Tree{"b": Tree{"lvl": "INFO"}, "a": Tree{}}, "odd": "maybe",
	}
	var got thing
	Filler{testService(), Answer}.Fill(&got, properties(), full, o, nil)
	want := thing{
		Name: fact.Set("a", o), On: fact.Set(true, o), Days: fact.Set(7, o), Share: fact.Set(0.5, o), Zones: fact.Set([]string{"a", "b"}, o), Made: fact.Set(fact.Time(9), o),
		Labels: fact.Set(map[string]string{"k": "v"}, o), Part: fact.Set(part{fact.Set("1", o), fact.Set("OFF", o)}, o),
		Parts: fact.Set([]part{{fact.Set("2", o), fact.Set("ERROR", o)}}, o),
		ByKey: fact.Set([]part{{fact.Set("a", o), fact.Set("OFF", o)}, {fact.Set("b", o), fact.Set("INFO", o)}}, o),
		Odd:   fact.Unread[bool](&fact.Origin{Call: "x:Y", Fault: "Garbled"}),
	}
	equal := cmp.Exporter(func(reflect.Type) bool { return true })
	if diff := cmp.Diff(want, got, equal); diff != "" {
		t.Error(diff)
	}
	// What is not said means another thing in each form.
	for form, on := range map[Form]fact.Value[bool]{Answer: fact.Set(false, o), Template: fact.Set(true, o), Terraform: fact.Set(false, o)} {
		var none thing
		Filler{testService(), form}.Fill(&none, properties(), Tree{}, o, nil)
		if none.On != on {
			t.Errorf("form %d: %+v", form, none.On)
		}
		if p := none.Part.Present(); form == Answer && p != fact.True || form == Template && p != fact.Unknown || form == Terraform && p != fact.False {
			t.Errorf("form %d: the part is %v", form, p)
		}
	}
	// What goes by another resource is unknown where it is left out, in those forms
	// that name the other.
	for form, want := range map[Form]fact.Truth{Answer: fact.True, Template: fact.Unknown, Terraform: fact.Unknown} {
		var member thing
		Filler{testService(), form}.Fill(&member, []Property{{Name: "Name", Kind: String}, {Name: "On", Kind: Bool, Default: false, Follows: []string{"Name"}}}, Tree{"name": "other"}, o, nil)
		if got := member.On.Present(); got != want {
			t.Errorf("form %d: a member is %v", form, got)
		}
	}
	// No schema of AWS Config's items has maps: one that is left out is not known.
	var item thing
	Filler{testService(), Item}.Fill(&item, properties(), Tree{}, o, nil)
	if got := item.ByKey.Present(); got != fact.Unknown {
		t.Errorf("a map that an item leaves out is %v", got)
	}
	// What is known only later is unknown, with its reason.
	var later thing
	Filler{testService(), Terraform}.Fill(&later, properties(), Tree{"days": Unknown{"known after apply"}}, o, nil)
	if later.Days.Present() != fact.Unknown || later.Days.Origin().Fault != "known after apply" {
		t.Errorf("%+v", later.Days)
	}
}

func TestValueAndEdit(t *testing.T) {
	f := Filler{testService(), Answer}
	tree := Tree{"on": true, "parts": []any{Tree{"id": "a", "lvl": "INFO", "more": "kept"}, Tree{"id": "b"}}, "byKey": Tree{"*/*": Tree{"lvl": "ERROR"}}, "else": "kept"}
	for name, want := range map[string]any{"On": true, "Days": nil, `Parts["a"].Level`: "INFO", `Parts["b"].Level`: "OFF", `Parts["c"].Level`: nil, `ByKey["*/*"].Level`: "ERROR"} {
		got, known := f.Value(properties(), tree, name)
		if !known || !cmp.Equal(got, want) {
			t.Errorf("%s: %v, %t", name, got, known)
		}
	}
	for _, name := range []string{"None", "On.More", "Part.None", ""} {
		if _, known := f.Value(properties(), tree, name); known {
			t.Errorf("%q is known", name)
		}
	}
	// An element of a list is put in, replaced and taken out whole.
	for name, c := range map[string]struct{ value, want any }{
		`Parts["c"]`: {Tree{"id": "c"}, []any{Tree{"id": "a", "lvl": "INFO", "more": "kept"}, Tree{"id": "b"}, Tree{"id": "c"}}},
		`Parts["b"]`: {Tree{"id": "b", "lvl": "INFO"}, []any{Tree{"id": "a", "lvl": "INFO", "more": "kept"}, Tree{"id": "b", "lvl": "INFO"}}},
		`Parts["a"]`: {nil, []any{Tree{"id": "b"}}},
	} {
		got, err := f.Edit(properties(), tree, map[string]any{name: c.value})
		if diff := cmp.Diff(c.want, got["parts"]); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
	got, err := f.Edit(properties(), tree, map[string]any{"On": false, `Parts["a"].Level`: "OFF", "Days": float64(3)})
	if err != nil {
		t.Fatal(err)
	}
	want := Tree{"on": false, "Days": int64(3), "parts": []any{Tree{"id": "a", "lvl": "OFF", "more": "kept"}, Tree{"id": "b"}}, "byKey": Tree{"*/*": Tree{"lvl": "ERROR"}}, "else": "kept"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if tree["on"] != true {
		t.Error("the tree itself was changed")
	}
	if _, err := f.Edit(properties(), tree, map[string]any{`Parts["none"].Level`: "OFF"}); err == nil {
		t.Error("an element that is not there was edited")
	}
}

// TestPaths reads one property where each form has it.
func TestPaths(t *testing.T) {
	attribute := "[Key=routing.http.drop].Value"
	p := Property{Name: "Drop", Kind: Bool, API: "Attributes" + attribute, CFN: "LoadBalancerAttributes" + attribute, Config: None, TF: "drop", Default: false}
	list := []any{Tree{"Key": "other", "Value": "false"}, Tree{"Key": "routing.http.drop", "Value": "true"}}
	for form, tree := range map[Form]Tree{Answer: {"Attributes": list}, Template: {"LoadBalancerAttributes": list}, Terraform: {"drop": true}} {
		if got, known := (Filler{testService(), form}).Value([]Property{p}, tree, "Drop"); !known || got != true {
			t.Errorf("form %d: %v, %t", form, got, known)
		}
		if got, known := (Filler{testService(), form}).Value([]Property{p}, Tree{}, "Drop"); !known || got != false {
			t.Errorf("form %d, nothing said: %v, %t", form, got, known)
		}
	}
	if _, known := (Filler{testService(), Item}).Value([]Property{p}, Tree{}, "Drop"); known {
		t.Error("AWS Config knows the property")
	}
	part := Property{Name: "Part", Kind: One, Of: "Part", TF: Here}
	if got, known := (Filler{testService(), Terraform}).Value([]Property{part}, Tree{"id": "1"}, "Part.Id"); !known || got != "1" {
		t.Errorf("what is not nested: %v, %t", got, known)
	}
	age := Property{Name: "Age", Kind: Int, EmptyIsAbsent: true}
	if got, known := (Filler{testService(), Answer}).Value([]Property{age}, Tree{"Age": int64(0)}, "Age"); !known || got != nil {
		t.Errorf("0 for none: %v, %t", got, known)
	}
}
