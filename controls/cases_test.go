package controls_test

import (
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/kumoban/kumoban/controls/account"
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
	"github.com/kumoban/kumoban/internal/casefile"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/controltest"
)

// services are the controls with case files, whether or not they are on the list.
func services() map[string][]*control.Control {
	return map[string][]*control.Control{
		"account": account.Controls(), "cloudfront": cloudfront.Controls(), "cloudtrail": cloudtrail.Controls(), "dynamodb": dynamodb.Controls(), "ec2": ec2.Controls(),
		"ecs": ecs.Controls(), "elb": elb.Controls(), "iam": iam.Controls(), "kms": kms.Controls(), "lambda": lambda.Controls(), "rds": rds.Controls(), "s3": s3.Controls(),
		"sqs": sqs.Controls(), "ssm": ssm.Controls(),
	}
}

// TestCaseFiles runs the cases of controls in all four forms, and against the double.
func TestCaseFiles(t *testing.T) {
	for service, list := range services() {
		for _, c := range list {
			if _, err := fs.Stat(c.Files, casefile.Name); err == nil {
				c.Describe()
				t.Run(c.ID, func(t *testing.T) { controltest.Cases(t, c, filepath.Join(service, c.Folder)) })
				t.Run(c.ID+" over the wire", func(t *testing.T) { controltest.Wire(t, c, filepath.Join(service, c.Folder)) })
			}
		}
	}
}
