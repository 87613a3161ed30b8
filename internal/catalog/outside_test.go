package catalog_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/outside"
	"github.com/kumoban/kumoban/internal/room"
)

// asked is what testdata/outside.py is told on its input.
type asked struct {
	Types    []string `json:"types"`
	Prefixes []string `json:"prefixes"`
	Services []string `json:"services"`
}

// told is what it knows: CloudFormation's schemas and IAM's actions from cfn-lint,
// operations and ASFF's types from botocore.
type told struct {
	Types      map[string]*schema
	Actions    map[string][]string
	Operations map[string][]string
	ASFF       []string
}

var (
	once    sync.Once
	answer  told
	refused error
)

// tell asks cfn-lint and botocore once, for all rooms together.
func tell(t *testing.T) told {
	t.Helper()
	outside.CFNLint(t)
	python := outside.Python(t)
	once.Do(func() { answer, refused = ask(python) })
	if refused != nil {
		t.Fatal(refused)
	}
	return answer
}

func ask(python string) (told, error) {
	var q asked
	for e := range entries {
		q.Types = append(q.Types, string(e.Room.Type))
		q.Services = append(q.Services, services(e)...)
		for _, action := range actions(e) {
			prefix, _, _ := strings.Cut(action, ":")
			q.Prefixes = append(q.Prefixes, prefix)
		}
	}
	for _, list := range []*[]string{&q.Services, &q.Prefixes} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	in, err := json.Marshal(q)
	if err != nil {
		return told{}, err
	}
	cmd := exec.Command(python, "testdata/outside.py")
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		return told{}, err
	}
	var got told
	return got, json.Unmarshal(out, &got)
}

// entries yields every room with its service.
func entries(yield func(*catalog.Entry) bool) {
	for _, s := range catalog.Services() {
		for i := range s.Rooms {
			if !yield(catalog.Find(s.Rooms[i].Type)) {
				return
			}
		}
	}
}

// services are those that a room calls, by botocore's names.
func services(e *catalog.Entry) []string {
	var list []string
	for _, call := range e.Room.Calls() {
		service, _ := e.Service.Operation(call)
		list = append(list, service)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// actions are the IAM actions that a room's calls need, as policies name them.
func actions(e *catalog.Entry) []string {
	var calls []*awsclient.Call
	reads := slices.Concat([]room.Read{e.Room.Finds}, e.Room.Each, e.Room.Alone)
	if e.Room.Finds.If != nil {
		reads = append(reads, *e.Room.Finds.If)
	}
	for i := range reads {
		calls = append(calls, asker.DeclareAll(e, &reads[i])...)
	}
	var list []string
	for i := range e.Room.Writes {
		w := &e.Room.Writes[i]
		calls = append(calls, asker.DeclareWrite(e, w, ""))
		for _, also := range w.Also {
			list = append(list, also.Action)
		}
	}
	for _, c := range calls {
		list = append(list, c.Service+":"+c.Action)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// TestActions holds the actions that policies name to cfn-lint's list of IAM's.
func TestActions(t *testing.T) {
	known := tell(t).Actions
	for e := range entries {
		for _, action := range actions(e) {
			prefix, name, _ := strings.Cut(action, ":")
			if !slices.Contains(known[prefix], strings.ToLower(name)) {
				t.Errorf("%s: IAM has no action %s", e.Room.Type, action)
			}
		}
	}
}

// TestASFF holds the types in findings to those that Security Hub's API knows.
func TestASFF(t *testing.T) {
	known := append(tell(t).ASFF, "AwsAccount")
	for e := range entries {
		if e.Room.ASFF != "" && !slices.Contains(known, e.Room.ASFF) {
			t.Errorf("%s: Security Hub knows no type %s", e.Room.Type, e.Room.ASFF)
		}
	}
}

// TestEvents holds CloudTrail's names of calls to the operations of the services
// that a room calls. Those that CloudTrail writes otherwise stand in
// types/events.txt, with the page that says so.
func TestEvents(t *testing.T) {
	known, odd := tell(t).Operations, oddEvents(t)
	for e := range entries {
		for _, event := range e.Room.Events {
			if slices.ContainsFunc(services(e), func(s string) bool { return slices.Contains(known[s], event) }) {
				continue
			}
			key := e.Service.Model + ":" + event
			if _, ok := odd[key]; !ok {
				t.Errorf("%s: there is no operation %s, and types/events.txt has no source for it", e.Room.Type, event)
			}
			odd[key] = true
		}
	}
	for key, used := range odd {
		if !used {
			t.Errorf("types/events.txt explains %s, which no room names or which is an operation", key)
		}
	}
}

// oddEvents are the events that no model names, none of which is used yet.
func oddEvents(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("../../types/events.txt")
	if err != nil {
		t.Fatal(err)
	}
	odd := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		event, source, _ := strings.Cut(line, " ")
		if !strings.HasPrefix(source, "https://docs.aws.amazon.com/") {
			t.Errorf("types/events.txt: %s has no source", event)
		}
		odd[event] = false
	}
	return odd
}
