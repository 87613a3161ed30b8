package trail

import (
	"testing"

	"github.com/kumoban/kumoban/internal/resource"
)

// TestAboutByRoom finds the resource of a room in events as its service writes them.
func TestAboutByRoom(t *testing.T) {
	at := resource.Scope{Partition: "aws", Account: "111122223333", Region: "ap-northeast-1"}
	queue := resource.Ref{Scope: at, Type: "AWS::SQS::Queue", ARN: "arn:aws:sqs:ap-northeast-1:111122223333:orders"}
	bucket := resource.Ref{Scope: at, Type: "AWS::S3::Bucket", ARN: "arn:aws:s3:::orders"}
	service := resource.Ref{Scope: at, Type: "AWS::ECS::Service", ARN: "arn:aws:ecs:ap-northeast-1:111122223333:service/shop/web"}
	balancer := resource.Ref{Scope: at, ARN: "arn:aws:elasticloadbalancing:ap-northeast-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188"}
	template := resource.Ref{Scope: at, Type: "AWS::EC2::LaunchTemplate", ARN: "arn:aws:ec2:ap-northeast-1:111122223333:launch-template/lt-1"}
	policy := resource.OfAccount(at)
	policy.Type = "AWS::IAM::AccountPasswordPolicy"
	for label, c := range map[string]struct {
		ref     resource.Ref
		source  string
		request string
		want    bool
	}{
		"queue":             {queue, "sqs.amazonaws.com", `{"queueUrl": "https://sqs.ap-northeast-1.amazonaws.com/111122223333/orders", "attributes": {"SqsManagedSseEnabled": "false"}}`, true},
		"made":              {queue, "sqs.amazonaws.com", `{"queueName": "orders"}`, true},
		"another queue":     {queue, "sqs.amazonaws.com", `{"queueUrl": "https://sqs.ap-northeast-1.amazonaws.com/111122223333/new-orders"}`, false},
		"the name as a tag": {queue, "sqs.amazonaws.com", `{"queueName": "x", "tag": "orders"}`, false},
		"bucket":            {bucket, "s3.amazonaws.com", `{"bucketName": "orders", "PublicAccessBlockConfiguration": {}}`, true},
		"service by names":  {service, "ecs.amazonaws.com", `{"cluster": "shop", "service": "web"}`, true},
		"service by ARN":    {service, "ecs.amazonaws.com", `{"cluster": "arn:aws:ecs:ap-northeast-1:111122223333:cluster/shop", "service": "arn:aws:ecs:ap-northeast-1:111122223333:service/shop/web"}`, true},
		"of another one":    {service, "ecs.amazonaws.com", `{"cluster": "blog", "service": "web"}`, false},
		"balancer":          {balancer, "elasticloadbalancing.amazonaws.com", `{"loadBalancerArn": "` + balancer.ARN + `"}`, true},
		"template":          {template, "ec2.amazonaws.com", `{"ModifyLaunchTemplateRequest": {"LaunchTemplateId": "lt-1"}}`, true},
		"a setting":         {policy, "iam.amazonaws.com", `{"minimumPasswordLength": 14}`, true},
	} {
		t.Run(label, func(t *testing.T) {
			r, ok := parse(`{"requestParameters": ` + c.request + `}`)
			target := targetOf(&c.ref)
			if !ok || target.events == nil || target.source != c.source || r.about(target) != c.want {
				t.Errorf("%v %q %v, want %v", target.events, target.source, r.about(target), c.want)
			}
		})
	}
}
