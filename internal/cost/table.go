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

	units map[Item]string
}

// Usage is what AWS meters and bills, with its prices as far as a source names them.
type Usage struct {
	Item
	Unit   string  // what a price is for: "GB-month"
	Prices []Price // by Region, each with its source and day; the rest of them follows
}

// Item names a usage.
type Item struct {
	Service string // as AWS's price list names it: "AmazonDynamoDB"
	Type    string // the usage type, without the Region before it: "TimedPITRStorage-ByteHrs"
}

func (i Item) String() string { return i.Service + " " + i.Type }

// BuiltIn returns the table that comes with kumoban, with the prices of more usages.
func BuiltIn(more []Usage) (*Table, error) {
	var raw any
	if err := json.Unmarshal(prices, &raw); err != nil {
		return nil, err
	}
	t, err := Parse(raw, more)
	if err != nil {
		return nil, err
	}
	for _, u := range more {
		for _, p := range u.Prices {
			p.Service, p.Usage, p.Unit = u.Service, u.Type, u.Unit
			if err := t.take(p); err != nil {
				return nil, err
			}
		}
	}
	return t, nil
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

// units are the usages that estimates are made of, with their units: those of this
// package's own kinds of charges, and more.
func units(more []Usage) map[Item]string {
	list := map[Item]string{
		{"AmazonCloudWatch", "VendedLog-Bytes"}: "GB", {"AmazonCloudWatch", "DataProcessing-Bytes"}: "GB",
		{"AmazonCloudWatch", "TimedStorage-ByteHrs"}: "GB-month",
		{"awswaf", "WebACL"}:                         "month", {"awswaf", "Rule"}: "month", {"awswaf", "Request"}: "1M requests",
		{"AWSXRay", "XRay-TracesStored"}: "1M traces",
	}
	for _, u := range more {
		list[u.Item] = u.Unit
	}
	return list
}

var (
	regionPattern = regexp.MustCompile(`^(\*|[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2})$`)
)

// Parse reads a table that was decoded from JSON or YAML. More are the usages that
// it may price beside those of this package's kinds of charges. What is wrong with
// it is a [*locale.Error].
func Parse(raw any, more []Usage) (*Table, error) {
	t := &Table{units: units(more)}
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
	return t.take(p)
}

// take holds a price to what it may be.
func (t *Table) take(p Price) error {
	what := locale.A("usage", locale.Clean(p.Service+" "+p.Usage))
	unit, known := t.units[Item{p.Service, p.Usage}]
	switch {
	case !known:
		return locale.Errorf("cost.table.usage", what, locale.A("usages", usages(t.units)))
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

func usages(units map[Item]string) (names []string) {
	for i := range units {
		names = append(names, i.String())
	}
	slices.Sort(names)
	return names
}

// price finds what a Region asks for a usage: its own price before one for all.
func (t *Table) price(i Item, partition, region string) *Price {
	var all *Price
	for n := range t.Prices {
		p := &t.Prices[n]
		switch {
		case p.Service != i.Service || p.Usage != i.Type:
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

// Unit is what a price of a usage is for; "": estimates use none.
func (t *Table) Unit(i Item) string { return t.units[i] }
