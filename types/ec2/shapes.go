package ec2

import (
	"strings"

	"github.com/kumoban/kumoban/internal/room"
)

// shapes are for rules of security groups, of which answers and AWS Config's items
// put all that have the same ports together, and Terraform all of a block.
func shapes() map[room.Form]room.Shape {
	return map[room.Form]room.Shape{
		room.Answer: {Write: func(t room.Tree) room.Tree {
			return written(t, "IpRanges", map[string]string{"SecurityGroupIngress": "IpPermissions", "SecurityGroupEgress": "IpPermissionsEgress"})
		}},
		room.Item: {Read: items, Write: func(t room.Tree) room.Tree {
			return written(t, "ipv4Ranges", map[string]string{"ipPermissions": "ipPermissions", "ipPermissionsEgress": "ipPermissionsEgress"})
		}},
		room.Template:  {Read: apart},
		room.Terraform: {Read: blocks, Write: block},
	}
}

// items reads an item of AWS Config, which has an answer's permissions by names that
// begin with a small letter.
func items(item room.Tree) room.Tree {
	for name, end := range map[string]string{"ipPermissions": "Source", "ipPermissionsEgress": "Destination"} {
		v, _ := room.Get(item, name)
		list, ok := v.([]any)
		if !ok {
			continue
		}
		permissions := make([]any, len(list))
		for i, p := range list {
			permissions[i] = permissionOf(p)
		}
		item = room.Put(item, name, rules(permissions, end))
	}
	return item
}

func permissionOf(p any) room.Tree {
	out := room.Tree{"IpProtocol": room.TextOf(p, "ipProtocol"), "IpRanges": room.Items(p, "ipv4Ranges"), "Ipv6Ranges": room.Items(p, "ipv6Ranges"), "PrefixListIds": room.Items(p, "prefixListIds"), "UserIdGroupPairs": room.Items(p, "userIdGroupPairs")}
	for _, name := range []string{"FromPort", "ToPort"} {
		switch v, _ := room.Get(p, name); v := v.(type) {
		case float64:
			out[name] = int64(v)
		case int64:
			out[name] = v
		}
	}
	return out
}

// written is the other way: each rule is a permission of its own.
func written(tree room.Tree, four string, names map[string]string) room.Tree {
	for name, to := range names {
		list, ok := tree[name].([]any)
		if !ok {
			if v, there := tree[name]; there {
				tree = room.With(room.Put(tree, name, nil), to, v)
			}
			continue
		}
		permissions := make([]any, len(list))
		for i, item := range list {
			permissions[i] = onePermission(item, four)
		}
		tree = room.With(room.Put(tree, name, nil), to, permissions)
	}
	return tree
}

func onePermission(rule any, four string) room.Tree {
	p := room.Tree{}
	for _, name := range []string{"IpProtocol", "FromPort", "ToPort"} {
		if v, there := room.Get(rule, name); there {
			p[name] = v
		}
	}
	for from, to := range map[string][2]string{
		"CidrIp": {four, "CidrIp"}, "CidrIpv6": {"Ipv6Ranges", "CidrIpv6"},
		"SourceSecurityGroupId": {"UserIdGroupPairs", "GroupId"}, "DestinationSecurityGroupId": {"UserIdGroupPairs", "GroupId"},
		"SourcePrefixListId": {"PrefixListIds", "PrefixListId"}, "DestinationPrefixListId": {"PrefixListIds", "PrefixListId"},
	} {
		if v, there := room.Get(rule, from); there {
			p[to[0]] = []any{room.Tree{to[1]: v}}
		}
	}
	return p
}

// ends are the arguments of a block of Terraform's for other ends of a rule.
func ends() []string {
	return []string{"cidr_blocks", "ipv6_cidr_blocks", "security_groups", "prefix_list_ids"}
}

// blocks reads Terraform's blocks, and rules that stand beside the group. Where
// these alone are there, others may be, too.
func blocks(values room.Tree) room.Tree {
	for _, name := range []string{"ingress", "egress"} {
		list, inline := values[name].([]any)
		_, later := values[name].(room.Unknown)
		beside := besides(values, name)
		if !inline && len(beside) == 0 || later {
			continue
		}
		rules := []any{}
		for _, b := range append(list, beside...) {
			rules = append(rules, spread(b)...)
		}
		if !inline {
			rules = append(rules, anything())
		}
		values = room.With(values, name, rules)
	}
	return values
}

// anything is a rule of which nothing is known.
func anything() room.Tree {
	rule := room.Tree{"from_port": room.Unknown{Why: "NotDeclaredHere"}, "to_port": room.Unknown{Why: "NotDeclaredHere"}, "protocol": room.Unknown{Why: "NotDeclaredHere"}}
	for _, name := range ends() {
		rule[name] = room.Unknown{Why: "NotDeclaredHere"}
	}
	return rule
}

// besides are the rules that stand beside a group, with the names of its blocks.
func besides(values room.Tree, direction string) (list []any) {
	for _, rule := range room.Items(values, "aws_security_group_rule[]") {
		if room.TextOf(rule, "type") == direction {
			list = append(list, rule)
		}
	}
	for _, item := range room.Items(values, "aws_vpc_security_group_"+direction+"_rule[]") {
		rule := room.Tree{}
		for from, to := range map[string]string{
			"ip_protocol": "protocol", "from_port": "from_port", "to_port": "to_port", "description": "description",
			"cidr_ipv4": "cidr_blocks", "cidr_ipv6": "ipv6_cidr_blocks", "referenced_security_group_id": "security_groups", "prefix_list_id": "prefix_list_ids",
		} {
			v, there := room.Get(item, from)
			if _, unknown := v.(room.Unknown); there && !unknown && strings.HasSuffix(to, "s") {
				v = []any{v}
			}
			if there {
				rule[to] = v
			}
		}
		list = append(list, rule)
	}
	return list
}

// spread gives each other end of a block a rule of its own.
func spread(block any) (list []any) {
	b, _ := block.(room.Tree)
	base := room.Tree{}
	for _, name := range []string{"protocol", "from_port", "to_port", "description"} {
		if v, there := b[name]; there {
			base[name] = v
		}
	}
	for _, name := range ends() {
		switch v := b[name].(type) {
		case room.Unknown:
			list = append(list, room.With(base, name, v))
		case []any:
			for _, end := range v {
				list = append(list, room.With(base, name, end))
			}
		}
	}
	if self, _ := b["self"].(bool); self {
		list = append(list, room.With(base, "security_groups", "self"))
	}
	return list
}

// block is the other way.
func block(values room.Tree) room.Tree {
	for _, direction := range []string{"ingress", "egress"} {
		list, ok := values[direction].([]any)
		if !ok {
			continue
		}
		out := make([]any, len(list))
		for i, item := range list {
			rule, _ := item.(room.Tree)
			for _, name := range ends() {
				if v, there := rule[name]; there {
					if _, unknown := v.(room.Unknown); !unknown {
						rule = room.With(rule, name, []any{v})
					}
				}
			}
			out[i] = rule
		}
		values = room.With(values, direction, out)
	}
	return values
}

// apart adds the rules that stand beside a group in a template, by their types.
func apart(properties room.Tree) room.Tree {
	for _, name := range []string{"SecurityGroupIngress", "SecurityGroupEgress"} {
		beside := room.Items(properties, "AWS::EC2::"+name+"[]")
		list, inline := properties[name].([]any)
		if _, there := properties[name]; len(beside) > 0 && (inline || !there) {
			properties = room.With(properties, name, append(append([]any{}, list...), beside...))
		}
	}
	return properties
}
