// Package room defines the literal in which all that kumoban knows of a resource
// type stands: its properties with their names in every form, how it is found,
// described and changed, and what people call it. Structs, readers, drivers,
// writers, policies and the double follow from it; nothing else in the house
// knows a service by name. It is pure.
package room

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/resource"
)

// Kind is the shape of a property.
type Kind string

// The kinds. Object, List and Map refer to an [Object] of the service by
// [Property.Of]; a Map becomes a list ordered by key, whose key is the element's
// first property. A Document is a policy as its text, undigested.
const (
	String   Kind = "string"
	Bool     Kind = "bool"
	Int      Kind = "int"
	Float    Kind = "float64"
	Strings  Kind = "[]string"
	Time     Kind = "time.Time"
	Tags     Kind = "map[string]string"
	Document Kind = "document"
	One      Kind = "object"
	List     Kind = "list"
	Map      Kind = "map"
)

// Service is the rooms of one package under types/.
type Service struct {
	Package string  // "sqs"
	Doc     string  // "Amazon SQS"
	Model   string  // the service of its calls, by botocore's name: "sqs"
	IAM     string  // the prefix of its IAM actions; "": Model
	Rate    float64 // requests a second of the bucket that all its calls share; 0: a cautious share
	Burst   float64
	// Reads is the IAM action of all reads where IAM goes by HTTP's verbs.
	Reads   string
	CLI     string // the AWS CLI's name of it; "": Model
	Rooms   []Room
	Objects []Object
	// Usages are what AWS bills of it that a remedy may add to, with the prices that a
	// source names: AWS's price list or price page.
	Usages []cost.Usage
}

// Object is an object within a resource.
type Object struct {
	Go     string // the struct's name
	Key    string // of those in a list: the property by which they are named
	Doc    string // completes "X is …"
	Begins bool   // of those in a list: one that is not there is made by its parts
	// Label is what people call one of a list or map by its key; nil: the key itself.
	Label      func(key string) string
	Properties []Property
}

// Where tells in which Regions resources of a type are found.
type Where uint8

// The ways in which resources lie.
const (
	Regional  Where = iota // in every Region
	Global                 // in the partition's own Region alone, such as CloudFront's
	OfAccount              // the account's, whatever the Region is: judged once, under the partition's own
)

// Room is what kumoban knows of one resource type.
type Room struct {
	Type  resource.Type // as CloudFormation names it; ours, where it has none
	Go    string        // the struct's name; "": the last word of Type
	Doc   string        // completes "X is …"
	Where Where
	// Setting says that there is one in an account (and Region): a setting, whose
	// findings are the account's.
	Setting bool

	// Partly says that what was read of a collection counts where the rest could
	// not be read; one of which nothing is known stands for that.
	Partly bool

	Parent   string            // the Go name of the type that it belongs to
	Below    map[string]string // what calls about it take from the parent: member → the parent's path
	Children []Child           // what belongs to it

	ARN   string            // "arn:{partition}:sqs:{region}:{account}:{QueueName}", by members of answers
	ARNs  []string          // other patterns that its ARNs may have
	ARNIn string            // where an answer holds the ARN; "": it is built
	ID    string            // the path that tells items of a listing apart; "": the last name in ARN
	Gone  []string          // codes of refusals that mean that it is not there, beyond the usual
	Ours  map[string]string // members that must have these values, or the resource is none of ours
	Ended map[string]string // what AWS says of one that is no more, which it describes for a while yet
	Home  string            // the path that names its Region, or its ARN; elsewhere it is left out
	// Located is the call that tells anybody its home, in any Region. Kumoban needs it
	// not, for listings say so; doubles of AWS answer it.
	Located *Read
	Name    string // for people: "{Name|id}"; "/{x}" hangs it below its parent's

	Properties []Property
	Status     string   // the path of its state
	Busy       []string // the states in which it is better left alone
	Finds      Read     // the resources of an account and Region, or of a parent
	Each       []Read   // more about each
	Alone      []Read   // about one that is known by its ARN, one after the other; nil: Finds narrowed cannot
	Writes     []Write
	Prompt     bool   // what was written reads back at once
	Await      *Await // nil: no plan waits for it
	Make       *Make  // nil: kumoban makes none

	Pages  []Page   // where a person changes it in the console, as a source shows it
	Lacks  []Form   // the forms that have no such type; Terraform's none are in TF
	ASFF   string   // its type in ASFF; "": Other
	Events []string // CloudTrail's names of the calls that change it
	TF     []string // Terraform's types of it, the first makes it
	// Declared says what is special about some of the types in TF.
	Declared map[string]Declared
	// States are the types of Terraform's resources one of which manages a thing, where
	// that does not follow from TF and the ARN; the first sets what no other does.
	States []State
	// Shapes are for what paths cannot say of a form beside answers, which Split has.
	Shapes map[Form]Shape
}

// Declared is what holds of resources of one of Terraform's types.
type Declared struct {
	Gives Tree              // the arguments that it has where its source leaves them out
	Only  map[string]string // the endings that arguments must have, or it is something else
	Whose map[string]string // the arguments by which it says whose properties it holds, beside what makes the thing
}

// State is a type of Terraform's resources one of which manages a thing, as
// Terraform's state has it.
type State struct {
	TF string
	// Is are the names in the thing's ARN that its attributes have, by attribute; a name
	// that the ARN lacks is "", and so is the attribute "", for names that it cannot have.
	Is    map[string]string
	Has   string // an attribute without which it manages nothing of the thing
	Aside bool   // it makes the thing, and sets none of its properties
	// Of is the property of which it sets one element and nothing else: the one whose key
	// is its attribute Key. Plain makes keys alike that mean the same; nil: no two do.
	Of, Key string
	Plain   func(key string) string
}

// Attributes are those by which it is known.
func (s *State) Attributes() []string {
	list := append(slices.Collect(maps.Keys(s.Is)), s.Has, s.Key)
	return slices.DeleteFunc(list, func(name string) bool { return name == "" })
}

// Covers tells whether a property is of those that it alone sets.
func (s *State) Covers(property string) bool {
	steps := Steps(property)
	return s.Of != "" && len(steps) > 0 && steps[0].Name == s.Of && steps[0].Keyed
}

// Sets tells whether it sets a property of those, if its key is this one.
func (s *State) Sets(property, key string) bool {
	plain := s.Plain
	if plain == nil {
		plain = func(key string) string { return key }
	}
	return s.Covers(property) && plain(Steps(property)[0].Key) == plain(key)
}

// Shape is how a form has what the room has otherwise.
type Shape struct {
	Read  func(Tree) Tree // makes of what the form says what the properties' paths lead to
	Write func(Tree) Tree // makes what the form says
}

// Page is where a person changes some properties in the AWS Management Console.
// Labels are the English ones; [locale.Labels] knows the Japanese.
type Page struct {
	Sets []string // the properties, with "*" for keys
	// Open is what is chosen one after the other, from the console's name on: "Amazon SQS",
	// "Queues", "{QueueName}". "{key}" is the key of a list's element.
	Open  []string
	At    map[string]string // by property: the labels that lead to its field: "Encryption > Server-side encryption"; "-": opening it is all
	Shows map[string]string // the labels of values, by their text; "*" of any other
	Save  []string
	Later []string // in the place of Save, where the change waits for the maintenance window
}

// Child is a collection of resources that belong to a resource. It is unknown
// until a source has read it whole.
type Child struct {
	Name string // "Stages"
	Of   string // the Go name
}

// Property is one property of a resource or an object.
type Property struct {
	Name string // CloudFormation's; the API's where CloudFormation has none
	Kind Kind
	Of   string // the Go name of an object

	API    string // its path in answers where it is not Name in any case; "-": answers have none
	Config string // in AWS Config's items, likewise
	TF     string // in Terraform, where it is not Name in snake case: "type.argument" where another type holds it
	CFN    string // its path in a template, where it is an element of a list there: "Attributes[Key=x].Value"

	// What silence means: Default in all forms, or what a form has of its own. Nil
	// is absent; [Depends] is not known. Of a property that a template or Terraform
	// cannot hold, its own is what holds of whatever is declared there; nil: not known.
	Default  any
	Silent   any // in an answer and in Config's items
	Template any // in a template
	Provider any // in Terraform

	// Follows are properties of the same resource: where a template or Terraform sets
	// one of them, the other resource that it names decides what silence means.
	Follows []string

	// Instead are properties of the same object one of which is set in place of this:
	// where one is, silence is absence.
	Instead []string

	OneOf []string // the only values that AWS gives it; another is no answer

	Words map[string]any // what AWS's words mean, where it gives words for a value: "ENABLED"
	Trim  string         // an ending that answers may have and that means nothing: ":*"

	EmptyIsAbsent bool // AWS sends "", or 0, for "not set"
	ReadOnly      bool // AWS sets it; no source declares it
	Doc           string
}

type (
	depends struct{}
	empty   struct{}
)

// Depends is what silence means where something else decides.
var Depends any = depends{} //nolint:gochecknoglobals // a mark, never changed

// Empty is what silence means where it is an object of which nothing is set.
var Empty any = empty{} //nolint:gochecknoglobals // a mark, never changed

// Read is a call by which resources are found or described.
type Read struct {
	Call  string         // "sqs:GetQueueAttributes"; without a service: the rooms'
	In    map[string]any // its input; "{name}" stands for what is known of the resource by that path
	Items string         // where the answer has the resources: "Reservations[].Instances[]"; "": it is about one
	As    string         // items are plain values: the member that they become
	Take  string         // the part of the answer that is about the resource; "": all of it
	Into  string         // where that goes; "": to the top
	Many  int            // resources that one call may be about; In then has them as "{name[]}"
	By    string         // of Many: the path of items that tells which resource each is about
	Same  string         // the path of items that holds the same
	For   []string       // the properties that it serves; nil: those that no other does

	// Closer says that scans go without it: it is asked where a fix of one resource is
	// planned, or its owner is to be asked. With For, and none of what a check goes by.
	Closer bool

	Tail string // the member that what follows the last slash of an item becomes; with As
	If   *Read  // it is asked only where this listing finds something, or cannot be read
	// Split makes resources of what a listing holds, where it holds them otherwise
	// than a path can say, and why the listing cannot be whole; "": it can.
	Split func(items []any) (resources []Tree, why string)
	// Gather reads what no single call can, such as a report that AWS has to make
	// first; in is In, and what it returns are the items. Call is the call that it is
	// known by, Uses are the others that it makes.
	Gather func(in Tree, ways Ways) ([]Tree, error)
	Uses   []string
	// Compose is the inverse, for doubles of AWS: what Call answers where these are
	// all resources; say writes a moment as texts have it.
	Compose func(all []Tree, say func(v any) string) Tree
	Lags    bool     // of Many: what the answer leaves out may be there all the same
	Absent  []string // codes of refusals that mean that there is none of what it asks for
	// Only has the values, as text, of the resources that it is asked about; of others
	// it is known that there is none of it. Of Each alone, with Many 0.
	Only   map[string]string
	Action string  // the IAM action where it is not the operation's name: "s3:GetBucketPublicAccessBlock"
	On     string  // the ARN pattern that IAM judges; "": the room's for one resource, "*" for a listing
	Expect string  // the member that a whole answer has; "": that of Items or Take
	Must   bool    // Expect is never left out, nor empty
	Bare   bool    // an answer without Take says that there is none
	Leads  bool    // its answer may call for calls of a scarcer quota
	Rate   float64 // requests a second that AWS allows of the operation alone; 0: the service's
	Burst  float64
	// PerAccount says that the answer is the same in every Region.
	PerAccount bool
}

// Ways are what a [Read] that gathers can do.
type Ways struct {
	Call func(operation string, in Tree) (Tree, error) // one of Call and Uses
	Wait func() error                                  // a little, before AWS is asked again
	Time func(text string) (moment fact.Time, ok bool) // reads a moment as texts have it: "2026-11-30T07:00:00+00:00"
}

// Write is a call that changes properties of a resource that is there.
type Write struct {
	Call string
	Sets []string // the properties that it writes, with "*" for the keys of lists and maps
	// In is its input. A [V] stands for the value that a property shall have, and is
	// left out where the property stays; a [Text] is that as text. An [Edited] is an
	// object as it was just read, with the values in place.
	In map[string]any
	// Whole says that AWS takes the values together: those that stay are sent along
	// as they were just read.
	Whole bool
	// Firm says that those that stay must be as the plan found them: whoever wrote it
	// chose the others to go with them.
	Firm  bool
	Value any  // the only value that it writes; nil: any
	Takes bool // it takes the properties away, and writes no value
	// Build makes what In cannot say of the values, by property; nil takes away.
	Build  func(values map[string]any) (Tree, error)
	Action string // the IAM action where it is not the operation's name
	On     string // the ARN pattern that IAM judges; "": the room's
	Rate   float64
	Expect string       // the member that a whole answer has; "": any answer will do
	Also   []Permission // what AWS asks of the caller besides
	// Notes are what whoever makes the call by hand should know after it, by property:
	// ends of keys of texts, "deploy" of render.shell.deploy.
	Notes map[string]string
	// Back says what taking it back would do beside: it needs the consent that such a
	// change would need.
	Back Back
	// Then is the call that puts what this one made in force: "{path}" in its input is
	// of this one's answer, too.
	Then *Write
	// Bare is the call in its place where nothing would be left of what it edits: AWS
	// takes no empty one.
	Bare *Write
}

// Edits is the path of what a write edits that need not be there; "": none.
func (w *Write) Edits() string { return editsOf(w.In) }

func editsOf(in any) string {
	switch in := in.(type) {
	case EditedOrNew:
		return string(in)
	case Tree:
		for _, v := range in {
			if path := editsOf(v); path != "" {
				return path
			}
		}
	}
	return ""
}

// Make is how a thing of the type comes into being where a person wants one, and
// goes again. What its input does not say is written after it, as a change is.
type Make struct {
	Call string
	// Is is how plans name the thing, by the properties that tell it from others:
	// "{ResourceId} {TrafficType}"; "": its name is in its ARN, which is known before.
	Is   string
	Only map[string]string // values of paths without which it does not count
	In   map[string]any    // its input, like a [Write]'s; [Token] stands for the mark of who makes it
	// Build makes what In cannot say of the place where it is made.
	Build func(resource.Scope) Tree
	// Refuses is a list in the answer that says, one by one, why nothing was made.
	Refuses string
	Mark    string // the path of the mark in what listings say: "Tags"
	Action  string
	On      string
	Rate    float64
	Also    []Permission
	Outputs map[string]string // what other steps may use of it, by path
	Unmake  Write             // takes it away; what it holds elsewhere stays; without a call it is never taken away
	Back    Back
}

// Token is the mark that a thing has of who made it: it is made once however often
// that is tried, and nobody else's is taken away.
type Token string

// Back is what taking a change back would do.
type Back uint8

// What it would do.
const (
	Restores Back = iota // what was there comes back
	Exposes              // what was protected is open again, or a record ends
	Destroys             // data or a credential would be lost: it is never done
)

// Permission is an action that AWS asks of the caller of another call.
type Permission struct {
	Action string            // "iam:CreateServiceLinkedRole"
	On     string            // the ARN pattern; or what of it comes after the Region, of this account alone: ":{account}:role/x"
	When   map[string]string // condition keys with their values
	For    string            // the property for which it is asked; "": any
}

// V is the value that a property shall have, in the input of a [Write].
type V string

// Text is V as text: "true".
type Text string

// Await is how a change waits until nothing is under way.
type Await struct {
	For string // what plans call it: "cache-settled"
	// Again says that the change itself leads out of the state: it is done only when that
	// is reached once more.
	Again bool

	// Commands that are printed wait, too.
	Say      string // the end of the key of a text, "domain" of render.shell.wait.domain: why they stop
	Is       string // the state that they wait for; "": none of Busy
	Attempts int
	Seconds  int // between them
}

// Idle has AWS make a change at once that it would put off until the thing's
// maintenance window. That makes all that waits, too: it is left out where something
// else waits, unless somebody wants that.
type Idle struct {
	Of   string // the path of what waits, by the names of what it becomes
	From any    // AWS puts off only changes from this value, and to it; nil: all
}

// Needed tells whether a change of a property would be put off.
func (i Idle) Needed(was, will any) bool {
	return i.From == nil || was == nil || whole(was) == i.From || whole(will) == i.From
}

// whole is a number of any source as rooms write one.
func whole(v any) any {
	switch n := v.(type) {
	case float64:
		return int(n)
	case int64:
		return int(n)
	}
	return v
}

// Idle is the mark in the input of a write, if it has one.
func (w *Write) Idle() (Idle, bool) {
	for _, v := range w.In {
		if i, ok := v.(Idle); ok {
			return i, true
		}
	}
	return Idle{}, false
}

// Edited is the path of an object in what was just read.
type Edited string

// EditedOrNew is an [Edited] that may not be there yet.
type EditedOrNew string

// Closer tells whether scans go without a property.
func (r *Room) Closer(property string) bool {
	return slices.ContainsFunc(r.Each, func(read Read) bool { return read.Closer && slices.Contains(read.For, property) })
}

// Calls lists the calls of reads and writes, each once.
func (r *Room) Calls() []string {
	var calls []string
	reads := append([]Read{r.Finds}, r.Each...)
	if r.Finds.If != nil {
		reads = append(reads, *r.Finds.If)
	}
	for _, read := range append(reads, r.Alone...) {
		calls = append(append(calls, read.Call), read.Uses...)
	}
	for _, w := range r.Writes {
		calls = append(calls, w.Call)
		if w.Then != nil {
			calls = append(calls, w.Then.Call)
		}
		if w.Bare != nil {
			calls = append(calls, w.Bare.Call)
		}
	}
	if r.Make != nil {
		calls = append(calls, r.Make.Call)
		if r.Make.Unmake.Call != "" {
			calls = append(calls, r.Make.Unmake.Call)
		}
	}
	slices.Sort(calls)
	return slices.Compact(calls)
}

// GoName is the name of the room's struct.
func (r *Room) GoName() string {
	return cmp.Or(r.Go, string(r.Type[strings.LastIndexByte(string(r.Type), ':')+1:]))
}

// Back is what it would do to take back that a property was given a value.
func (r *Room) Back(name string, value any) Back {
	for i := range r.Writes {
		if w := &r.Writes[i]; w.Gives(name, value) {
			return w.Back
		}
	}
	return Restores
}

// Find returns a property of the list by its name, or nil.
func Find(list []Property, name string) *Property {
	if i := slices.IndexFunc(list, func(p Property) bool { return p.Name == name }); i >= 0 {
		return &list[i]
	}
	return nil
}

// Leaf is the property of a room that a name leads to, or nil.
func (s *Service) Leaf(r *Room, name string) *Property {
	properties := r.Properties
	var p *Property
	for _, step := range Steps(name) {
		if p = Find(properties, step.Name); p == nil {
			return nil
		}
		properties = nil
		if o := s.Object(p.Of); o != nil {
			properties = o.Properties
		}
	}
	return p
}

// Gives tells whether a write gives a property a value; nil takes it away.
func (w *Write) Gives(name string, value any) bool {
	if !slices.Contains(w.Sets, Pattern(name)) {
		return false
	}
	if w.Takes {
		return value == nil
	}
	return w.Value == nil || w.Value == value
}

// Names takes an ARN of the room's type apart, as far as it is one of the place;
// nil where it is none. A setting has none, and goes by its account.
func (r *Room) Names(scope resource.Scope, arn string) map[string]string {
	if r.Setting && arn == resource.OfAccount(scope).ARN {
		return map[string]string{}
	}
	ours := func(part, ours string) bool { return part == "" || part == ours }
	for _, pattern := range append([]string{r.ARN}, r.ARNs...) {
		names, ok := Fits(pattern, arn)
		if ok && ours(names["region"], scope.Region) && ours(names["account"], scope.Account) {
			return names
		}
	}
	return nil
}

// Gives lists the properties that a thing has as soon as it is made.
func (m *Make) Gives(values map[string]any) (list []string) {
	said := given(Tree(m.In))
	for name := range values {
		if slices.Contains(said, name) {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// given are the properties whose values an input has.
func given(in any) (list []string) {
	switch in := in.(type) {
	case V:
		return []string{string(in)}
	case Text:
		return []string{string(in)}
	case Tree:
		for _, x := range in {
			list = append(list, given(x)...)
		}
	case []any:
		for _, x := range in {
			list = append(list, given(x)...)
		}
	}
	return list
}

// Room returns the room of a struct of the service, or nil.
func (s *Service) Room(goName string) *Room {
	for i := range s.Rooms {
		if s.Rooms[i].GoName() == goName {
			return &s.Rooms[i]
		}
	}
	return nil
}

// Object returns an object of the service, or nil.
func (s *Service) Object(goName string) *Object {
	if i := slices.IndexFunc(s.Objects, func(o Object) bool { return o.Go == goName }); i >= 0 {
		return &s.Objects[i]
	}
	return nil
}

// Operation splits a call into the service and its operation.
func (s *Service) Operation(call string) (service, operation string) {
	if service, operation, ok := strings.Cut(call, ":"); ok {
		return service, operation
	}
	return s.Model, call
}
