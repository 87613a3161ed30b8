package s3

import "github.com/kumoban/kumoban/internal/room"

// inline reads what Terraform's aws_s3_bucket says of logging and lifecycle in blocks
// of its own, which the provider still takes, though it wants resources beside the
// bucket.
func inline(values room.Tree) room.Tree {
	const logging, lifecycle = "aws_s3_bucket_logging", "aws_s3_bucket_lifecycle_configuration"
	if list, _ := values["logging"].([]any); len(list) > 0 && values[logging] == nil {
		values = room.With(values, logging, list)
	}
	if list, _ := values["lifecycle_rule"].([]any); len(list) > 0 && values[lifecycle] == nil {
		rules := make([]any, len(list))
		for i, item := range list {
			rule, _ := item.(room.Tree)
			rules[i] = room.With(rule, "status", status(rule["enabled"]))
		}
		values = room.With(values, lifecycle, []any{room.Tree{"rule": rules}})
	}
	return values
}

func status(enabled any) any {
	switch enabled {
	case true:
		return "Enabled"
	case false:
		return "Disabled"
	}
	return enabled // not known yet, or nothing
}
