// Package elb is what kumoban knows of Elastic Load Balancing's first API: Classic
// Load Balancers.
package elb

import "github.com/kumoban/kumoban/internal/room"

// Rooms are the resource types. The rate is the account's, over all actions of this
// API, which has buckets of its own, and a "mutating" one has less: "Request
// throttling for the Elastic Load Balancing API" in the user guide, read on 2026-11-30.
func Rooms() *room.Service {
	return &room.Service{Package: "elb", Doc: "Elastic Load Balancing (Classic Load Balancers)", Model: "elb", IAM: "elasticloadbalancing", Rate: 10, Burst: 40, Rooms: []room.Room{loadBalancer()}}
}

func loadBalancer() room.Room {
	const desync = "elb.http.desyncmitigationmode"
	return room.Room{
		Type: "AWS::ElasticLoadBalancing::LoadBalancer", Doc: "a Classic Load Balancer", ASFF: "AwsElbLoadBalancer", TF: []string{"aws_elb"},
		ARN: "arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/{LoadBalancerName}", Name: "{LoadBalancerName}", Gone: []string{"LoadBalancerNotFound", "AccessPointNotFound"},
		Properties: []room.Property{
			{Name: "LoadBalancerName", Kind: room.String, TF: "name"},
			// "The default is the defensive mode": "Configure desync mitigation mode for your
			// Classic Load Balancer" in the user guide. Neither CloudFormation nor AWS Config
			// has it.
			{
				Name: "DesyncMitigationMode", Kind: room.String, API: "LoadBalancerAttributes.AdditionalAttributes[Key=" + desync + "].Value",
				Config: room.None, CFN: room.None, Silent: "defensive", Provider: "defensive", Doc: "monitor, defensive or strictest",
			},
		},
		Finds: room.Read{Call: "DescribeLoadBalancers", Items: "LoadBalancerDescriptions"},
		Each:  []room.Read{{Call: "DescribeLoadBalancerAttributes", In: room.Tree{"LoadBalancerName": "{LoadBalancerName}"}, Expect: "LoadBalancerAttributes", For: []string{"DesyncMitigationMode"}, On: "*"}},
		Alone: []room.Read{{Call: "DescribeLoadBalancers", In: room.Tree{"LoadBalancerNames": []any{"{LoadBalancerName}"}}, Items: "LoadBalancerDescriptions", On: "*"}},
		Writes: []room.Write{{
			Call: "ModifyLoadBalancerAttributes", Rate: 3, Sets: []string{"DesyncMitigationMode"}, Back: room.Exposes,
			In: room.Tree{"LoadBalancerName": "{LoadBalancerName}", "LoadBalancerAttributes": room.Tree{"AdditionalAttributes": []any{room.Tree{"Key": desync, "Value": room.V("DesyncMitigationMode")}}}},
		}},
		Pages: []room.Page{{
			Sets: []string{"DesyncMitigationMode"}, Open: []string{"Amazon EC2", "Load Balancers", "{LoadBalancerName}", "Attributes", "Edit"},
			At:    map[string]string{"DesyncMitigationMode": "Traffic configuration > Desync mitigation mode"},
			Shows: map[string]string{"defensive": "Defensive - recommended", "strictest": "Strictest", "monitor": "Monitor"}, Save: []string{"Save changes"},
		}},
		Events: []string{"CreateLoadBalancer", "ModifyLoadBalancerAttributes"},
	}
}
