package e2e

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// controlCase is one row of a control's decision table, in the oracle's words.
type controlCase struct{ Control, Case string }

func (c controlCase) String() string { return c.Control + ": " + c.Case }

// motoCases are the cases that the seeded account holds and that therefore are compared with the oracle.
var motoCases = map[string][]string{
	"APIGateway.1": {
		"HTTP API", "WebSocket ERROR", "WebSocket INFO", "WebSocket OFF",
		"WebSocket INFO, a route OFF", "WebSocket OFF, a route INFO",
		"no method settings", "nothing logs", "every setting logs", "every override logs, no default",
		"an override logs, the default does not", "the default logs, an override does not",
		"one override logs, another does not",
	},
	"APIGateway.2": {
		"certificate", "certificate, no HTTP back end", "HTTP back end", "HTTP_PROXY back end",
		"HTTP back end among others", "no HTTP back end", "no integration",
	},
	"APIGateway.3": {"traced", "not traced", "tracing unsaid"},
	"APIGateway.4": {"web ACL", "no web ACL"},
	"APIGateway.5": {
		"nothing cached",
		"cluster, encrypted", "no cluster, encrypted",
		"cluster, encrypted, beside an uncached open method", "no cluster, encrypted, beside an uncached open method",
		"cluster, the default is open", "no cluster, the default is open",
		"cluster, an override is open, the default is encrypted", "no cluster, an override is open, the default is encrypted",
		"cluster, an override is open, the default is off", "no cluster, an override is open, the default is off",
		"cluster, an override is open, no default",
	},
	"APIGateway.8": {
		"HTTP AWS_IAM", "HTTP CUSTOM", "HTTP JWT", "HTTP NONE", "HTTP NONE $default", "HTTP NONE preflight",
		"WEBSOCKET AWS_IAM", "WEBSOCKET CUSTOM", "WEBSOCKET NONE", "WEBSOCKET not $connect",
	},
	"APIGateway.9": {
		"HTTP with access logs", "HTTP with an empty destination", "HTTP without access logs",
		"WEBSOCKET with access logs", "WEBSOCKET with an empty destination", "WEBSOCKET without access logs",
	},
	"APIGateway.10": {
		"HTTP INTERNET", "HTTP unsaid", "HTTP VPC_LINK with TLS", "HTTP VPC_LINK without TLS",
		"WEBSOCKET VPC_LINK", "WEBSOCKET unsaid",
	},
	"APIGateway.11": {
		"SecurityPolicy_TLS13_1_3_2025_09", "SecurityPolicy_TLS13_1_3_FIPS_2025_09",
		"SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09", "SecurityPolicy_TLS13_2025_EDGE", "SecurityPolicy_TLS12_PFS_2025_EDGE",
		"SecurityPolicy_TLS12_2018_EDGE", "SecurityPolicy_TLS13_1_2_2021_06", "SecurityPolicy_TLS13_1_2_PQ_2025_09",
		"TLS_1_0", "TLS_1_2",
	},
}

// sameCases keeps motoCases honest in both directions.
func sameCases(t *testing.T, seen map[controlCase]int) {
	t.Helper()
	listed := map[controlCase]bool{}
	for control, cases := range motoCases {
		for _, c := range cases {
			listed[controlCase{control, c}] = true
		}
	}
	byName := func(a, b controlCase) int { return strings.Compare(a.String(), b.String()) }
	for _, c := range slices.SortedFunc(maps.Keys(listed), byName) {
		if seen[c] == 0 {
			t.Errorf("%s is listed, but the seeded account has no such resource", c)
		}
	}
	for _, c := range slices.SortedFunc(maps.Keys(seen), byName) {
		if !listed[c] {
			t.Errorf("%s is in the seeded account, but not listed", c)
		}
	}
}
