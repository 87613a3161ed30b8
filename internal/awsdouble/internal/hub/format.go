package hub

import (
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

func workflows() []string { return []string{"NEW", "NOTIFIED", "RESOLVED", "SUPPRESSED"} }

// required are the attributes that every finding must have.
func required() []string {
	return []string{
		"AwsAccountId", "CreatedAt", "Description", "GeneratorId", "Id", "ProductArn", "Resources", "SchemaVersion", "Severity", "Title", "Types", "UpdatedAt",
	}
}

// lengths are the most characters of texts, and enums what may stand in others.
func lengths() map[string]int {
	return map[string]int{
		"Id": 512, "GeneratorId": 512, "Title": 256, "Description": 1024, "ProductArn": 2048, "ProductName": 128, "CompanyName": 128,
		"Remediation.Recommendation.Text": 512,
	}
}

func enums() map[string][]string {
	labels := []string{"INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"}
	return map[string][]string{
		"SchemaVersion": {"2018-10-08"}, "RecordState": {"ACTIVE", "ARCHIVED"}, "Workflow.Status": workflows(),
		"Compliance.Status": {"PASSED", "WARNING", "FAILED", "NOT_AVAILABLE"}, "Severity.Label": labels, "FindingProviderFields.Severity.Label": labels,
	}
}

// invalid says what is wrong with a finding, or "".
func invalid(f *world.HubFinding) string {
	for _, name := range required() {
		if f.Fields[name] == nil {
			return "should have required property '" + name + "'"
		}
	}
	if list, ok := f.Fields["Resources"].([]any); !ok || len(list) == 0 || len(list) > 32 {
		return "Resources should hold 1 to 32 items"
	}
	if path := blank("", f.Fields); path != "" {
		return path + " should not be empty"
	}
	for name, most := range lengths() {
		if units(f.Text(strings.Split(name, ".")...)) > most {
			return name + " is too long"
		}
	}
	for name, values := range enums() {
		if v := f.Text(strings.Split(name, ".")...); v != "" && !slices.Contains(values, v) {
			return name + " should be equal to one of the allowed values"
		}
	}
	for _, name := range []string{"CreatedAt", "UpdatedAt", "FirstObservedAt", "LastObservedAt"} {
		if v := f.Text(name); v != "" {
			if _, ok := parse(v); !ok {
				return name + " should match format \"date-time\""
			}
		}
	}
	return ""
}

// blank is the path of the first text without a letter, or "".
func blank(path string, v any) string {
	switch v := v.(type) {
	case string:
		if strings.TrimSpace(v) == "" {
			return path
		}
	case []any:
		for _, x := range v {
			if p := blank(path+"[]", x); p != "" {
				return p
			}
		}
	case map[string]any:
		for name, x := range v {
			if p := blank(path+"."+name, x); p != "" {
				return p
			}
		}
	}
	return ""
}

// units counts characters as UTF-16 does, the narrowest reading of "length".
func units(s string) int { return len(utf16.Encode([]rune(s))) }

func parse(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05Z0700"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
