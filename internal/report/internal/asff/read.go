package asff

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

// Named is what a finding in the AWS Security Finding Format names: a control
// and a live resource that it judges.
type Named struct {
	ID          string       // the finding's own, as Security Hub knows it; empty where it does not say
	Control     string       // id, spelled as the built-in control spells it
	Ref         resource.Ref // scope, type and ARN
	Status      string       // Compliance.Status: PASSED, FAILED, WARNING or NOT_AVAILABLE
	RecordState string       // ACTIVE or ARCHIVED; empty where the finding does not say
	Workflow    string       // NEW, NOTIFIED, SUPPRESSED or RESOLVED; empty likewise
}

// Read reads findings of Security Hub or of kumoban as the console shows them,
// as GetFindings returns them, or as an EventBridge event carries them: one, a
// list, either inside "Findings" or "detail", or those inside the envelopes of
// SNS and SQS; and any number of these in a row, as a delivery stream writes
// them. A single finding that cannot be used makes the whole an error of
// [*locale.Error]: whoever named five findings is not served by four.
func Read(r io.Reader, all []*control.Control) ([]Named, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	list, several, err := findings(data)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, locale.Errorf("fix.finding.none")
	}
	named := make([]Named, len(list))
	for i, raw := range list {
		f := oneFinding{n: i + 1}
		err := json.Unmarshal(raw.text, &f)
		if err != nil {
			err = f.damaged(place(err))
		} else {
			named[i], err = f.named(all)
		}
		if err != nil {
			return nil, raw.locate(several, err)
		}
	}
	return named, nil
}

func place(err error) string {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return kind.Field
	}
	return ""
}

// oneFinding is the part of a finding that says what it is about.
type oneFinding struct {
	n             int // its number among those given, from 1
	ID            string
	ProductArn    string
	ProductName   string
	GeneratorID   string `json:"GeneratorId"`
	AwsAccountID  string `json:"AwsAccountId"`
	ProductFields map[string]any
	Resources     []struct{ Type, ID, Partition, Region string }
	Compliance    struct {
		Status, SecurityControlID string
		StatusReasons             []struct{ ReasonCode string }
		SecurityControlParameters []struct {
			Name  string
			Value []string
		}
	}
	RecordState string
	Workflow    struct{ Status string }
	ClassUID    any `json:"class_uid"` // of the Open Cybersecurity Schema Framework alone
}

func (f *oneFinding) damaged(field string) error {
	return locale.Errorf("fix.finding.damaged", locale.A("n", f.n), locale.A("field", cmp.Or(quote(field), "?")))
}

func (f *oneFinding) named(all []*control.Control) (Named, error) {
	if err := f.product(); err != nil {
		return Named{}, err
	}
	c, err := f.control(all)
	if err != nil {
		return Named{}, err
	}
	switch f.Compliance.Status {
	case "PASSED", "FAILED", "WARNING", "NOT_AVAILABLE":
	default:
		return Named{}, f.damaged("Compliance.Status")
	}
	ref, err := f.resource(c)
	if err != nil {
		return Named{}, err
	}
	return Named{ID: f.ID, Control: c.ID, Ref: ref, Status: f.Compliance.Status, RecordState: f.RecordState, Workflow: f.Workflow.Status}, nil
}

// product accepts Security Hub, and kumoban, whose findings Security Hub files
// under the account's own product.
func (f *oneFinding) product() error {
	if f.ClassUID != nil {
		return locale.Errorf("fix.finding.ocsf", locale.A("n", f.n))
	}
	a, ok := resource.ParseARN(f.ProductArn)
	if !ok || a.Service != "securityhub" {
		return f.damaged("ProductArn")
	}
	_, ours := f.ProductFields["kumoban/version"]
	ours = ours && a.Resource == "product/"+f.AwsAccountID+"/default"
	if a.Resource != "product/aws/securityhub" && !ours {
		name := cmp.Or(f.ProductName, strings.TrimPrefix(a.Resource, "product/"))
		return locale.Errorf("fix.finding.otherProduct", locale.A("n", f.n), locale.A("product", quote(name)))
	}
	return nil
}

// control finds the built-in control. With consolidated control findings off
// there is no SecurityControlId, but the standard's own field or generator.
func (f *oneFinding) control(all []*control.Control) (*control.Control, error) {
	id := f.Compliance.SecurityControlID
	if field, ok := f.ProductFields["ControlId"].(string); ok && id == "" {
		id = field
	}
	if id == "" {
		id = f.GeneratorID[strings.LastIndexByte(f.GeneratorID, '/')+1:]
	}
	if id == "" {
		return nil, f.damaged("Compliance.SecurityControlId")
	}
	for _, c := range all {
		if strings.EqualFold(c.ID, id) { // AWS does not always keep the case
			return c, nil
		}
	}
	return nil, locale.Errorf("fix.finding.otherControl", locale.A("n", f.n), locale.A("control", quote(id)))
}

// A finding comes from outside, and its Region and account decide where a
// signed request goes.
var (
	regionPattern  = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$`)
	accountPattern = regexp.MustCompile(`^[0-9]{12}$`)
	partPattern    = regexp.MustCompile(`^[A-Za-z0-9_$*+-]+(\.[A-Za-z0-9_$*+-]+)*$`)
)

func (f *oneFinding) resource(c *control.Control) (resource.Ref, error) {
	var none resource.Ref
	if len(f.Resources) == 0 {
		return none, f.damaged("Resources")
	}
	r := f.Resources[0]
	args := []locale.Arg{locale.A("n", f.n), locale.A("control", c.ID), locale.A("resource", quote(r.ID))}
	if at := (resource.Scope{Partition: cmp.Or(r.Partition, "aws"), Account: f.AwsAccountID, Region: r.Region}); r.Type == "AwsAccount" || resource.IsAccountID(r.ID) {
		if judgesSetting(c) && accountPattern.MatchString(at.Account) && at.Account != noAccount && regionPattern.MatchString(at.Region) && strings.HasPrefix(at.Partition, "aws") {
			return resource.OfAccount(at), nil
		}
		return none, locale.Errorf("fix.finding.account", args...)
	}
	a, ok := resource.ParseARN(r.ID)
	region := cmp.Or(r.Region, a.Region) // of a bucket or a user the ARN has none
	switch {
	case !ok && f.AwsAccountID == noAccount && r.ID != "":
		return none, locale.Errorf("fix.finding.source", args...)
	case !ok:
		return none, f.damaged("Resources[0].Id")
	case !accountPattern.MatchString(f.AwsAccountID) || f.AwsAccountID == noAccount || a.Account != "" && a.Account != f.AwsAccountID:
		return none, f.damaged("AwsAccountId")
	case !regionPattern.MatchString(region) || a.Region != "" && region != a.Region:
		return none, f.damaged("Resources[0].Region")
	case !strings.HasPrefix(a.Partition, "aws") || r.Partition != "" && r.Partition != a.Partition:
		return none, f.damaged("Resources[0].Partition")
	}
	t := typeOf(r.ID, a)
	if !c.Judges(t) {
		return none, locale.Errorf("fix.finding.otherResource", args...)
	}
	return resource.Ref{Scope: resource.Scope{Partition: a.Partition, Account: f.AwsAccountID, Region: region}, Type: t, ARN: r.ID}, nil
}

// judgesSetting tells whether a control's findings are an account's.
func judgesSetting(c *control.Control) bool {
	return slices.ContainsFunc(c.Checks, func(k control.Check) bool {
		e := catalog.Find(k.Type)
		return e != nil && e.Room.Setting
	})
}

// typeOf tells the type of a resource by its ARN, for the format has no name for
// some; "" where nobody knows it.
func typeOf(arn string, a resource.ARN) resource.Type {
	odd := func(p string) bool { return !partPattern.MatchString(p) }
	parts := strings.FieldsFunc(a.Resource, func(r rune) bool { return r == '/' || r == ':' })
	if e := catalog.ByARN(arn); e != nil && !slices.ContainsFunc(parts, odd) {
		return e.Room.Type
	}
	return ""
}

// quote makes what a finding says safe to show, and short.
func quote(s string) string {
	const most = 120
	if s = locale.Clean(s); len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
