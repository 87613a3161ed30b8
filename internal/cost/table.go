// Package cost says what a fix adds to a month's bill: it puts facts about a
// resource and a table of prices into amounts with their formulas. It is pure,
// and what it says is an estimate.
package cost

import (
	_ "embed"
	"encoding/json"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/locale"
)

//go:embed prices.json
var prices []byte

// Price is one price of AWS's, or of whoever bills in its place.
type Price struct {
	Service  string  `json:"service"` // as AWS's price list names it: "AmazonCloudWatch"
	Usage    string  `json:"usage"`   // the usage type, without the Region before it: "VendedLog-Bytes"
	Region   string  `json:"region"`  // "*": every Region of the partition aws
	Unit     string  `json:"unit"`
	Price    float64 `json:"price"`
	Currency string  `json:"currency"` // "" is the table's
	Source   string  `json:"source"`   // an address
	Date     string  `json:"date"`     // when it was read; "" is the table's
	Note     string  `json:"note"`
}

// Table holds prices in one currency.
type Table struct {
	Currency string  `json:"currency"`
	Date     string  `json:"date"`
	Prices   []Price `json:"prices"`
}

// BuiltIn returns the table that comes with kumoban.
func BuiltIn() (*Table, error) {
	var raw any
	if err := json.Unmarshal(prices, &raw); err != nil {
		return nil, err
	}
	return Parse(raw)
}

// currencies are those that AWS can be paid in (re:Post, "What currencies does
// AWS currently support?", and India's), with the digits of ISO 4217.
func currencies() map[string]int {
	digits := map[string]int{"CLP": 0, "JPY": 0, "KRW": 0}
	for name := range strings.FieldsSeq("AED AUD BRL CAD CHF CNY COP DKK EGP EUR GBP HKD IDR INR MYR NGN NOK NZD PLN RON SEK SGD TRY UAH USD UYU ZAR") {
		digits[name] = 2
	}
	return digits
}

// item is a usage that kumoban asks for a price of.
type item struct{ service, usage string }

// units are the usages that estimates are made of, with their units.
func units() map[item]string {
	list := map[item]string{
		{"AmazonCloudWatch", "VendedLog-Bytes"}: "GB", {"AmazonCloudWatch", "DataProcessing-Bytes"}: "GB",
		{"AmazonCloudWatch", "TimedStorage-ByteHrs"}: "GB-month",
		{"awswaf", "WebACL"}:                         "month", {"awswaf", "Rule"}: "month", {"awswaf", "Request"}: "1M requests",
		{"AWSXRay", "XRay-TracesStored"}: "1M traces",
	}
	for size := range strings.FieldsSeq("0.5 1.6 6.1 13.5 28.4 58.2 118 237") { // API Gateway's cache sizes
		list[cached(size)] = "hour"
	}
	return list
}

func cached(size string) item { return item{"AmazonApiGateway", "ApiGatewayCacheUsage:" + size + "GB"} }

var (
	regionPattern = regexp.MustCompile(`^(\*|[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2})$`)
)

// Parse reads a table that was decoded from JSON or YAML. What is wrong with it
// is a [*locale.Error].
func Parse(raw any) (*Table, error) {
	t := &Table{}
	top, ok := raw.(map[string]any)
	list, isList := top["prices"].([]any)
	if !ok || !isList || len(list) == 0 {
		return nil, locale.Errorf("cost.table.shape")
	}
	if err := read(top, map[string]any{"currency": &t.Currency, "date": &t.Date, "prices": &[]any{}}); err != nil {
		return nil, err
	}
	if _, known := currencies()[t.Currency]; !known {
		return nil, locale.Errorf("cost.table.currency", locale.A("currency", locale.Clean(t.Currency)), locale.A("currencies", strings.Join(slices.Sorted(maps.Keys(currencies())), " ")))
	}
	if !isDay(t.Date) {
		return nil, locale.Errorf("cost.table.date", locale.A("date", locale.Clean(t.Date)))
	}
	for _, one := range list {
		fields, ok := one.(map[string]any)
		if !ok {
			return nil, locale.Errorf("cost.table.shape")
		}
		if err := t.add(fields); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// read puts values into the fields that they are named for.
func read(from, to map[string]any) error {
	for name, v := range from {
		field := to[name]
		ok := true
		switch field := field.(type) {
		case *string:
			*field, ok = v.(string)
		case *float64:
			*field, ok = number(v)
		case *[]any:
		default:
			return locale.Errorf("cost.table.field", locale.A("field", locale.Clean(name)), locale.A("fields", slices.Sorted(maps.Keys(to))))
		}
		if !ok {
			return locale.Errorf("cost.table.value", locale.A("field", name))
		}
	}
	return nil
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case uint64:
		return float64(v), true
	}
	return 0, false
}

func (t *Table) add(fields map[string]any) error {
	p := Price{Price: -1}
	err := read(fields, map[string]any{
		"service": &p.Service, "usage": &p.Usage, "region": &p.Region, "unit": &p.Unit, "price": &p.Price,
		"currency": &p.Currency, "source": &p.Source, "date": &p.Date, "note": &p.Note,
	})
	if err != nil {
		return err
	}
	what := locale.A("usage", locale.Clean(p.Service+" "+p.Usage))
	unit, known := units()[item{p.Service, p.Usage}]
	switch {
	case !known:
		return locale.Errorf("cost.table.usage", what, locale.A("usages", usages()))
	case p.Currency != "" && p.Currency != t.Currency:
		return locale.Errorf("cost.table.mixed", what, locale.A("currency", locale.Clean(p.Currency)), locale.A("table", t.Currency))
	case p.Unit != unit:
		return locale.Errorf("cost.table.unit", what, locale.A("unit", locale.Clean(p.Unit)), locale.A("want", unit))
	case !regionPattern.MatchString(p.Region):
		return locale.Errorf("cost.table.region", what, locale.A("region", locale.Clean(p.Region)))
	case p.Price < 0 || math.IsInf(p.Price, 0) || math.IsNaN(p.Price):
		return locale.Errorf("cost.table.price", what, locale.A("region", p.Region))
	case p.Date != "" && !isDay(p.Date):
		return locale.Errorf("cost.table.date", locale.A("date", locale.Clean(p.Date)))
	case slices.ContainsFunc(t.Prices, func(o Price) bool {
		return o.Service == p.Service && o.Usage == p.Usage && o.Region == p.Region
	}):
		return locale.Errorf("cost.table.twice", what, locale.A("region", p.Region))
	}
	t.Prices = append(t.Prices, p)
	return nil
}

func usages() (names []string) {
	for i := range units() {
		names = append(names, i.service+" "+i.usage)
	}
	slices.Sort(names)
	return names
}

// price finds what a Region asks for a usage: its own price before one for all.
func (t *Table) price(i item, partition, region string) *Price {
	var all *Price
	for n := range t.Prices {
		p := &t.Prices[n]
		switch {
		case p.Service != i.service || p.Usage != i.usage:
		case p.Region == region:
			return p
		case p.Region == "*" && partition == "aws":
			all = p
		}
	}
	return all
}

// isDay tells whether a text is a day of the calendar.
func isDay(text string) bool {
	_, err := time.Parse("2006-01-02", text)
	return err == nil
}
