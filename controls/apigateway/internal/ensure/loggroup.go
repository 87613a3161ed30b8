package ensure

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
)

// LogGroupPattern is the form of a log group's name, from the API model of
// CloudWatch Logs.
const LogGroupPattern = `[.\-_/#A-Za-z0-9]{1,512}`

// DefaultRetention is how many days a new log group keeps events unless somebody
// decides otherwise: a year, as PCI DSS 10.5.1 asks for. The guides take the same.
const DefaultRetention = "365"

// Retentions lists the days that CloudWatch Logs can keep events for, from its
// API model.
func Retentions() []string {
	return []string{
		"1", "3", "5", "7", "14", "30", "60", "90", "120", "150", "180", "365", "400", "545", "731", "1096", "1827",
		"2192", "2557", "2922", "3288", "3653",
	}
}

// LogGroupName is where a stage logs to unless somebody names another. Names
// under /aws/vendedlogs/ spare the CloudWatch Logs resource policy, whose length
// is limited. A log group's name cannot hold the $ of $default; a stage's name
// holds no dot, so that no other stage gets the same log group.
func LogGroupName(api, stage string) string {
	return "/aws/vendedlogs/kumoban/" + api + "/" + strings.ReplaceAll(stage, "$", ".")
}

// LogGroup is a log group to write to.
type LogGroup struct {
	Name      string
	Retention string // in days, one of Retentions
	Key       string // "", the ARN of a KMS key, or "new"
}

// ARN is the log group's, without the ":*" that some calls put behind it.
func (g LogGroup) ARN(at resource.Scope) string {
	return "arn:" + at.Partition + ":logs:" + at.Region + ":" + at.Account + ":log-group:" + g.Name
}

// LogGroupTouches lists what [LogGroup.Ensure] may want changed.
func LogGroupTouches() []remedy.Touch {
	return []remedy.Touch{
		{Type: "AWS::KMS::Key", Name: aliasPrefix + "*", Make: true, Properties: []string{"EnableKeyRotation", "KeyPolicy"}},
		{Type: "AWS::Logs::LogGroup", Name: "*", Make: true, Properties: []string{"KmsKeyId", "RetentionInDays"}, Guards: []string{"Events"}},
	}
}

// Ensure makes the log group, with a new key where one is wanted. A log group
// that holds events is used as it is or not at all: shortening its retention
// would delete some of them.
func (g LogGroup) Ensure(at resource.Scope) ([]remedy.Ensure, error) {
	if ok, err := regexp.MatchString("^"+LogGroupPattern+"$", g.Name); err != nil || !ok || strings.HasPrefix(g.Name, "aws/") {
		return nil, locale.Errorf("fix.badLogGroup", locale.A("name", g.Name))
	}
	days, err := strconv.ParseFloat(g.Retention, 64)
	if err != nil || !slices.Contains(Retentions(), g.Retention) {
		return nil, locale.Errorf("fix.badInput", locale.A("input", "retention"), locale.A("value", g.Retention))
	}
	group := remedy.Ensure{
		ID:    "log-group",
		Thing: named(at, "AWS::Logs::LogGroup", g.Name),
		Set:   []remedy.Property{{Name: "RetentionInDays", Value: days}},
		Make:  true,
		Data:  true,
		Guards: []remedy.Guard{{
			Property: "Events", OneOf: []any{nil, false}, Why: locale.M("guard.logGroupInUse", locale.A("logGroup", g.Name)),
		}},
	}
	switch {
	case g.Key == "":
		return []remedy.Ensure{group}, nil
	case g.Key != "new":
		if key := Place(g.Key); key.Partition != at.Partition || key.Region != at.Region {
			return nil, locale.Errorf("fix.otherRegion", locale.A("arn", g.Key), locale.A("region", at.Region))
		}
		group.Set = append(group.Set, remedy.Property{Name: "KmsKeyId", Value: g.Key})
		return []remedy.Ensure{group}, nil
	}
	key, err := newKey(at, g)
	if err != nil {
		return nil, err
	}
	group.Set = append(group.Set, remedy.Property{Name: "KmsKeyId", Value: remedy.Output{Of: key.ID, Name: "Arn"}})
	group.After = []string{key.ID}
	return []remedy.Ensure{key, group}, nil
}
