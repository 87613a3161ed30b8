package logs

import (
	"slices"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/shell"
)

func logGroupReader() shell.Reader {
	return shell.Reader{
		Command: func(t plan.Thing) (shell.Command, error) {
			return shell.Command{Service: "logs", Operation: "describe-log-groups", Input: shell.Object{{Name: "logGroupNamePrefix", Value: t.Name}}}, nil
		},
		Field: shell.Named(map[string]shell.Field{"RetentionInDays": {Path: "retentionInDays"}, "KmsKeyId": {Path: "kmsKeyId"}}),
		Wrap: func(t plan.Thing, condition string) string {
			return thisGroup(t) + ".[" + condition + "]"
		},
	}
}

// thisGroup picks one of the log groups whose names begin alike.
func thisGroup(t plan.Thing) string {
	return "logGroups[?logGroupName == " + shell.Literal(t.Name) + "]"
}

func (s *script) logGroup(st *plan.Step) error {
	r := logGroupReader()
	c, err := r.Command(st.Thing)
	if err != nil {
		return err
	}
	if st.Make {
		s.Nothing(s.There(st), c.With(thisGroup(st.Thing)+".logGroupName"))
	}
	if err := s.writeLogGroup(st, r); err != nil {
		return err
	}
	if name, ok := s.Output(st, "Arn", "LOG_GROUP_ARN"); ok {
		s.Set(name, c.With(thisGroup(st.Thing)+".arn"))
		s.Line(string(name) + `=${` + string(name) + `%:\*}`)
	}
	return s.AsWritten(st, r)
}

// validation is the log stream that CloudWatch Logs makes itself when the log
// delivery of an HTTP API is set up.
const validation = "log_stream_created_by_aws_to_validate_log_delivery_subscriptions"

// empty stops the script where a log group holds events: where it has log
// streams, which are made to be written into.
func (s *script) empty(st *plan.Step, g *plan.Guard) error {
	s.Nothing(s.Why(st, g), shell.Command{Service: "logs", Operation: "describe-log-streams", Input: shell.Object{{Name: "logGroupName", Value: st.Thing.Name}},
		Query: "logStreams[?logStreamName != " + shell.Literal(validation) + "].logStreamName"})
	return nil
}

// writeLogGroup makes one change after another, each after a look of its own.
func (s *script) writeLogGroup(st *plan.Step, r shell.Reader) error {
	named := shell.Object{{Name: "logGroupName", Value: st.Thing.Name}}
	create := shell.Command{Service: "logs", Operation: "create-log-group", Input: named}
	var then []plan.Change
	for _, change := range st.Changes {
		v, err := s.Value(change.Will)
		switch {
		case err != nil:
			return err
		case change.Property == "KmsKeyId" && v != nil && st.Make:
			// With the key from the start, no event is stored without it.
			create.Input = append(slices.Clone(named), shell.Member{Name: "kmsKeyId", Value: v})
		case !st.Make || v != nil:
			then = append(then, change)
		}
	}
	if st.Make {
		s.Run(create)
	}
	for _, change := range then {
		one := *st
		one.Changes = []plan.Change{change}
		c, err := s.logGroupChange(named, &change)
		switch {
		case err != nil:
			return err
		case st.Make:
			err = s.asMade(&one, r)
		default:
			err = s.AsPlanned(&one, r, nil)
		}
		if err != nil {
			return err
		}
		s.Run(c)
	}
	return nil
}

// asMade waits until a thing that was made a moment ago can be read, and stops
// the script where somebody has changed it already.
func (s *script) asMade(st *plan.Step, r shell.Reader) error {
	conditions, err := r.Conditions(s.Script, st.Changes, false)
	if err != nil {
		return err
	}
	c, err := r.Look(st.Thing, conditions)
	if err != nil {
		return err
	}
	expected := locale.A("expected", s.Expected(st.Changes, false))
	s.Await(s.Words.Say("shell.notWritten", locale.A("step", st.ID), locale.A("thing", s.Words.Thing(st.Thing)), expected), 10, 3, c)
	return nil
}

// logGroupChange is the command for one property.
func (s *script) logGroupChange(named shell.Object, change *plan.Change) (shell.Command, error) {
	v, err := s.Value(change.Will)
	with := func(name string) shell.Object { return append(slices.Clone(named), shell.Member{Name: name, Value: v}) }
	switch {
	case err != nil:
		return shell.Command{}, err
	case change.Property == "RetentionInDays" && v != nil:
		return shell.Command{Service: "logs", Operation: "put-retention-policy", Input: with("retentionInDays")}, nil
	case change.Property == "RetentionInDays":
		return shell.Command{Service: "logs", Operation: "delete-retention-policy", Input: named}, nil
	case change.Property == "KmsKeyId" && v != nil:
		return shell.Command{Service: "logs", Operation: "associate-kms-key", Input: with("kmsKeyId")}, nil
	case change.Property == "KmsKeyId":
		return shell.Command{Service: "logs", Operation: "disassociate-kms-key", Input: named}, nil
	}
	return shell.Command{}, shell.UnknownProperty(change.Property)
}
