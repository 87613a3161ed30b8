package resource

import "strings"

// ARN is an Amazon Resource Name taken apart.
type ARN struct{ Partition, Service, Region, Account, Resource string }

// ParseARN takes an ARN apart; ok is false where it is none.
func ParseARN(s string) (a ARN, ok bool) {
	parts := strings.SplitN(s, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return ARN{}, false
	}
	return ARN{parts[1], parts[2], parts[3], parts[4], parts[5]}, true
}

// String puts the name together again.
func (a ARN) String() string {
	return strings.Join([]string{"arn", a.Partition, a.Service, a.Region, a.Account, a.Resource}, ":")
}
