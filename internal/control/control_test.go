package control

import (
	"slices"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/fact"
)

func two() []*Control {
	return []*Control{
		{ID: "APIGateway.1", Severity: Medium, Parameters: []Parameter{{Name: "loggingLevel", Values: []string{"ERROR", "INFO"}}}},
		{ID: "APIGateway.10", Severity: High, NotOffered: []string{"cn-north-1"}, Parameters: []Parameter{{Name: "strict", Values: []string{"true", "false"}, Default: "false", Ours: true}}},
	}
}

func TestSelect(t *testing.T) {
	for _, c := range []struct {
		name string
		s    Selection
		want string // ids, or the beginning of the error
	}{
		{"all", Selection{}, "APIGateway.1 APIGateway.10"},
		{"anchored", Selection{Patterns: []string{"APIGateway.1"}}, "APIGateway.1"},
		{"glob, any case", Selection{Patterns: []string{"apigateway.*"}}, "APIGateway.1 APIGateway.10"},
		{"one character", Selection{Patterns: []string{"apigateway.1?"}}, "APIGateway.10"},
		{"service, any case", Selection{Services: []string{"apigateway"}, Severity: High}, "APIGateway.10"},
		{"service and pattern", Selection{Services: []string{"APIGateway"}, Patterns: []string{"*.1"}}, "APIGateway.1"},
		{"a service without controls yet", Selection{Services: []string{"dynamodb"}}, "error: kumoban has none of the 5 controls for DynamoDB of AWS Foundational Security Best Practices yet; it has controls for APIGateway"},
		{"a service with one control, without it yet", Selection{Services: []string{"PCA"}}, "error: kumoban does not have the only control for PCA"},
		{"a slip in a service", Selection{Services: []string{"apigatway"}}, "error: there is no service apigatway: did you mean APIGateway? (kumoban has controls for APIGateway)"},
		{"a slip in a service without controls yet", Selection{Services: []string{"dynamobd"}}, "error: there is no service dynamobd: did you mean DynamoDB?"},
		{"no service", Selection{Services: []string{"mainframe"}}, `error: there is no service "mainframe": kumoban has controls for APIGateway`},
		{"no service, empty", Selection{Services: []string{""}}, `error: there is no service "": kumoban has controls for APIGateway`},
		{"a control as a service", Selection{Services: []string{"apigateway.1"}}, "error: apigateway.1 is a control, not a service: use --control apigateway.1"},
		{"a pattern as a service", Selection{Services: []string{"apigateway.*"}}, "error: apigateway.* is a control, not a service: use --control apigateway.*"},
		{"severity", Selection{Severity: High}, "APIGateway.10"},
		{"typo", Selection{Patterns: []string{"APIGateway.1", "S3.1"}}, "error: kumoban does not have S3.1 of AWS Foundational Security Best Practices yet, nor any other for S3: see kumoban controls list"},
		{"not yet", Selection{Patterns: []string{"apigateway.2"}}, "error: kumoban does not have APIGateway.2 of AWS Foundational Security Best Practices yet; for APIGateway it has APIGateway.1, APIGateway.10"},
		{"slip", Selection{Patterns: []string{"apigatway.10"}}, "error: there is no control apigatway.10: did you mean APIGateway.10?"},
		{"nothing like it", Selection{Patterns: []string{"Nothing.77"}}, `error: no control matches "Nothing.77"`},
		{"retired", Selection{Patterns: []string{"appsync.1"}}, "error: AWS has retired AppSync.1"},
		{"too severe", Selection{Severity: Critical}, "error: none of the chosen controls has severity CRITICAL"},
		{"bad glob", Selection{Patterns: []string{"[a"}}, `error: no control matches "[a"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			set, err := Select(two(), c.s)
			var ids []string
			for _, s := range set {
				ids = append(ids, s.ID)
			}
			got := strings.Join(ids, " ")
			if err != nil {
				got = "error: " + err.Error()
			}
			if !strings.HasPrefix(got, c.want) || err == nil && got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// TestBothMustFit takes a service and a pattern that are both there, but not in one
// control.
func TestBothMustFit(t *testing.T) {
	all := append(two(), &Control{ID: "S3.8", Severity: High})
	_, err := Select(all, Selection{Services: []string{"s3"}, Patterns: []string{"APIGateway.*"}})
	if err == nil || !strings.HasPrefix(err.Error(), "no control for s3 matches APIGateway.*: --service and --control must both fit") {
		t.Errorf("%v", err)
	}
	set, err := Select(all, Selection{Services: []string{"S3", "apigateway"}, Severity: High})
	if err != nil || strings.Join(IDs(set.Controls()), " ") != "APIGateway.10 S3.8" || strings.Join(Services(all), " ") != "APIGateway S3" {
		t.Errorf("%v, %v, %v", IDs(set.Controls()), Services(all), err)
	}
}

func TestParams(t *testing.T) {
	set, err := Select(two(), Selection{Params: []string{"apigateway.1.loggingLevel=ERROR"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := set[0].Params.Get("loggingLevel"); got != "ERROR" {
		t.Errorf("loggingLevel %q", got)
	}
	if got := set[1].Params.Get("strict"); got != "false" || set[1].Params[0].Custom {
		t.Errorf("strict %q, custom %t; want the default", got, set[1].Params[0].Custom)
	}
	for _, bad := range []string{"", "x", "APIGateway.1", "APIGateway.1.loggingLevel", "APIGateway.1.loggingLevel=", "APIGateway.1.loggingLevel=error", "APIGateway.2.x=1", "APIGateway.1.x=1"} {
		if _, err := Select(two(), Selection{Params: []string{bad}}); err == nil {
			t.Errorf("parameter %q was accepted", bad)
		}
	}
}

func TestOffered(t *testing.T) {
	c := two()[1]
	if c.Offered("cn-north-1") || !c.Offered("ap-northeast-1") {
		t.Error("Offered must follow NotOffered")
	}
}

// TestDecide never turns an unknown into an answer.
func TestDecide(t *testing.T) {
	refused := &fact.Origin{Call: "apigateway:GetStages", Fault: "AccessDeniedException"}
	pass, fail := Pass("p"), Fail("f")
	for holds, want := range map[fact.Truth]Status{fact.True: Passed, fact.False: Failed, fact.Unknown: Unknown} {
		if got := Decide(holds, fact.Unread[string](refused), "X", pass, fail); got.Status != want {
			t.Errorf("%v gives %v, want %v", holds, got.Status, want)
		}
	}
	v := Decide(fact.Unknown, fact.Unread[string](refused), "X", pass, fail)
	if v.Cause != refused || v.Message.Key != "finding.unread" {
		t.Errorf("an unread value gives %+v", v)
	}
	if v := Decide(fact.Unknown, fact.Value[string]{}, "X", pass, fail); v.Message.Key != "finding.undecided" {
		t.Errorf("a value that nobody read gives %q", v.Message.Key)
	}
}

func TestWords(t *testing.T) {
	for _, s := range []Status{Unknown, Passed, Failed, NotApplicable} {
		var back Status
		if err := back.UnmarshalText([]byte(s.String())); err != nil || back != s {
			t.Errorf("%v came back as %v, %v", s, back, err)
		}
	}
	for s := Low; s <= Critical; s++ {
		if back, err := ParseSeverity(strings.ToLower(s.String())); err != nil || back != s {
			t.Errorf("%v came back as %v, %v", s, back, err)
		}
	}
	if _, err := ParseSeverity(""); err == nil {
		t.Error("no severity was accepted as one")
	}
}

func TestSelectOff(t *testing.T) {
	for _, c := range []struct {
		name string
		s    Selection
		want string
	}{
		{"left out, in any case", Selection{Off: []string{"apigateway.1"}}, "APIGateway.10"},
		{"left out of a glob", Selection{Patterns: []string{"APIGateway.*"}, Off: []string{"APIGateway.10"}}, "APIGateway.1"},
		{"run where it is named", Selection{Patterns: []string{"apigateway.10"}, Off: []string{"APIGateway.10"}}, "APIGateway.10"},
		{"none left", Selection{Off: []string{"APIGateway.1", "APIGateway.10"}}, "error: none of the chosen controls is left: disabled-controls in kumoban.yaml switches off APIGateway.1, APIGateway.10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			set, err := Select(two(), c.s)
			got := ""
			for _, s := range set {
				got = strings.TrimSpace(got + " " + s.ID)
			}
			if err != nil {
				got = "error: " + err.Error()
			}
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestParameterTypes: what AWS does not document is one sentence.
func TestParameterTypes(t *testing.T) {
	c := &Control{ID: "Bell.1", Parameters: []Parameter{
		{Name: "days", Type: Integer, Min: 1, Max: 365},
		{Name: "hours", Type: Double, Min: 0.1, Max: 72},
		{Name: "ports", Type: IntegerList, Min: 1, Max: 65535, Most: 2},
		{Name: "events", Type: EnumList, Values: []string{"a:*", "b"}},
		{Name: "tags", Type: StringList, Most: 2},
	}}
	for setting, want := range map[string]string{
		"days=1": "1", "days=365": "365", "days=0": "number from 1 to 365", "days=366": "number from 1 to 365", "days=07": "number", "days=1.5": "number", "days=": "number", "days=+3": "number",
		"hours=0.1": "0.1", "hours=72": "72", "hours=72.1": "from 0.1 to 72", "hours=NaN": "number",
		"ports=80": "80", "ports=80, 443": "80,443", "ports=80,443,8080": "at most 2", "ports=0": "whole numbers", "ports=80,": "whole numbers",
		"events=b,a:*": "b,a:*", "events=c": "one or more of", "events=": "one or more of",
		"tags=Owner,Env": "Owner,Env", "tags=,": "none of them empty", "tags=a,b,c": "at most 2",
	} {
		set, err := Select([]*Control{c}, Selection{Params: []string{"Bell.1." + setting}})
		if err != nil {
			if !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), " ") {
				t.Errorf("%s: %v, want %q", setting, err, want)
			}
			continue
		}
		name, _, _ := strings.Cut(setting, "=")
		if got := set[0].Params.Get(name); got != want {
			t.Errorf("%s: %q, want %q", setting, got, want)
		}
	}
}

// TestDescribe fills in AWS's facts and parameters, and leaves kumoban's own alone.
func TestDescribe(t *testing.T) {
	c := &Control{ID: "IAM.7", Parameters: []Parameter{{Name: "MinimumPasswordLength"}, {Name: "RequireSymbols"}, {Name: "ours", Values: []string{"x"}, Ours: true}}}
	c.Describe()
	length, symbols := c.Parameters[0], c.Parameters[1]
	if c.Severity != Medium || !c.Periodic() || c.Offered("ap-southeast-6") || !c.Offered("eu-west-1") {
		t.Errorf("%+v", c)
	}
	if length.Type != Integer || length.Min != 8 || length.Max != 128 || length.Default != "8" || len(symbols.Values) != 2 || symbols.Default != "true" || len(c.Parameters[2].Values) != 1 {
		t.Errorf("%+v", c.Parameters)
	}
	gone := &Control{ID: "S3.4"} // retired: AWS's page of Regions says nothing of it
	if gone.Describe(); gone.NotOffered != nil || !gone.Offered("ap-southeast-6") {
		t.Errorf("%+v", gone)
	}
	unread := &Control{ID: "Nothing.1", Severity: High}
	unread.Describe()
	if unread.Severity != High {
		t.Error("a control that AWS does not have was changed")
	}
}

// TestGravity lets one failure decide, then one doubt.
func TestGravity(t *testing.T) {
	list := []Status{Passed, NotApplicable, Failed, Unknown}
	slices.SortFunc(list, func(a, b Status) int { return b.Gravity() - a.Gravity() })
	if want := []Status{Failed, Unknown, Passed, NotApplicable}; !slices.Equal(list, want) {
		t.Errorf("%v, want %v", list, want)
	}
}
