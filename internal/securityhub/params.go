package securityhub

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
)

// ParamsCall is the call of [Hub.Params]; IAM knows no resource of it.
func ParamsCall() *awsclient.Call {
	c := hubCall("BatchGetSecurityControls", "SecurityControls", awsclient.Quota{Rate: 10, Burst: 30})
	c.Resource = "*"
	return c
}

// notThere are the codes of controls that Security Hub does not have in a Region.
func notThere() []string { return []string{"NOT_FOUND", "RESOURCE_NOT_FOUND"} }

// Params returns, by control and name, the parameters of controls that the account
// has set in its Security Hub, as --param takes them; those that follow AWS's
// defaults are left out. A control that Security Hub does not have there has none.
// The errors are those of one call, or an answer that leaves a control out.
func (h *Hub) Params(ctx context.Context, ids []string) (map[string]map[string]string, error) {
	params := map[string]map[string]string{}
	for part := range slices.Chunk(ids, maxBatch) {
		call, list := ParamsCall(), make([]any, len(part))
		for i, id := range part {
			list[i] = id
		}
		out, err := awsclient.Do(ctx, h.Lane, call, awsclient.Over(wire.New(h.Config), call, "securityhub", map[string]any{"SecurityControlIds": list}))
		if err != nil {
			return nil, h.failed(err)
		}
		if err := take(params, call, part, out); err != nil {
			return nil, err
		}
	}
	return params, nil
}

// take reads one answer.
func take(params map[string]map[string]string, call *awsclient.Call, asked []string, out map[string]any) error {
	seen := map[string]bool{}
	for _, item := range objects(out, "SecurityControls") {
		id, _ := item["SecurityControlId"].(string)
		seen[strings.ToLower(id)] = true
		i := slices.IndexFunc(asked, func(a string) bool { return strings.EqualFold(a, id) })
		if i < 0 {
			continue
		}
		all, _ := item["Parameters"].(map[string]any)
		for name, v := range all {
			p, _ := v.(map[string]any)
			if p["ValueType"] == "DEFAULT" {
				continue
			}
			value, ok := text(p["Value"])
			if !ok || p["ValueType"] != "CUSTOM" {
				return awsclient.NewGarbled(call, "the parameter "+name+" of "+asked[i]+" has no value")
			}
			if params[asked[i]] == nil {
				params[asked[i]] = map[string]string{}
			}
			params[asked[i]][name] = value
		}
	}
	for _, item := range objects(out, "UnprocessedIds") {
		id, _ := item["SecurityControlId"].(string)
		code, _ := item["ErrorCode"].(string)
		if !slices.Contains(notThere(), code) {
			return awsclient.NewGarbled(call, id+": "+code)
		}
		seen[strings.ToLower(id)] = true
	}
	for _, id := range asked {
		if !seen[strings.ToLower(id)] {
			return awsclient.NewGarbled(call, "the answer leaves out "+id)
		}
	}
	return nil
}

func objects(out map[string]any, name string) []map[string]any {
	items, _ := out[name].([]any)
	found := make([]map[string]any, 0, len(items))
	for _, item := range items {
		if m, ok := item.(map[string]any); ok {
			found = append(found, m)
		}
	}
	return found
}

// text is a value as --param takes it: a list with commas. AWS sends it below the
// name of its type: Integer, Double, Boolean, String, Enum, and lists of them.
func text(v any) (string, bool) {
	union, _ := v.(map[string]any)
	for _, value := range union {
		items, many := value.([]any)
		if !many {
			return scalar(value)
		}
		words := make([]string, len(items))
		for i, item := range items {
			word, ok := scalar(item)
			if !ok {
				return "", false
			}
			words[i] = word
		}
		return strings.Join(words, ","), len(words) > 0
	}
	return "", false
}

func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, v != ""
	case bool:
		return strconv.FormatBool(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case json.Number:
		return v.String(), true
	}
	return "", false
}
