package app_test

import (
	"slices"

	"github.com/kumoban/kumoban/controls"
	accountcontrols "github.com/kumoban/kumoban/controls/account"
	"github.com/kumoban/kumoban/controls/cloudfront"
	"github.com/kumoban/kumoban/controls/cloudtrail"
	"github.com/kumoban/kumoban/controls/dynamodb"
	"github.com/kumoban/kumoban/controls/ec2"
	"github.com/kumoban/kumoban/controls/ecs"
	"github.com/kumoban/kumoban/controls/elb"
	"github.com/kumoban/kumoban/controls/iam"
	"github.com/kumoban/kumoban/controls/kms"
	"github.com/kumoban/kumoban/controls/lambda"
	"github.com/kumoban/kumoban/controls/rds"
	"github.com/kumoban/kumoban/controls/s3"
	"github.com/kumoban/kumoban/controls/sqs"
	"github.com/kumoban/kumoban/controls/ssm"
	"github.com/kumoban/kumoban/internal/control"
)

// everyControl are the built-in controls, and those that are on their way there.
func everyControl() []*control.Control {
	all := controls.All()
	if slices.ContainsFunc(all, func(c *control.Control) bool { return c.ID == "SQS.1" }) {
		return all
	}
	more := slices.Concat(accountcontrols.Controls(), cloudfront.Controls(), cloudtrail.Controls(), dynamodb.Controls(), ec2.Controls(), ecs.Controls(), elb.Controls(),
		iam.Controls(), kms.Controls(), lambda.Controls(), rds.Controls(), s3.Controls(), sqs.Controls(), ssm.Controls())
	for _, c := range more {
		c.Describe()
	}
	return append(all, more...)
}
