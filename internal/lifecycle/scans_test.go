package lifecycle

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/evaluate"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source"
)

// account is a small AWS: APIs with stages that fail or pass, read as the live
// source reads them, and what is kept of its scans.
type account struct {
	apis    map[string]map[string]control.Status
	records map[string]Record
	scan    int64
	set     control.Set
}

type thing struct {
	resource.Meta
	typ    resource.Type
	status control.Status
}

func (t *thing) ResourceType() resource.Type {
	if t == nil {
		return stageType
	}
	return t.typ
}

func newAccount() *account {
	judge := func(s *thing, _ control.Params) control.Verdict {
		return control.Verdict{Status: s.status, Message: locale.M("x." + s.status.String())}
	}
	c := &control.Control{ID: "APIGateway.1", Severity: control.Medium, Checks: []control.Check{control.On(judge)}}
	return &account{apis: map[string]map[string]control.Status{}, records: map[string]Record{}, set: control.Set{{Control: c}}}
}

// change lets the world go on.
func (a *account) change(random *rand.Rand) {
	for range 1 + random.IntN(4) {
		api, stage := string(rune('a'+random.IntN(3))), []string{"dev", "prod"}[random.IntN(2)]
		switch random.IntN(6) {
		case 0:
			delete(a.apis, api)
		case 1:
			delete(a.apis[api], stage)
		default:
			if a.apis[api] == nil {
				a.apis[api] = map[string]control.Status{}
			}
			a.apis[api][stage] = []control.Status{control.Passed, control.Failed, control.NotApplicable}[random.IntN(3)]
		}
	}
}

// trouble is what one scan cannot read.
type trouble struct {
	pages   int             // how many APIs the listing gives before it fails; -1 all
	stages  map[string]bool // APIs whose stages it cannot read
	stopped bool
}

func (a *account) units(x trouble) []resource.Unit {
	var units []resource.Unit
	read := 0
	for _, id := range []string{"a", "b", "c"} {
		stages, exists := a.apis[id]
		if !exists || x.pages >= 0 && read >= x.pages {
			continue
		}
		read++
		root := &thing{Meta: resource.Meta{Ref: api("/restapis/" + id)}, typ: apiType}
		u := resource.Unit{Resources: []resource.Resource{root}}
		if x.stages[id] {
			u.Gaps = []resource.Gap{{Scope: tokyo, Parent: root.Ref, Hides: []resource.Type{stageType}, Call: "apigateway:GetStages", Code: "TooManyRequestsException"}}
		} else {
			for name, status := range stages {
				u.Resources = append(u.Resources, &thing{Meta: resource.Meta{Ref: stageOf(id, name)}, typ: stageType, status: status})
			}
		}
		units = append(units, u)
	}
	if x.pages >= 0 {
		units = append(units, resource.Unit{Gaps: []resource.Gap{{Scope: tokyo, Hides: []resource.Type{apiType, stageType}, Call: "apigateway:GetRestApis", Code: "AccessDeniedException"}}})
	}
	return units
}

func stageOf(id, name string) resource.Ref {
	return resource.Ref{Scope: tokyo, Type: stageType, ARN: arn + "/restapis/" + id + "/stages/" + name}
}

// look scans and keeps what it saw; it returns the records as they were before.
func (a *account) look(x trouble) (map[string]Record, error) {
	before := a.records
	a.records = map[string]Record{}
	for id, r := range before {
		a.records[id] = r
	}
	a.scan++
	n := int(a.scan)
	l := whole()
	l.At, l.Scan, l.Incomplete = hour(n), a.scan, x.stopped
	var seen []Observation
	run := evaluate.New(tokyo, source.Regional, a.set)
	emit := func(f *finding.Finding) error {
		seen = append(seen, Observation{Finding: *f, Source: SourceLive, At: hour(n), Scan: a.scan})
		return nil
	}
	for i, u := range a.units(x) {
		if x.stopped && i == 1 {
			break
		}
		l.Gaps = append(l.Gaps, u.Gaps...)
		if err := run.Unit(u, emit); err != nil {
			return nil, err
		}
	}
	if !x.stopped {
		if err := run.End(emit); err != nil {
			return nil, err
		}
	}
	for _, o := range Merge(seen) {
		var old *Record
		if r, has := a.records[o.ID()]; has {
			old = &r
		}
		a.records[o.ID()], _, _ = Observe(old, &o)
	}
	coverage := Cover(l)
	for id, r := range a.records {
		if r.LastScan != a.scan && r.State == Active {
			if why := coverage.Why(&r); why != "" {
				a.records[id], _ = Archive(&r, why, l.At, l.Scan)
			}
		}
	}
	return before, nil
}

// wrong says what of the records contradicts the world, or "".
func (a *account) wrong(before map[string]Record, x trouble) string {
	clear := x.pages < 0 && !x.stopped && len(x.stages) == 0
	known, doubts := 0, 0
	for api, stages := range a.apis {
		for name, truth := range stages {
			f := finding.Finding{Control: "APIGateway.1", Resource: stageOf(api, name)}
			r, has := a.records[f.ID()]
			was := before[f.ID()]
			switch {
			case clear && (!has || r.Status != truth):
				return fmt.Sprintf("%s/%s is %v, kept as %v", api, name, truth, r.Status)
			case has && was.State == Active && r.State == Archived && truth != control.NotApplicable:
				return fmt.Sprintf("%s/%s is there, but was archived", api, name)
			case has && was.Status != control.Passed && r.Status == control.Passed && truth != control.Passed:
				return fmt.Sprintf("%s/%s is %v, but passed", api, name, truth)
			}
			known++
		}
	}
	active := 0
	for _, r := range a.records {
		if r.State == Active {
			active++
		}
		if r.State == Active && r.Status == control.Unknown {
			doubts++
		}
	}
	applicable := 0
	for _, stages := range a.apis {
		for _, truth := range stages {
			if truth != control.NotApplicable {
				applicable++
			}
		}
	}
	switch {
	case clear && doubts > 0:
		return "a doubt stayed, though all was read"
	case clear && known > 0 && active != applicable, clear && known == 0 && active != 1:
		return fmt.Sprintf("%d records are active, of %d stages that apply", active, applicable)
	case !x.stopped && x.pages >= 0 && doubts == 0:
		return "something is hidden, but nothing is in doubt"
	}
	return ""
}

// TestScans runs 2,000 accounts through twelve scans each, of which many cannot
// look everywhere: none of those archives or passes what it did not see, and one
// that reads all leaves exactly what is there.
func TestScans(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 2027))
	for range 2000 {
		a := newAccount()
		var story string
		for range 12 {
			a.change(random)
			x := trouble{pages: -1, stages: map[string]bool{}, stopped: random.IntN(8) == 0}
			if random.IntN(4) == 0 {
				x.pages = random.IntN(3)
			}
			if random.IntN(3) == 0 {
				x.stages[string(rune('a'+random.IntN(3)))] = true
			}
			story += fmt.Sprintf("%v scanned with %+v\n", a.apis, x)
			before, err := a.look(x)
			if err != nil {
				t.Fatal(err)
			}
			if wrong := a.wrong(before, x); wrong != "" {
				t.Fatalf("%s%s", story, wrong)
			}
		}
	}
}
