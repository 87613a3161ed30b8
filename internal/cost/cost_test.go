package cost

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/locale"
)

func builtIn(t *testing.T) *Table {
	t.Helper()
	table, err := BuiltIn([]Usage{{Item: cluster(), Unit: "hour", Prices: []Price{{Region: "us-east-1", Price: 0.2, Source: "https://aws.amazon.com/api-gateway/pricing/", Date: "2026-08-12"}}}})
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// cluster is a usage of a service's own.
func cluster() Item { return Item{"AmazonApiGateway", "ApiGatewayCacheUsage:6.1GB"} }

// cache is what a cache cluster costs with or without a fix.
func cache(says string) Charge {
	return Charge{Kind: Aside, Says: says, Size: "6.1", Usage: cluster(), Quantity: Hours, Billed: says == "cacheGoesOn"}
}

func requests(n float64) *Requests { return &Requests{N: n, Known: true} }

// near compares amounts to a millionth of a unit.
func near(a, b float64) bool { return math.Abs(a-b) < 1e-6 }

func text(t *testing.T, m locale.Message) string {
	t.Helper()
	catalog, err := locale.New(locale.English)
	if err != nil {
		t.Fatal(err)
	}
	return catalog.Text(m.Key, m.Args...)
}

// TestLogGroup works an access log in Tokyo out by hand.
//
// The format `$context.requestId $context.status` is, filled, a UUID of 36
// bytes, a space and "200": 40 bytes. CloudWatch Logs adds 26: 66 bytes.
// 12,000,000 requests × 66 bytes = 792,000,000 bytes = 0.792 GB.
// Taking in: 0.792 × 0.76 USD = 0.60192 USD.
// Keeping for 90 days: 0.792 × 90/30 = 2.376 GB × 0.033 USD = 0.078408 USD.
// Together 0.680328 USD a month.
func TestLogGroup(t *testing.T) {
	e := Of([]Charge{{Kind: AccessLog, Format: "$context.requestId $context.status", Days: 90}}, requests(12_000_000), builtIn(t), "aws", "ap-northeast-1")
	if len(e.Lines) != 2 || !near(e.Lines[0].Amount, 0.60192) || !near(e.Lines[1].Amount, 0.078408) {
		t.Fatalf("%+v", e.Lines)
	}
	if sum, known := e.Month(); !known || !near(sum, 0.680328) {
		t.Errorf("%f, %t", sum, known)
	}
	want := "taking in: 12,000,000 × 66 bytes (a line of 40, filled with sample values, and 26 that CloudWatch Logs adds) = 0.792 GB × 0.76 USD = 0.60 USD"
	if got := text(t, e.Lines[0].Says); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if !strings.HasPrefix(e.Lines[0].Source, "https://pricing.us-east-1.amazonaws.com/") {
		t.Errorf("source %q", e.Lines[0].Source)
	}
}

// TestCache works a cache of 6.1 GB in us-east-1 out by hand: 730 hours × 0.2
// USD = 146 USD a month. Encrypting adds nothing to it; that a cluster may be
// turned off saves what it costs, but not by the fix itself.
func TestCache(t *testing.T) {
	for _, says := range []string{"cacheGoesOn", "cacheIdle"} {
		e := Of([]Charge{cache(says)}, nil, builtIn(t), "aws", "us-east-1")
		if !near(e.Lines[0].Amount, 146) || !e.Lines[0].Aside {
			t.Errorf("%s: %+v", says, e.Lines)
		}
		if sum, known := e.Month(); !known || sum != 0 {
			t.Errorf("%s: %f, %t", says, sum, known)
		}
		if got := text(t, e.Lines[0].Says); !strings.Contains(got, "730 hours × 0.2 USD = 146.00 USD") {
			t.Errorf("%s: %s", says, got)
		}
	}
	e := Of([]Charge{cache("cacheIdle")}, nil, builtIn(t), "aws", "ap-northeast-1")
	if got := text(t, e.Lines[0].Says); got != "not known: no price for ap-northeast-1 in the table of 2026-11-30 (AmazonApiGateway ApiGatewayCacheUsage:6.1GB)" {
		t.Error(got)
	}
}

// TestWebACL works a web ACL out by hand: 25,000,000 requests × 0.60 USD a
// million = 15 USD a month. One that is made for it costs 5 USD besides, which
// is told, and not added: kumoban makes none.
func TestWebACL(t *testing.T) {
	charges := []Charge{{Kind: Inspected}, {Kind: WebACL}}
	e := Of(charges, requests(25_000_000), builtIn(t), "aws", "eu-west-1") // the same in all Regions
	if !near(e.Lines[0].Amount, 15) || !near(e.Lines[1].Amount, 5) || !e.Lines[1].Aside {
		t.Errorf("%+v", e.Lines)
	}
	if sum, known := e.Month(); !known || !near(sum, 15) {
		t.Errorf("%f, %t", sum, known)
	}
	if got := text(t, e.Lines[0].Says); got != "AWS WAF: 25,000,000 requests × 0.6 USD a million = 15.00 USD; paid rule groups come on top" {
		t.Error(got)
	}
	if e := Of(charges, requests(1), builtIn(t), "aws-cn", "cn-north-1"); text(t, e.Lines[0].Says) != "not known: no price for cn-north-1 in the table of 2026-11-30 (awswaf Request)" {
		t.Errorf("China has prices of its own: %+v", e.Lines)
	}
}

// TestTraces takes at most the first request of each second and 5 percent of the
// rest: of 10,000,000 requests in 2,592,000 seconds 2,592,000 + 0.05 × 7,408,000
// = 2,962,400 traces, × 5 USD a million = 14.812 USD.
func TestTraces(t *testing.T) {
	e := Of([]Charge{{Kind: Traced}}, requests(10_000_000), builtIn(t), "aws", "us-east-1")
	if !near(e.Lines[0].Amount, 14.812) {
		t.Errorf("%+v", e.Lines)
	}
	few := Of([]Charge{{Kind: Traced}}, requests(1000), builtIn(t), "aws", "us-east-1")
	if !near(few.Lines[0].Amount, 0.005) {
		t.Errorf("%+v", few.Lines)
	}
}

// TestNoRequests is a fact, and costs nothing.
func TestNoRequests(t *testing.T) {
	e := Of([]Charge{{Kind: AccessLog, Format: "$context.requestId", Days: 30}}, requests(0), builtIn(t), "aws", "us-east-1")
	if sum, known := e.Month(); !known || sum != 0 {
		t.Errorf("%f, %t", sum, known)
	}
}

// TestNotKnown tells what a million requests would cost, and sums up nothing.
func TestNotKnown(t *testing.T) {
	unknown := &Requests{Says: locale.M("cost.requests.late")}
	for _, c := range []Charge{{Kind: AccessLog, Format: "x", Days: 30}, {Kind: ExecutionLog}, {Kind: Inspected}, {Kind: Traced}} {
		e := Of([]Charge{c}, unknown, builtIn(t), "aws", "us-east-1")
		if _, known := e.Month(); known {
			t.Errorf("%s is known", c.Kind)
		}
		for _, l := range e.Lines {
			if got := text(t, l.Says); !strings.Contains(got, "not known") || !strings.Contains(got, " USD") || strings.Contains(got, "{") || l.Known {
				t.Errorf("%s: %s", c.Kind, got)
			}
		}
	}
	// How much API Gateway writes is not known, however many requests there are.
	if _, known := (func() (float64, bool) {
		e := Of([]Charge{{Kind: ExecutionLog}}, requests(1000), builtIn(t), "aws", "us-east-1")
		return e.Month()
	})(); known {
		t.Error("an execution log's cost is known")
	}
}

// TestWholeTexts fills every place of every text in both languages.
func TestWholeTexts(t *testing.T) {
	kinds := []Charge{
		{Kind: AccessLog, Format: "x", Days: 30}, {Kind: ExecutionLog}, {Kind: Inspected}, {Kind: WebACL}, {Kind: Traced},
		cache("cacheGoesOn"), cache("cacheIdle"), {Kind: Nothing}, {Kind: Used, Usage: Item{"awswaf", "WebACL"}, Quantity: 1, Known: true}, {Kind: Used, Usage: Item{"awswaf", "Rule"}}, {Kind: Used, Usage: Item{"awswaf", "Rule"}, New: true}, {Kind: Authorizer}, {Kind: Key},
	}
	for _, lang := range locale.Langs() {
		catalog, err := locale.New(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range []*Requests{requests(1234567), {}} {
			for _, region := range []string{"us-east-1", "xx-none-1"} {
				for _, l := range Of(kinds, r, builtIn(t), "aws", region).Lines {
					if got := catalog.Text(l.Says.Key, l.Says.Args...); strings.ContainsAny(got, "{}") || got == l.Says.Key {
						t.Errorf("%s: %s", lang, got)
					}
				}
			}
		}
	}
}

// TestEachPriceHasASource holds the table that comes with kumoban to its word.
func TestEachPriceHasASource(t *testing.T) {
	table := builtIn(t)
	if table.Currency != "USD" || len(table.Prices) < 12 {
		t.Fatalf("%s, %d prices", table.Currency, len(table.Prices))
	}
	for _, p := range table.Prices {
		if !strings.HasPrefix(p.Source, "https://aws.amazon.com/") && !strings.HasPrefix(p.Source, "https://pricing.us-east-1.amazonaws.com/") || p.Date == "" || p.Date > table.Date {
			t.Errorf("%s %s %s: source %q of %q", p.Service, p.Usage, p.Region, p.Source, p.Date)
		}
	}
}

// TestTables takes a table in yen, and refuses what has no sense.
func TestTables(t *testing.T) {
	const price = `{"service": "awswaf", "usage": "Request", "region": "ap-northeast-1", "unit": "1M requests", "price": 93`
	for name, c := range map[string]struct{ table, err string }{
		"yen":                 {`{"currency": "JPY", "date": "2026-11-01", "prices": [` + price + `}]}`, ""},
		"yen, said twice":     {`{"currency": "JPY", "date": "2026-11-01", "prices": [` + price + `, "currency": "JPY"}]}`, ""},
		"another currency":    {`{"currency": "USD", "date": "2026-11-01", "prices": [` + price + `, "currency": "JPY"}]}`, "cost.table.mixed"},
		"an unknown currency": {`{"currency": "XAU", "date": "2026-11-01", "prices": [` + price + `}]}`, "cost.table.currency"},
		"no currency":         {`{"date": "2026-11-01", "prices": [` + price + `}]}`, "cost.table.currency"},
		"no prices":           {`{"currency": "USD", "date": "2026-11-01", "prices": []}`, "cost.table.shape"},
		"a list":              {`[]`, "cost.table.shape"},
		"no day":              {`{"currency": "USD", "date": "yesterday", "prices": [` + price + `}]}`, "cost.table.date"},
		"a mistyped field":    {`{"currency": "USD", "date": "2026-11-01", "prices": [` + price + `, "regoin": "x"}]}`, "cost.table.field"},
		"a text for a number": {`{"currency": "USD", "date": "2026-11-01", "prices": [` + strings.Replace(price, "93", `"93"`, 1) + `}]}`, "cost.table.value"},
		"below zero":          {`{"currency": "USD", "date": "2026-11-01", "prices": [` + strings.Replace(price, "93", "-1", 1) + `}]}`, "cost.table.price"},
		"an unknown usage":    {`{"currency": "USD", "date": "2026-11-01", "prices": [` + strings.Replace(price, "Request", "Requests", 1) + `}]}`, "cost.table.usage"},
		"another unit":        {`{"currency": "USD", "date": "2026-11-01", "prices": [` + strings.Replace(price, "1M requests", "request", 1) + `}]}`, "cost.table.unit"},
		"no Region":           {`{"currency": "USD", "date": "2026-11-01", "prices": [` + strings.Replace(price, "ap-northeast-1", "Tokyo", 1) + `}]}`, "cost.table.region"},
		"twice":               {`{"currency": "USD", "date": "2026-11-01", "prices": [` + price + `}, ` + price + `}]}`, "cost.table.twice"},
	} {
		var raw any
		if err := json.Unmarshal([]byte(c.table), &raw); err != nil {
			t.Fatal(err)
		}
		table, err := Parse(raw, nil)
		var ours *locale.Error
		if key := ""; errors.As(err, &ours) != (c.err != "") || ours != nil && ours.Key != c.err {
			t.Errorf("%s: %v, want %q %s", name, err, c.err, key)
			continue
		}
		if c.err != "" {
			continue
		}
		e := Of([]Charge{{Kind: Inspected}}, requests(2_600_000), table, "aws", "ap-northeast-1")
		if got := text(t, e.Lines[0].Says); !strings.Contains(got, "2,600,000 requests × 93 JPY a million = 242 JPY") { // 241.8
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestMoney(t *testing.T) {
	for want, c := range map[string]struct {
		amount   float64
		currency string
	}{
		"0.00 USD": {0, "USD"}, "< 0.01 USD": {0.0001, "USD"}, "0.01 USD": {0.006, "USD"}, "1,234.50 USD": {1234.5, "USD"}, "< 1 JPY": {0.2, "JPY"}, "1,234,568 JPY": {1234567.8, "JPY"},
	} {
		if got := Money(c.amount, c.currency); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestLength(t *testing.T) {
	for format, want := range map[string]int{
		"plain": 5, `{"s":"$context.status"}`: 11, "${context.status}$context.stage.": 3 + 4 + 1, "$context.authorizer.claims.sub": unsampled, "$context.error.message": 1,
	} {
		if got := Length(format); got != want {
			t.Errorf("%s: %d, want %d", format, got, want)
		}
	}
}

// TestUsed works usages out by hand: 12.5 GB-months × 0.2 USD = 2.50 USD. One that is
// made for it is told, and not added; how much there will be need not be known.
func TestUsed(t *testing.T) {
	kept := Item{"AmazonDynamoDB", "TimedPITRStorage-ByteHrs"}
	usages := []Usage{{Item: kept, Unit: "GB-month", Prices: []Price{{Region: "us-east-1", Price: 0.2, Date: "2026-11-30"}}}}
	table, err := BuiltIn(usages)
	if err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string]Charge{
		"AmazonDynamoDB TimedPITRStorage-ByteHrs: 12.5 GB-month × 0.2 USD = 2.50 USD":                                                 {Quantity: 12.5, Known: true},
		"AmazonDynamoDB TimedPITRStorage-ByteHrs: 0 GB-month × 0.2 USD = 0.00 USD":                                                    {Known: true},
		"AmazonDynamoDB TimedPITRStorage-ByteHrs: not known: how much of it there will be; 0.2 USD for each GB-month":                 {},
		"AmazonDynamoDB TimedPITRStorage-ByteHrs: 0.20 USD a month for one that is made for this; one that exists costs nothing more": {Quantity: 1, Known: true, New: true},
	} {
		c.Kind, c.Usage = Used, kept
		e := Of([]Charge{c}, nil, table, "aws", "us-east-1")
		if got := text(t, e.Lines[0].Says); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		sum, known := e.Month()
		if whole := c.Known || c.New; known != whole || c.Known && !c.New && !near(sum, c.Quantity*0.2) || c.New && sum != 0 {
			t.Errorf("%+v: %f, %t", c, sum, known)
		}
	}
	e := Of([]Charge{{Kind: Used, Usage: kept, Quantity: 1, Known: true}}, nil, table, "aws", "eu-west-1")
	if got := text(t, e.Lines[0].Says); got != "not known: no price for eu-west-1 in the table of 2026-11-30 (AmazonDynamoDB TimedPITRStorage-ByteHrs)" || e.Lines[0].Known {
		t.Error(got)
	}
	own := map[string]any{"currency": "JPY", "date": "2026-11-01", "prices": []any{map[string]any{
		"service": "AmazonDynamoDB", "usage": "TimedPITRStorage-ByteHrs", "region": "us-east-1", "unit": "GB-month", "price": 30,
	}}}
	if mine, err := Parse(own, usages); err != nil || len(mine.Prices) != 1 {
		t.Errorf("a table of one's own: %+v, %v", mine, err)
	}
	if _, err := Parse(own, nil); err == nil {
		t.Error("a usage that nothing is billed by has a price")
	}
}
