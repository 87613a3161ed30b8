// Package elbv2 is what kumoban knows of Elastic Load Balancing's second API:
// Application, Network and Gateway Load Balancers.
package elbv2

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/room"
)

// Rooms are the resource types. The rate is the account's, over all actions, and a
// "mutating" one has less: "Request throttling for the Elastic Load Balancing API"
// in the user guide, read on 2026-11-30.
func Rooms() *room.Service {
	return &room.Service{Package: "elbv2", Doc: "Elastic Load Balancing (Application, Network and Gateway Load Balancers)", Model: "elbv2", IAM: "elasticloadbalancing", Rate: 10, Burst: 40, Rooms: []room.Room{loadBalancer()}}
}

// attributes are those of a load balancer's attributes that are known, by property.
func attributes() map[string]string {
	return map[string]string{"DropInvalidHeaderFields": "routing.http.drop_invalid_header_fields.enabled"}
}

func loadBalancer() room.Room {
	const arn = "arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/{kind}/{LoadBalancerName}/{number}"
	var named []string
	for property := range attributes() {
		named = append(named, property)
	}
	slices.Sort(named)
	return room.Room{
		Type: "AWS::ElasticLoadBalancingV2::LoadBalancer", Doc: "a load balancer", ASFF: "AwsElbv2LoadBalancer", TF: []string{"aws_lb", "aws_alb"},
		ARN: arn, ARNIn: "LoadBalancerArn", Name: "{LoadBalancerName}", ID: "LoadBalancerArn", Gone: []string{"LoadBalancerNotFound"},
		Properties: []room.Property{
			{Name: "Name", Kind: room.String, API: "LoadBalancerName", Config: "loadBalancerName"},
			{Name: "Type", Kind: room.String, Default: "application", TF: "load_balancer_type", Doc: "application, network or gateway"},
			{Name: "Scheme", Kind: room.String, TF: room.None, Doc: "internet-facing or internal"},
			attribute("DropInvalidHeaderFields", room.Bool, false, "of Application Load Balancers"),
		},
		Finds: room.Read{Call: "DescribeLoadBalancers", Items: "LoadBalancers"},
		Each:  []room.Read{{Call: "DescribeLoadBalancerAttributes", In: room.Tree{"LoadBalancerArn": "{LoadBalancerArn}"}, Expect: "Attributes", For: named, On: "*"}},
		Alone: []room.Read{{Call: "DescribeLoadBalancers", In: room.Tree{"LoadBalancerArns": []any{arn}}, Items: "LoadBalancers", On: "*"}},
		Writes: []room.Write{{
			Call: "ModifyLoadBalancerAttributes", Rate: 3, Sets: named, Back: room.Restores,
			In: room.Tree{"LoadBalancerArn": "{LoadBalancerArn}"}, Build: changed,
		}},
		Pages: []room.Page{{
			Sets: []string{"DropInvalidHeaderFields"}, Open: []string{"Amazon EC2", "Load Balancers", "{LoadBalancerName}", "Attributes", "Edit"},
			At: map[string]string{"DropInvalidHeaderFields": "Traffic configuration > Packet handling > Drop invalid header fields"}, Save: []string{"Save changes"},
		}},
		Events: []string{"CreateLoadBalancer", "ModifyLoadBalancerAttributes"},
	}
}

// attribute is a property that is one of a list of keys and values, in answers and
// in templates. AWS Config does not have that list.
func attribute(name string, kind room.Kind, silence any, doc string) room.Property {
	at := "[Key=" + attributes()[name] + "].Value"
	return room.Property{Name: name, Kind: kind, API: "Attributes" + at, CFN: "LoadBalancerAttributes" + at, Config: room.None, Default: silence, Doc: doc}
}

// changed are the attributes that change; AWS leaves the others as they are.
func changed(values map[string]any) (room.Tree, error) {
	var list []any
	for property, v := range values {
		list = append(list, room.Tree{"Key": attributes()[property], "Value": fmt.Sprint(v)})
	}
	slices.SortFunc(list, func(a, b any) int { return strings.Compare(room.TextOf(a, "Key"), room.TextOf(b, "Key")) })
	return room.Tree{"Attributes": list}, nil
}
