package shell

import (
	"maps"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/room"
)

// made tells whether a step makes a thing as its room says.
func made(st *plan.Step) bool {
	e := catalog.Find(st.Thing.Type)
	return e != nil && st.Make && e.Room.Make != nil
}

// ofMade writes a step that makes a thing: none of its name may be there before, and
// one is there after. It bears no mark of a run, so that no undo takes it away.
func ofMade(s *Script, st *plan.Step) error {
	e := catalog.Find(st.Thing.Type)
	m := e.Room.Make
	is, ok := room.Fits(m.Is, st.Thing.Name)
	if !ok {
		return locale.Errorf("render.error.notOfRoom", locale.A("thing", s.Words.Thing(st.Thing)))
	}
	maps.Copy(is, m.Only)
	var conditions []string
	for _, path := range slices.Sorted(maps.Keys(is)) {
		conditions = append(conditions, path+" == "+Literal(is[path]))
	}
	count := "length(" + e.Room.Finds.Items + "[?" + strings.Join(conditions, " && ") + "])"
	service, operation := e.Service.Operation(e.Room.Finds.Call)
	list := Command{Service: service, Operation: part.Kebab(operation)}
	create, err := s.making(e, st)
	if err != nil {
		return err
	}
	s.Must(s.There(st), list.With(count+" == `0`"))
	if m.Refuses == "" {
		s.Run(create)
	} else {
		s.Must(s.Words.Say("shell.notMade", locale.A("step", st.ID), locale.A("thing", s.Words.Thing(st.Thing))), create.With("length("+m.Refuses+" || `[]`) == `0`"))
	}
	const attempts, seconds = 20, 15
	s.Await(s.NotWritten(st, st.Changes...), attempts, seconds, list.With(count+" == `1`"))
	return nil
}

// making is the command that makes a thing.
func (s *Script) making(e *catalog.Entry, st *plan.Step) (Command, error) {
	values := map[string]any{}
	for _, c := range st.Changes {
		v, err := s.Value(c.Will)
		if err != nil {
			return Command{}, err
		}
		values[c.Property] = v
	}
	service, operation := e.Service.Operation(e.Room.Make.Call)
	o, err := wire.Operation(service, operation)
	if err != nil {
		return Command{}, err
	}
	c := Command{Service: service, Operation: part.Kebab(operation)}
	for i := range o.In.Members {
		name := o.In.Members[i].Name
		if v, sent := ofValues(e.Room.Make.In[name], values); sent {
			c.Input = append(c.Input, Member{name, v})
		}
	}
	return c, nil
}

// ofValues fills in a part of the input that makes a thing; what bears the mark of a
// run is left out.
func ofValues(in any, values map[string]any) (v any, sent bool) {
	switch in := in.(type) {
	case nil, room.Token:
		return nil, false
	case room.V:
		v, sent = values[string(in)]
		return v, sent && v != nil
	case []any:
		list := []any{}
		for _, x := range in {
			if v, sent := ofValues(x, values); sent {
				list = append(list, v)
			}
		}
		return list, len(list) > 0
	case room.Tree:
		if slices.ContainsFunc(slices.Collect(maps.Values(in)), marks) {
			return nil, false
		}
		var out Object
		for _, name := range sorted(in) {
			if v, sent := ofValues(in[name], values); sent {
				out = append(out, Member{name, v})
			}
		}
		return out, len(out) > 0
	}
	return in, true
}

// marks tells whether a part of an input has the mark of a run in it.
func marks(in any) bool {
	switch in := in.(type) {
	case room.Token:
		return true
	case []any:
		return slices.ContainsFunc(in, marks)
	case room.Tree:
		return slices.ContainsFunc(slices.Collect(maps.Values(in)), marks)
	}
	return false
}
