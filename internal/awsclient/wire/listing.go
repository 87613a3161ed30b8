package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient/wire/protocol"
)

// errCut is a listing that says more follows, but not how to get it.
var errCut = errors.New("the listing is cut off without saying how it goes on")

// At returns what stands at a path of members in an answer: "DistributionList.Items";
// nil: nothing.
func At(out map[string]any, path string) any {
	var v any = out
	for name := range strings.SplitSeq(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}

// Turn returns the input that asks for the page of a token; "" is the first.
func Turn(p *protocol.Pager, in map[string]any, token string) (map[string]any, error) {
	in = maps.Clone(in)
	if in == nil {
		in = map[string]any{}
	}
	if p.Size > 0 && in[p.Limit] == nil {
		in[p.Limit] = int64(p.Size)
	}
	if token == "" {
		return in, nil
	}
	if len(p.In) == 1 {
		in[p.In[0]] = token
		return in, nil
	}
	var tokens []string
	if err := json.Unmarshal([]byte(token), &tokens); err != nil || len(tokens) != len(p.In) {
		return nil, fmt.Errorf("no token of this listing: %w", err)
	}
	for i, name := range p.In {
		if tokens[i] != "" {
			in[name] = tokens[i]
		}
	}
	return in, nil
}

// Next returns the token of the page that follows; "": none does. Several tokens
// are made one.
func Next(p *protocol.Pager, out map[string]any) (string, error) {
	if p.More != "" {
		if more, said := At(out, p.More).(bool); said && !more {
			return "", nil
		}
	}
	tokens, some := make([]string, len(p.Out)), false
	for i, path := range p.Out {
		tokens[i], _ = At(out, path).(string)
		some = some || tokens[i] != ""
	}
	switch {
	case !some && p.More != "" && At(out, p.More) == true:
		return "", errCut
	case !some:
		return "", nil
	case len(tokens) == 1:
		return tokens[0], nil
	}
	joined, err := json.Marshal(tokens)
	return string(joined), err
}

// Items are a page's: of all the lists that the pager names, in their order.
func Items(p *protocol.Pager, out map[string]any) []any {
	var items []any
	for _, path := range p.Items {
		list, _ := At(out, path).([]any)
		items = append(items, list...)
	}
	return items
}
