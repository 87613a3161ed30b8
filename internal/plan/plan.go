// Package plan is what a fix will do, as data: steps with what is there now,
// what will be, guards and the way back. A plan is written to a file, shown in
// the reader's own medium, approved by its digest, and executed.
package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
)

// SchemaVersion grows when an older kumoban would misread a plan.
const SchemaVersion = 1

// Plan is an ordered list of steps for one account and Region.
type Plan struct {
	SchemaVersion int       `json:"schemaVersion"`
	Kumoban       string    `json:"kumoban"` // the version that made it
	MadeAt        time.Time `json:"madeAt"`
	Partition     string    `json:"partition"`
	Account       string    `json:"account"`
	Region        string    `json:"region"`
	Fixes         []Fix     `json:"fixes"`
	Steps         []Step    `json:"steps"`
	LeftOut       []LeftOut `json:"leftOut,omitempty"`
	Digest        string    `json:"digest"` // of all else, hexadecimal SHA-256
}

// Fix is one finding that the plan mends.
type Fix struct {
	Finding  string            `json:"finding"` // its id
	Control  string            `json:"control"`
	Remedy   string            `json:"remedy"`
	Resource Thing             `json:"resource"`
	Inputs   map[string]string `json:"inputs,omitempty"`
	Params   []string          `json:"params,omitempty"` // control parameters, as --param gives them
	Managed  *Managed          `json:"managed,omitempty"`
	Notes    []Note            `json:"notes,omitempty"`
	Cost     *Cost             `json:"cost,omitempty"` // nil: nobody asked for it
	Steps    []string          `json:"steps"`          // ids
}

// LeftOut is a finding that was asked for and is not in the plan.
type LeftOut struct {
	Control  string `json:"control"`
	Resource Thing  `json:"resource"`
	Why      Note   `json:"why"`
}

// Note is what whoever approves a plan should know besides: what nobody could
// look at, or what was found beside the resource.
type Note struct {
	Key  string `json:"key"` // a message key of the catalogue
	Args []Arg  `json:"args,omitempty"`
}

// NewNote makes a note of a message. Its arguments are saved as text.
func NewNote(m locale.Message) Note {
	n := Note{Key: m.Key}
	for _, a := range m.Args {
		text := fmt.Sprint(a.Value)
		if list, ok := a.Value.([]string); ok {
			text = strings.Join(list, ", ")
		}
		n.Args = append(n.Args, Arg{Name: a.Name, Value: text})
	}
	return n
}

// SameNote tells whether two notes say the same.
func SameNote(a, b *Note) bool { return a.Key == b.Key && slices.Equal(a.Args, b.Args) }

// Message returns what a note says.
func (n *Note) Message() locale.Message { return message(n.Key, n.Args) }

// Cost is what a fix adds to the bill of a month, as an estimate.
type Cost struct {
	Currency string     `json:"currency"`
	Prices   string     `json:"prices"`             // the day of the price table
	Month    *float64   `json:"month,omitempty"`    // of the lines that are known; missing: none is
	Whole    bool       `json:"whole,omitempty"`    // all lines are known
	Requests *float64   `json:"requests,omitempty"` // in the 30 days before; missing: not known, or without influence
	Lines    []CostLine `json:"lines"`
}

// CostLine is one charge with its formula.
type CostLine struct {
	Note
	Amount *float64 `json:"amount,omitempty"`
	Aside  bool     `json:"aside,omitempty"`  // told, but no part of the sum
	Source string   `json:"source,omitempty"` // of the price
}

// NewCost makes an estimate fit to be saved.
func NewCost(e *cost.Estimate) *Cost {
	c := &Cost{Currency: e.Currency, Prices: e.Date, Lines: []CostLine{}}
	if r := e.Requests; r != nil {
		c.Lines = append(c.Lines, CostLine{Note: NewNote(r.Says), Aside: true})
		if r.Known {
			c.Requests = &r.N
		}
	}
	sum, some := 0.0, false
	for i := range e.Lines {
		l := &e.Lines[i]
		line := CostLine{Note: NewNote(l.Says), Aside: l.Aside, Source: l.Source}
		if l.Known {
			line.Amount = &l.Amount
		}
		if l.Known && !l.Aside {
			sum, some = sum+l.Amount, true
		}
		c.Lines = append(c.Lines, line)
	}
	_, c.Whole = e.Month()
	if some {
		sum = math.Round(sum*1e6) / 1e6
		c.Month = &sum
	}
	return c
}

// Headline says the sum in one sentence.
func (c *Cost) Headline(region string) locale.Message {
	at := []locale.Arg{locale.A("date", c.Prices), locale.A("region", region)}
	switch {
	case c.Month == nil:
		return locale.M("cost.monthUnknown", at...)
	case !c.Whole:
		return locale.M("cost.monthPart", append(at, locale.A("amount", cost.Money(*c.Month, c.Currency)))...)
	}
	return locale.M("cost.month", append(at, locale.A("amount", cost.Money(*c.Month, c.Currency)))...)
}

// Thing names what a step is about.
type Thing struct {
	Type resource.Type `json:"type"`
	ARN  string        `json:"arn,omitempty"`
	Name string        `json:"name,omitempty"`
}

// Managed says who else owns a resource, and will undo a live change.
type Managed struct {
	By      string   `json:"by"`                // "cloudformation" or "terraform"
	Name    string   `json:"name"`              // the stack, or the address of the resource that sets what the fix changes
	In      string   `json:"in,omitempty"`      // the state file
	Logical string   `json:"logical,omitempty"` // the logical id in the stack, where a tag tells it
	Also    []string `json:"also,omitempty"`    // addresses of others that manage a part of the resource
	// Sets names, by the property that the fix changes, the address of the
	// Terraform resource that sets it.
	Sets map[string]string `json:"sets,omitempty"`
}

// Step changes one thing.
type Step struct {
	ID      string      `json:"id"` // "1", "2", … in the order of execution
	Thing   Thing       `json:"thing"`
	Make    bool        `json:"make,omitempty"`   // the thing is not there and will be made
	Shared  bool        `json:"shared,omitempty"` // others rely on it: undo leaves it
	Data    bool        `json:"data,omitempty"`   // it may hold data: undo never removes it
	Changes []Change    `json:"changes"`
	With    []Change    `json:"with,omitempty"` // unchanged: sent along, or named by what is printed
	Guards  []Guard     `json:"guards,omitempty"`
	Wait    remedy.Wait `json:"wait,omitempty"`
	After   []string    `json:"after,omitempty"` // ids of steps
	// Hurries is what waits for the thing's maintenance window and is made at once with
	// this; PutOff: this waits with it.
	Hurries []string `json:"hurries,omitempty"`
	PutOff  bool     `json:"putOff,omitempty"`
}

// Change is one property, before and after. A value is a bool, a float64, a
// string, a list of strings, null for absent, or an Output.
type Change struct {
	Property string `json:"property"`
	Was      any    `json:"was"`
	Will     any    `json:"will"`
}

// Guard is remedy.Guard with a message that can be saved.
type Guard struct {
	Property string `json:"property"`
	OneOf    []any  `json:"oneOf"`
	Why      string `json:"why"` // a message key of the control, or of the catalogue
	WhyArgs  []Arg  `json:"whyArgs,omitempty"`
}

// Arg is a message argument.
type Arg struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Message returns what is said when the guard does not hold.
func (g *Guard) Message() locale.Message { return message(g.Why, g.WhyArgs) }

func message(key string, args []Arg) locale.Message {
	m := locale.Message{Key: key}
	for _, a := range args {
		m.Args = append(m.Args, locale.A(a.Name, a.Value))
	}
	return m
}

// Sum computes the digest of everything but the digest.
func (p *Plan) Sum() (string, error) {
	bare := *p
	bare.Digest = ""
	// encoding/json writes struct fields in order and map keys sorted.
	data, err := json.Marshal(bare)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// Step returns the step of that id, or nil.
func (p *Plan) Step(id string) *Step {
	for i := range p.Steps {
		if p.Steps[i].ID == id {
			return &p.Steps[i]
		}
	}
	return nil
}

// Equal compares two values as they come out of JSON: an int is a float64, and
// a missing value is null.
func Equal(a, b any) bool { return reflect.DeepEqual(Normal(a), Normal(b)) }

// Normal returns a value in the form that JSON gives back.
func Normal(v any) any {
	switch v := v.(type) {
	case int:
		return float64(v)
	case int32:
		return float64(v)
	case int64:
		return float64(v)
	case []string:
		list := make([]any, len(v))
		for i, s := range v {
			list[i] = s
		}
		return list
	case remedy.Output:
		return map[string]any{"of": v.Of, "name": v.Name}
	case *remedy.Output:
		return Normal(*v)
	}
	return v
}

// Parse reads a plan file. One that was changed by hand no longer matches its
// digest and is refused, as is one of a later version.
func Parse(data []byte) (*Plan, error) {
	var p Plan
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return nil, locale.Errorf("run.badPlan")
	}
	if p.SchemaVersion == 0 {
		return nil, locale.Errorf("run.badPlan")
	}
	if p.SchemaVersion != SchemaVersion {
		return nil, locale.Errorf("run.otherPlan", locale.A("version", p.SchemaVersion))
	}
	sum, err := p.Sum()
	if err != nil || sum != p.Digest || p.Digest == "" {
		return nil, locale.Errorf("run.changedPlan")
	}
	return &p, nil
}
