package handbook_test

import (
	"bytes"
	"strings"
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
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/guide"
	"github.com/kumoban/kumoban/internal/handbook"
	"github.com/kumoban/kumoban/internal/locale"
)

// all are the controls whose guides are derived in part.
func all() (list []*control.Control) {
	for _, of := range []func() []*control.Control{
		account.Controls, cloudfront.Controls, cloudtrail.Controls, dynamodb.Controls, ec2.Controls, ecs.Controls, elb.Controls, iam.Controls,
		kms.Controls, lambda.Controls, rds.Controls, s3.Controls, sqs.Controls, ssm.Controls,
	} {
		for _, c := range of() {
			c.Describe()
			list = append(list, c)
		}
	}
	return list
}

// TestWhole: every guide has all sections, in order, in both languages, and those
// whose remedy changes a property show how.
func TestWhole(t *testing.T) {
	derived := 0
	for _, c := range all() {
		for _, lang := range locale.Langs() {
			cat, err := locale.New(lang)
			if err != nil {
				t.Fatal(err)
			}
			g, err := handbook.Load(c, cat)
			if err != nil {
				t.Errorf("%s: %v", c.ID, err)
				continue
			}
			var keys []string
			for _, s := range g.Sections {
				keys = append(keys, s.Key)
			}
			if got, want := strings.Join(keys, " "), strings.Join(guide.SectionKeys(), " "); got != want {
				t.Errorf("%s.%s has the sections %s", c.ID, lang, got)
			}
			var b bytes.Buffer
			if err := g.Markdown(&b, cat, c); err != nil {
				t.Errorf("%s: %v", c.ID, err)
			}
			shows := strings.Contains(b.String(), "```sh\n")
			switch {
			case lang == locale.English && shows:
				derived++
			case lang == locale.English:
				t.Logf("%s: nothing is derived", c.ID)
			}
		}
	}
	if derived < 25 {
		t.Errorf("%d guides show commands", derived)
	}
}
