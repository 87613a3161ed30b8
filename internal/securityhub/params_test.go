package securityhub

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
)

// TestParamsTake reads each type of value that the API's model has, in the shape that
// AWS's documentation of the call shows.
func TestParamsTake(t *testing.T) {
	const answer = `{"SecurityControls": [
		{"SecurityControlId": "ACM.1", "SecurityControlStatus": "ENABLED", "UpdateStatus": "READY", "Parameters": {
			"daysToExpiration": {"ValueType": "CUSTOM", "Value": {"Integer": 15}},
			"ports": {"ValueType": "CUSTOM", "Value": {"IntegerList": [22, 443]}},
			"share": {"ValueType": "CUSTOM", "Value": {"Double": 0.5}},
			"text": {"ValueType": "CUSTOM", "Value": {"String": "a"}},
			"texts": {"ValueType": "CUSTOM", "Value": {"StringList": ["a", "b"]}},
			"on": {"ValueType": "CUSTOM", "Value": {"Boolean": false}},
			"level": {"ValueType": "CUSTOM", "Value": {"Enum": "INFO"}},
			"levels": {"ValueType": "CUSTOM", "Value": {"EnumList": ["INFO"]}},
			"usual": {"ValueType": "DEFAULT", "Value": {"Integer": 30}}, "none": {"ValueType": "DEFAULT"}}},
		{"SecurityControlId": "apigateway.1", "Parameters": {}}, {"SecurityControlId": "X.9"}],
		"UnprocessedIds": [{"SecurityControlId": "APIGateway.8", "ErrorCode": "RESOURCE_NOT_FOUND", "ErrorReason": "x"}]}`
	read := func(text string) (map[string]map[string]string, error) {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		var out map[string]any
		if err := d.Decode(&out); err != nil {
			t.Fatal(err)
		}
		params := map[string]map[string]string{}
		return params, take(params, ParamsCall(), []string{"ACM.1", "APIGateway.1", "APIGateway.8"}, out)
	}
	got, err := read(answer)
	want := map[string]string{
		"daysToExpiration": "15", "ports": "22,443", "share": "0.5", "text": "a", "texts": "a,b", "on": "false", "level": "INFO", "levels": "INFO",
	}
	if err != nil || len(got) != 1 || !maps.Equal(got["ACM.1"], want) {
		t.Errorf("%v, %v", got, err)
	}
	for why, broken := range map[string]string{
		"leaves out APIGateway.1": strings.Replace(answer, "apigateway.1", "apigateway.2", 1),
		"ACCESS_DENIED":           strings.Replace(answer, "RESOURCE_NOT_FOUND", "ACCESS_DENIED", 1),
		"has no value":            strings.Replace(answer, `{"Integer": 15}`, `{}`, 1),
		"level":                   strings.Replace(answer, `"CUSTOM", "Value": {"Enum"`, `"LATER", "Value": {"Enum"`, 1),
	} {
		if _, err := read(broken); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", why, err)
		}
	}
}
