package ec2

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/room"
)

// none stands in a rule's name for a port that it does not have.
const none = "-"

// groups gives each security group its rules one by one.
func groups(items []any) (list []room.Tree, why string) {
	for _, item := range items {
		group, _ := item.(room.Tree)
		if group == nil {
			why = "a security group that is none"
			continue
		}
		group = room.With(group, "SecurityGroupIngress", rules(group["IpPermissions"], "Source"))
		list = append(list, room.With(group, "SecurityGroupEgress", rules(group["IpPermissionsEgress"], "Destination")))
	}
	return list, why
}

// rules are the rules of permissions, each of which has another end or more. Where
// one has none that is known, nobody can say what the rules are.
func rules(permissions any, end string) any {
	if u, unknown := permissions.(room.Unknown); unknown {
		return u
	}
	list := []any{}
	all, _ := permissions.([]any)
	for _, permission := range all {
		p, _ := permission.(room.Tree)
		before := len(list)
		for _, kind := range []struct{ list, from, to string }{
			{"IpRanges", "CidrIp", "CidrIp"},
			{"Ipv6Ranges", "CidrIpv6", "CidrIpv6"},
			{"PrefixListIds", "PrefixListId", end + "PrefixListId"},
			{"UserIdGroupPairs", "GroupId", end + "SecurityGroupId"},
		} {
			for _, item := range room.Items(p, kind.list+"[]") {
				list = append(list, rule(p, item, kind.from, kind.to))
			}
		}
		if len(list) == before {
			return room.Unknown{Why: "UnknownRule"}
		}
	}
	return list
}

func rule(permission room.Tree, source any, from, to string) room.Tree {
	end := room.TextOf(source, from)
	r := room.Tree{"IpProtocol": permission["IpProtocol"], to: end}
	for _, name := range []string{"FromPort", "ToPort"} {
		if port, ok := permission[name].(int64); ok {
			r[name] = float64(port) // as a journal gives a rule back, to which it is compared
		}
	}
	if text := room.TextOf(source, "Description"); text != "" {
		r["Description"] = text
	}
	if owner := room.TextOf(source, "UserId"); owner != "" {
		end = owner + "/" + end
	}
	port := func(name string) string { return cmp.Or(room.TextOf(permission, name), none) }
	r["Rule"] = fmt.Sprintf("%s %s %s %s", room.TextOf(permission, "IpProtocol"), port("FromPort"), port("ToPort"), end)
	return r
}

// permissions is the input that names rules, by the property that each is.
func permissions(values map[string]any) (room.Tree, error) {
	var list []any
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		p, err := permission(room.Steps(name)[0].Key, room.TextOf(values[name], "Description"))
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return room.Tree{"IpPermissions": list}, nil
}

// permission is a rule as calls take it.
func permission(name, description string) (room.Tree, error) {
	part := strings.Fields(name)
	if len(part) != 4 {
		return nil, fmt.Errorf("%q is no rule of a security group", name)
	}
	p := room.Tree{"IpProtocol": part[0]}
	for i, member := range []string{"FromPort", "ToPort"} {
		if part[i+1] == none {
			continue
		}
		port, err := strconv.ParseInt(part[i+1], 10, 32)
		if err != nil {
			return nil, fmt.Errorf("%q is no rule of a security group", name)
		}
		p[member] = port
	}
	list, source := otherEnd(part[3])
	if description != "" {
		source["Description"] = description
	}
	p[list] = []any{source}
	return p, nil
}

func otherEnd(end string) (list string, source room.Tree) {
	owner, group, owned := strings.Cut(end, "/")
	switch {
	case strings.HasPrefix(end, "pl-"):
		return "PrefixListIds", room.Tree{"PrefixListId": end}
	case strings.HasPrefix(end, "sg-"):
		return "UserIdGroupPairs", room.Tree{"GroupId": end}
	case owned && strings.HasPrefix(group, "sg-"):
		return "UserIdGroupPairs", room.Tree{"UserId": owner, "GroupId": group}
	case strings.Contains(end, ":"):
		return "Ipv6Ranges", room.Tree{"CidrIpv6": end}
	}
	return "IpRanges", room.Tree{"CidrIp": end}
}
