package shell

import (
	"slices"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
)

func logGroupReader() reader {
	return reader{
		command: func(t plan.Thing) (command, error) {
			return command{service: "logs", operation: "describe-log-groups", input: object{{"logGroupNamePrefix", t.Name}}}, nil
		},
		field: named(map[string]field{"RetentionInDays": {path: "retentionInDays"}, "KmsKeyId": {path: "kmsKeyId"}}),
		wrap: func(t plan.Thing, condition string) string {
			return thisGroup(t) + ".[" + condition + "]"
		},
	}
}

// thisGroup picks one of the log groups whose names begin alike.
func thisGroup(t plan.Thing) string {
	return "logGroups[?logGroupName == " + literal(t.Name) + "]"
}

func logGroup(s *script, st *plan.Step) error {
	r := logGroupReader()
	c, err := r.command(st.Thing)
	if err != nil {
		return err
	}
	if st.Make {
		s.nothing(s.there(st), c.with(thisGroup(st.Thing)+".logGroupName"))
	}
	if err := s.writeLogGroup(st, r); err != nil {
		return err
	}
	if name, ok := s.output(st, "Arn", "LOG_GROUP_ARN"); ok {
		s.set(name, c.with(thisGroup(st.Thing)+".arn"))
		s.line(string(name) + `=${` + string(name) + `%:\*}`)
	}
	return s.asWritten(st, r)
}

// validation is the log stream that CloudWatch Logs makes itself when the log
// delivery of an HTTP API is set up.
const validation = "log_stream_created_by_aws_to_validate_log_delivery_subscriptions"

// empty stops the script where a log group holds events: where it has log
// streams, which are made to be written into.
func empty(s *script, st *plan.Step, g *plan.Guard) error {
	s.nothing(s.why(st, g), command{"logs", "describe-log-streams", object{{"logGroupName", st.Thing.Name}},
		"logStreams[?logStreamName != " + literal(validation) + "].logStreamName"})
	return nil
}

// writeLogGroup makes one change after another, each after a look of its own.
func (s *script) writeLogGroup(st *plan.Step, r reader) error {
	named := object{{"logGroupName", st.Thing.Name}}
	create := command{"logs", "create-log-group", named, ""}
	var then []plan.Change
	for _, change := range st.Changes {
		v, err := s.value(change.Will)
		switch {
		case err != nil:
			return err
		case change.Property == "KmsKeyId" && v != nil && st.Make:
			// With the key from the start, no event is stored without it.
			create.input = append(slices.Clone(named), member{"kmsKeyId", v})
		case !st.Make || v != nil:
			then = append(then, change)
		}
	}
	if st.Make {
		s.run(create)
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
			err = s.asPlanned(&one, r, nil)
		}
		if err != nil {
			return err
		}
		s.run(c)
	}
	return nil
}

// asMade waits until a thing that was made a moment ago can be read, and stops
// the script where somebody has changed it already.
func (s *script) asMade(st *plan.Step, r reader) error {
	conditions, err := r.conditions(s, st.Changes, false)
	if err != nil {
		return err
	}
	c, err := r.look(st.Thing, conditions)
	if err != nil {
		return err
	}
	expected := locale.A("expected", s.expected(st.Changes, false))
	s.await(s.words.Say("shell.notWritten", locale.A("step", st.ID), locale.A("thing", s.words.Thing(st.Thing)), expected), 10, 3, c)
	return nil
}

// logGroupChange is the command for one property.
func (s *script) logGroupChange(named object, change *plan.Change) (command, error) {
	v, err := s.value(change.Will)
	with := func(name string) object { return append(slices.Clone(named), member{name, v}) }
	switch {
	case err != nil:
		return command{}, err
	case change.Property == "RetentionInDays" && v != nil:
		return command{"logs", "put-retention-policy", with("retentionInDays"), ""}, nil
	case change.Property == "RetentionInDays":
		return command{"logs", "delete-retention-policy", named, ""}, nil
	case change.Property == "KmsKeyId" && v != nil:
		return command{"logs", "associate-kms-key", with("kmsKeyId"), ""}, nil
	case change.Property == "KmsKeyId":
		return command{"logs", "disassociate-kms-key", named, ""}, nil
	}
	return command{}, unknownProperty(change.Property)
}

func role(s *script, st *plan.Step) error {
	named := object{{"RoleName", st.Thing.Name}}
	get := command{"iam", "get-role", named, ""}
	if st.Make {
		s.absent(s.there(st), "NoSuchEntity", get)
	}
	trust, has := part.Find(st.Changes, "AssumeRolePolicyDocument")
	trusted := append(slices.Clone(named), member{"AssumeRolePolicyDocument", trust})
	for _, property := range []string{"Path", "PermissionsBoundary"} {
		if v, ok := part.Find(st.Changes, property); ok && st.Make {
			trusted = append(trusted, member{property, v})
		} else if ok {
			return unknownProperty(property) // IAM moves no role, and kumoban changes no boundary
		}
	}
	create := command{"iam", "create-role", trusted, "Role.Arn"}
	name, wanted := s.output(st, "Arn", "ROLE_ARN")
	switch {
	case st.Make && wanted:
		s.set(name, create)
	case st.Make:
		s.run(create.with(""))
	case has:
		s.sameTrust(st, get)
		s.run(command{"iam", "update-assume-role-policy", object{named[0], {"PolicyDocument", trust}}, ""})
	}
	if !st.Make && wanted {
		s.set(name, get.with("Role.Arn"))
	}
	for _, change := range st.Changes {
		switch change.Property {
		case "AssumeRolePolicyDocument":
		case "Path":
			s.must(s.notWritten(st, change), get.with("Role.Path == "+literal(change.Will)))
		case "PermissionsBoundary":
			s.must(s.notWritten(st, change), get.with("Role.PermissionsBoundary.PermissionsBoundaryArn == "+literal(change.Will)))
		case "ManagedPolicyArns":
			s.attach(st, named, &change)
		default:
			return unknownProperty(change.Property)
		}
	}
	return nil
}

// sameTrust stops the script where the trust policy is another than the plan
// found. Policies are compared by what they say, not by their spelling.
func (s *script) sameTrust(st *plan.Step, get command) {
	for _, c := range st.Changes {
		document, err := part.Document(part.Text(c.Was))
		if c.Property != "AssumeRolePolicyDocument" || err != nil {
			continue
		}
		expected := s.expected([]plan.Change{c}, false)
		s.must(s.words.Say("shell.drift", locale.A("step", st.ID), locale.A("thing", s.words.Thing(st.Thing)), locale.A("expected", expected)),
			get.with("Role.AssumeRolePolicyDocument == "+literal(document)))
	}
}

// attach attaches the policies that a role lacks, and looks whether it has
// them all then.
func (s *script) attach(st *plan.Step, named object, c *plan.Change) {
	will := part.Strings(c.Will)
	for _, arn := range will {
		if !slices.Contains(part.Strings(c.Was), arn) {
			s.run(command{"iam", "attach-role-policy", append(slices.Clone(named), member{"PolicyArn", arn}), ""})
		}
	}
	conditions := []string{}
	for _, arn := range will {
		conditions = append(conditions, "contains(AttachedPolicies[].PolicyArn, "+literal(arn)+")")
	}
	s.must(s.notWritten(st, *c), command{"iam", "list-attached-role-policies", named, all(conditions)})
}

func key(s *script, st *plan.Step) error {
	if st.Make {
		return s.makeKey(st)
	}
	// These calls take no alias.
	s.set("KEY_ARN", command{"kms", "describe-key", object{{"KeyId", st.Thing.Name}}, "KeyMetadata.Arn"})
	for _, change := range st.Changes {
		one := *st
		one.Changes, one.Guards = []plan.Change{change}, nil
		r, c, err := keyChange(&change)
		if err != nil {
			return err
		}
		if err := s.asPlanned(&one, r, nil); err != nil {
			return err
		}
		s.run(c)
		if err := s.asWritten(&one, r); err != nil {
			return err
		}
	}
	return nil
}

// keyChange says how a property of the key in KEY_ARN is read and changed.
func keyChange(c *plan.Change) (reader, command, error) {
	named := object{{"KeyId", variable("KEY_ARN")}}
	read := func(c command, property string, f field) reader {
		return reader{
			command: func(plan.Thing) (command, error) { return c, nil },
			field:   func(p string) (field, bool) { return f, p == property },
		}
	}
	switch c.Property {
	case "KeyPolicy":
		named = append(named, member{"PolicyName", "default"})
		r := read(command{"kms", "get-key-policy", named, ""}, c.Property, field{path: "Policy"})
		return r, command{"kms", "put-key-policy", append(slices.Clone(named), member{"Policy", plan.Normal(c.Will)}), ""}, nil
	case "EnableKeyRotation":
		r := read(command{"kms", "get-key-rotation-status", named, ""}, c.Property, field{path: "KeyRotationEnabled"})
		operation := "enable-key-rotation"
		if plan.Normal(c.Will) != true {
			operation = "disable-key-rotation"
		}
		return r, command{"kms", operation, named, ""}, nil
	}
	return reader{}, command{}, unknownProperty(c.Property)
}

func (s *script) makeKey(st *plan.Step) error {
	s.absent(s.there(st), "NotFoundException", command{"kms", "describe-key", object{{"KeyId", st.Thing.Name}}, ""})
	input := object{{"Description", st.Thing.Name}}
	if policy, ok := part.Find(st.Changes, "KeyPolicy"); ok {
		input = append(input, member{"Policy", policy})
	}
	name, wanted := s.output(st, "Arn", "KEY_ARN")
	if !wanted {
		name = "KEY_ARN"
	}
	s.set(name, command{"kms", "create-key", input, "KeyMetadata.Arn"})
	s.run(command{"kms", "create-alias", object{{"AliasName", st.Thing.Name}, {"TargetKeyId", name}}, ""})
	if rotate, _ := part.Find(st.Changes, "EnableKeyRotation"); rotate == true {
		rotates := plan.Change{Property: "EnableKeyRotation", Will: true}
		s.run(command{"kms", "enable-key-rotation", object{{"KeyId", name}}, ""})
		s.must(s.notWritten(st, rotates), command{"kms", "get-key-rotation-status", object{{"KeyId", name}}, "KeyRotationEnabled == `true`"})
	}
	return nil
}
