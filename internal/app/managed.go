package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// StackOf says which CloudFormation stack made a resource, by the tags that
// CloudFormation gives it or its API; nil where they name none. CloudFormation
// does not tag everything it makes, so nil is no proof that nobody did.
func StackOf(res resource.Resource) *plan.Managed {
	own, parents := tagsOf(res)
	if stack := own["aws:cloudformation:stack-name"]; stack != "" {
		return &plan.Managed{By: "cloudformation", Name: stack, Logical: own["aws:cloudformation:logical-id"]}
	}
	if stack := parents["aws:cloudformation:stack-name"]; stack != "" {
		return &plan.Managed{By: "cloudformation", Name: stack} // the logical id there is the parent's
	}
	return nil
}

// tagsOf returns a resource's own tags and those of what it belongs to.
func tagsOf(res resource.Resource) (own, parents map[string]string) {
	if e := catalog.Find(res.ResourceType()); e != nil && e.Room.Parent != "" {
		parent, _ := reflect.ValueOf(res).Elem().FieldByName(e.Room.Parent).Interface().(resource.Resource)
		parents = ownTags(parent)
	}
	return ownTags(res), parents
}

func ownTags(res resource.Resource) map[string]string {
	if v := tagsProperty(res); v != nil {
		if tags, known := v.Any(); known == fact.True {
			tags, _ := tags.(map[string]string)
			return tags
		}
	}
	return nil
}

// tagsProperty are the tags of a resource as far as they were read; nil: kumoban does
// not read those of its type.
func tagsProperty(res resource.Resource) fact.Any {
	if res == nil || reflect.ValueOf(res).IsNil() {
		return nil
	}
	e := catalog.Find(res.ResourceType())
	if e == nil {
		return nil
	}
	for _, p := range e.Room.Properties {
		if v, ok := resource.Property(res, p.Name); ok && p.Kind == room.Tags {
			return v
		}
	}
	return nil
}

// tagsHidden is said of a resource whose tags nobody could read, so that whether a
// stack made it is not known.
func tagsHidden(res resource.Resource) []locale.Message {
	v := tagsProperty(res)
	if v == nil {
		return nil
	}
	o := v.Origin()
	if _, known := v.Any(); known != fact.Unknown || o == nil || o.Fault == "" {
		return nil
	}
	return []locale.Message{locale.M("run.tagsUnread", locale.A("thing", locale.Clean(res.GetMeta().Name)), locale.A("call", o.Call), locale.A("code", locale.Clean(o.Fault)))}
}

// State is what a Terraform state file says of what kumoban knows. Nothing else of
// the file is kept, for it may hold secrets.
type State struct {
	Path  string
	owned []owned
}

// owned is one instance of a resource in a state.
type owned struct {
	address, kind string
	attributes
}

// attributes are those that tell which live resource an instance is.
type attributes struct {
	ARN    string            `json:"arn"`
	ID     string            `json:"id"`
	Region string            `json:"region"` // of providers from version 6 on
	names  map[string]string // those that the states of rooms are known by
}

// read takes what is looked for out of the attributes of an instance of a type.
func (o *attributes) read(kind string, known json.RawMessage) error {
	var all map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(known, o), json.Unmarshal(known, &all)); err != nil {
		return err
	}
	o.names = map[string]string{}
	for _, name := range wanted()[kind] {
		var text string
		if value, there := all[name]; there {
			if err := json.Unmarshal(value, &text); err != nil {
				return err
			}
		}
		o.names[name] = text
	}
	return nil
}

// wanted are the attributes by which rooms know Terraform's resources, by type.
func wanted() map[string][]string {
	byType := map[string][]string{}
	for _, service := range catalog.Services() {
		for i := range service.Rooms {
			for j := range service.Rooms[i].States {
				s := &service.Rooms[i].States[j]
				byType[s.TF] = append(byType[s.TF], s.Attributes()...)
			}
		}
	}
	return byType
}

// ReadState reads a Terraform or OpenTofu state file of format 4. One that is
// garbled, encrypted or of another format is a [locale.Error].
func ReadState(ctx context.Context, path string) (*State, error) {
	data, err := ReadInput(ctx, nil, path, stateLimit)
	if err != nil {
		return nil, err
	}
	s := &State{Path: path}
	if err := s.parse(data); err != nil {
		return nil, cannotRead(path, err)
	}
	return s, nil
}

func (s *State) parse(data []byte) error {
	var head struct {
		Version       any             `json:"version"`
		FormatVersion any             `json:"format_version"` // of terraform show -json
		EncryptedData any             `json:"encrypted_data"` // of OpenTofu
		Sops          any             `json:"sops"`
		Resources     json.RawMessage `json:"resources"`
	}
	err := json.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &head)
	version, numbered := head.Version.(float64)
	switch {
	case err != nil:
		return locale.Errorf("fix.state.garbled")
	case head.EncryptedData != nil || head.Sops != nil:
		return locale.Errorf("fix.state.encrypted")
	case head.FormatVersion != nil:
		return locale.Errorf("fix.state.shown")
	case numbered && version != 4:
		return locale.Errorf("fix.state.version", locale.A("version", strconv.FormatFloat(version, 'f', -1, 64)))
	case !numbered:
		return locale.Errorf("fix.state.garbled")
	}
	var list []stateResource
	// A state without resources has an empty list; one without a list is cut.
	if err := json.Unmarshal(head.Resources, &list); err != nil || list == nil {
		return locale.Errorf("fix.state.garbled")
	}
	for i := range list {
		if err := s.add(&list[i]); err != nil {
			return locale.Errorf("fix.state.garbled")
		}
	}
	return nil
}

type stateResource struct {
	Module    string `json:"module"`
	Mode      string `json:"mode"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	Instances []struct {
		IndexKey   any             `json:"index_key"`
		Deposed    string          `json:"deposed"` // about to be destroyed: another instance took its place
		Attributes json.RawMessage `json:"attributes"`
		Flat       json.RawMessage `json:"attributes_flat"` // written by old providers
	} `json:"instances"`
}

func (s *State) add(r *stateResource) error {
	if r.Mode != "managed" || !ofRooms(r.Type) {
		return nil
	}
	for _, instance := range r.Instances {
		o := owned{kind: r.Type, address: r.address(instance.IndexKey)}
		known := instance.Attributes
		if known == nil {
			known = instance.Flat
		}
		if err := o.read(r.Type, known); err != nil {
			return err
		}
		if instance.Deposed == "" {
			s.owned = append(s.owned, o)
		}
	}
	return nil
}

// address writes an instance's address as Terraform prints it.
func (r *stateResource) address(index any) string {
	address := r.Type + "." + r.Name
	if r.Module != "" {
		address = r.Module + "." + address
	}
	switch key := index.(type) {
	case float64:
		return address + "[" + strconv.FormatFloat(key, 'f', -1, 64) + "]"
	case string:
		return address + "[" + quoteHCL(key) + "]"
	}
	return address
}

// quoteHCL writes a string as HCL does: a template's beginning is doubled.
func quoteHCL(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range s {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '"', r == '\\':
			b.WriteString(`\` + string(r))
		case (r == '$' || r == '%') && strings.HasPrefix(s[i+1:], "{"):
			b.WriteString(string(r) + string(r))
		case !unicode.IsPrint(r) && r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		case !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// Owners returns the addresses of the Terraform resources that manage a live
// one, first that which sets the properties that are to change: of what sets an
// element alone those with its key, and not those of others; then the first of the
// others that the room lists.
func (s *State) Owners(ref resource.Ref, properties ...string) []string {
	e := catalog.Find(ref.Type)
	if e == nil || e.Room.States == nil {
		return s.ownersByRoom(ref, properties)
	}
	var first, others, foreign []string
	for k, o := range s.of(e, ref) {
		sets := func(property string) bool { return k.Sets(property, o.names[k.Key]) }
		switch {
		case k.Of == "" && others == nil:
			others = []string{o.address}
		case k.Of == "":
		case slices.ContainsFunc(properties, sets):
			first = append(first, o.address)
		default:
			foreign = append(foreign, o.address)
		}
	}
	if list := append(first, others...); list != nil {
		return list
	}
	return foreign
}

// Setter returns the address of the Terraform resource in which a property of a
// live one is written: of an element that another resource sets, that with its key;
// of all else, the one of the thing itself. "" where the state has none.
func (s *State) Setter(ref resource.Ref, property string) string {
	e := catalog.Find(ref.Type)
	if e == nil || e.Room.States == nil {
		return s.setterByRoom(ref, property)
	}
	apart := slices.ContainsFunc(e.Room.States, func(k room.State) bool { return k.Covers(property) })
	for k, o := range s.of(e, ref) {
		if !k.Aside && apart == (k.Of != "") && (!apart || k.Sets(property, o.names[k.Key])) {
			return o.address
		}
	}
	return ""
}

// of are the instances that manage a live resource, in the order of the room's
// states.
func (s *State) of(e *catalog.Entry, ref resource.Ref) iter.Seq2[*room.State, *owned] {
	return func(yield func(*room.State, *owned) bool) {
		a, ok := resource.ParseARN(ref.ARN)
		names := e.Room.Names(ref.Scope, ref.ARN)
		if !ok || names == nil {
			return
		}
		for i := range e.Room.States {
			k := &e.Room.States[i]
			for j := range s.owned {
				if o := &s.owned[j]; o.kind == k.TF && o.mayBeIn(a) && o.is(k, names) && !yield(k, o) {
					return
				}
			}
		}
	}
}

// is tells whether an instance manages the thing of these names.
func (o *attributes) is(k *room.State, names map[string]string) bool {
	for attribute, name := range k.Is {
		if o.names[attribute] != names[name] {
			return false
		}
	}
	return k.Has == "" || o.names[k.Has] != ""
}

// mayBeIn tells whether an instance's Region, where the state says it, is that
// of an ARN.
func (o *attributes) mayBeIn(a resource.ARN) bool {
	if own, ok := resource.ParseARN(o.ARN); ok && (own.Region != a.Region || own.Partition != a.Partition) {
		return false
	}
	return o.Region == "" || o.Region == a.Region
}
