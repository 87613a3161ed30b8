package ec2

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/room"
)

// TestRules takes the rules of a group apart, and names each to a call as it was
// read.
func TestRules(t *testing.T) {
	ssh := room.Tree{
		"IpProtocol": "tcp", "FromPort": int64(22), "ToPort": int64(22),
		"IpRanges":   []any{room.Tree{"CidrIp": "0.0.0.0/0", "Description": "all"}, room.Tree{"CidrIp": "10.0.0.0/8"}},
		"Ipv6Ranges": []any{room.Tree{"CidrIpv6": "::/0"}},
	}
	all := room.Tree{"IpProtocol": "-1", "UserIdGroupPairs": []any{room.Tree{"GroupId": "sg-1", "UserId": "123456789012"}}, "PrefixListIds": []any{room.Tree{"PrefixListId": "pl-1"}}}
	list, why := groups([]any{room.Tree{"GroupId": "sg-1", "IpPermissions": []any{ssh, all}}})
	if why != "" || len(list) != 1 {
		t.Fatal(list, why)
	}
	if egress, _ := list[0]["SecurityGroupEgress"].([]any); egress == nil || len(egress) != 0 {
		t.Errorf("a group without outbound rules has %v", list[0]["SecurityGroupEgress"])
	}
	var names []string
	values := map[string]any{}
	for _, r := range list[0]["SecurityGroupIngress"].([]any) {
		name := room.TextOf(r, "Rule")
		names = append(names, name)
		values[`SecurityGroupIngress["`+name+`"]`] = nil
	}
	want := []string{"tcp 22 22 0.0.0.0/0", "tcp 22 22 10.0.0.0/8", "tcp 22 22 ::/0", "-1 - - pl-1", "-1 - - 123456789012/sg-1"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	values[`SecurityGroupIngress["tcp 22 22 0.0.0.0/0"]`] = room.Tree{"Description": "all"}
	in, err := permissions(values)
	tcp := func(list string, source room.Tree) room.Tree {
		return room.Tree{"IpProtocol": "tcp", "FromPort": int64(22), "ToPort": int64(22), list: []any{source}}
	}
	wantIn := room.Tree{"IpPermissions": []any{
		room.Tree{"IpProtocol": "-1", "UserIdGroupPairs": []any{room.Tree{"UserId": "123456789012", "GroupId": "sg-1"}}},
		room.Tree{"IpProtocol": "-1", "PrefixListIds": []any{room.Tree{"PrefixListId": "pl-1"}}},
		tcp("IpRanges", room.Tree{"CidrIp": "0.0.0.0/0", "Description": "all"}),
		tcp("IpRanges", room.Tree{"CidrIp": "10.0.0.0/8"}),
		tcp("Ipv6Ranges", room.Tree{"CidrIpv6": "::/0"}),
	}}
	if diff := cmp.Diff(wantIn, in); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, name := range []string{"", "tcp 22 0.0.0.0/0", "tcp x 22 0.0.0.0/0"} {
		if _, err := permission(name, ""); err == nil {
			t.Errorf("%q was taken for a rule", name)
		}
	}
}

// TestUnknownRule: where a rule's other end is of a kind that is new, nobody says
// what the rules are.
func TestUnknownRule(t *testing.T) {
	list, _ := groups([]any{room.Tree{"GroupId": "sg-1", "IpPermissions": []any{room.Tree{"IpProtocol": "tcp", "Planets": []any{"mars"}}}}})
	if _, unknown := list[0]["SecurityGroupIngress"].(room.Unknown); !unknown {
		t.Errorf("%v", list[0])
	}
}
