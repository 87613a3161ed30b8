package cost

import (
	"math"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
)

// Kind is what AWS bills of a fix.
type Kind string

// The kinds of charges.
const (
	AccessLog    Kind = "accessLog"    // a line of Format for each request, kept for Days
	ExecutionLog Kind = "executionLog" // entries that API Gateway writes as it likes
	Inspected    Kind = "inspected"    // AWS WAF looks at each request
	WebACL       Kind = "webAcl"       // a web ACL, if one is made for it
	Traced       Kind = "traced"       // X-Ray records a part of the requests
	Aside        Kind = "aside"        // what Says tells of a usage; the fix itself costs nothing
	Nothing      Kind = "nothing"      // AWS charges nothing for it
	Authorizer   Kind = "authorizer"   // whoever authorizes may cost
	Key          Kind = "key"          // a KMS key
	Used         Kind = "used"         // so much of a usage
	Unpriced     Kind = "unpriced"     // something of which no price is known
)

// Charge is one thing that AWS bills. A remedy names its charges.
type Charge struct {
	Kind   Kind
	Format string // of AccessLog
	Days   int    // of AccessLog

	// Of Aside: the end of the key of what is told, "cacheIdle" of cost.cacheIdle, with the
	// size of what is billed and its hours. Billed says that it is billed anyway: that
	// there is no price of it need not be told.
	Says, Size string
	Billed     bool

	// Of Used and Aside: what is metered, and how many units a month, where that is known. New
	// says that it is billed only where somebody makes one for it.
	Usage    Item
	Quantity float64
	Known    bool
	New      bool
}

// Follows tells whether the charge follows the number of requests.
func (c *Charge) Follows() bool {
	switch c.Kind {
	case AccessLog, ExecutionLog, Inspected, Traced:
		return true
	}
	return false
}

// Month is the days that requests are counted in, and that stand for a month.
const Month = 30

// Hours are those of a month as AWS's calculator counts them.
const Hours = 730

// Requests is how many requests a resource had in a [Month], or why nobody knows.
type Requests struct {
	N     float64
	Known bool
	Says  locale.Message // the number in a sentence, or why it is not known
}

// Line is one charge in words.
type Line struct {
	Says   locale.Message
	Amount float64 // a month
	Known  bool    // that there is an amount
	Aside  bool    // it is told, but does not belong to the sum
	Source string  // of the price
}

// Estimate is what a fix adds to the bill of a month.
type Estimate struct {
	Currency, Date, Region string
	Requests               *Requests // nil: nothing follows them
	Lines                  []Line
}

// Month sums the lines up; it is not known where one of them is not.
func (e *Estimate) Month() (sum float64, known bool) {
	known = true
	for _, l := range e.Lines {
		if !l.Aside {
			sum, known = sum+l.Amount, known && l.Known
		}
	}
	return sum, known
}

// Of estimates charges in a Region. Requests is nil where none of them follows
// the number of requests.
func Of(charges []Charge, requests *Requests, t *Table, partition, region string) Estimate {
	e := estimator{table: t, partition: partition, region: region, requests: requests}
	e.out = Estimate{Currency: t.Currency, Date: t.Date, Region: region, Requests: requests}
	for i := range charges {
		e.charge(&charges[i])
	}
	return e.out
}

type estimator struct {
	table             *Table
	partition, region string
	requests          *Requests
	out               Estimate
}

func (e *estimator) charge(c *Charge) {
	switch c.Kind {
	case AccessLog:
		e.accessLog(c)
	case ExecutionLog:
		e.executionLog()
	case Inspected:
		e.inspected()
	case WebACL:
		e.webACL()
	case Traced:
		e.traced()
	case Aside:
		e.aside(c)
	case Used:
		e.used(c)
	case Nothing:
		e.add(Line{Says: locale.M("cost.nothing"), Known: true})
	case Authorizer, Key, Unpriced:
		e.add(Line{Says: locale.M("cost." + string(c.Kind))})
	}
}

func (e *estimator) add(l Line) { e.out.Lines = append(e.out.Lines, l) }

// price finds a price, or adds that there is none for it.
func (e *estimator) price(i Item, aside bool) *Price {
	p := e.table.price(i, e.partition, e.region)
	if p == nil {
		e.add(Line{Aside: aside, Says: locale.M("cost.noPrice", locale.A("usage", i.String()), locale.A("region", e.region), locale.A("date", e.table.Date))})
	}
	return p
}

// line adds an amount; the message gets price, currency and amount.
func (e *estimator) line(key string, p *Price, amount float64, aside bool, args ...locale.Arg) {
	amount = math.Round(amount*1e6) / 1e6 // without what binary fractions leave
	args = append(args, locale.A("price", Figure(p.Price)), locale.A("currency", e.table.Currency), locale.A("amount", Money(amount, e.table.Currency)))
	e.add(Line{Says: locale.M(key, args...), Amount: amount, Known: true, Aside: aside, Source: p.Source})
}

// each adds what a million requests would cost, where their number is not known.
func (e *estimator) each(key string, p *Price, amount float64, args ...locale.Arg) {
	e.line(key+".each", p, amount, false, args...)
	e.out.Lines[len(e.out.Lines)-1].Known, e.out.Lines[len(e.out.Lines)-1].Amount = false, 0
}

const million = 1e6

func (e *estimator) known() bool { return e.requests != nil && e.requests.Known }

// accessLog is what the lines of an access log cost: taken in, and kept. AWS
// bills the kept ones compressed, so that is the most they can cost.
func (e *estimator) accessLog(c *Charge) {
	bytes := float64(Length(c.Format) + EventOverhead)
	size := []locale.Arg{locale.A("bytes", Figure(bytes)), locale.A("line", Figure(bytes-EventOverhead)), locale.A("overhead", EventOverhead)}
	n := million
	if e.known() {
		n = e.requests.N
	}
	gb := n * bytes / 1e9
	kept := gb * float64(c.Days) / Month
	size = append(size, locale.A("requests", Figure(n)), locale.A("gb", round(gb)), locale.A("days", c.Days), locale.A("kept", round(kept)))
	if p := e.price(Item{"AmazonCloudWatch", "VendedLog-Bytes"}, false); p != nil {
		e.scaled("cost.logTaken", p, gb*p.Price, size...)
	}
	if p := e.price(Item{"AmazonCloudWatch", "TimedStorage-ByteHrs"}, false); p != nil {
		e.scaled("cost.logKept", p, kept*p.Price, size...)
	}
}

// scaled is a line by the number of requests, or for each million.
func (e *estimator) scaled(key string, p *Price, amount float64, args ...locale.Arg) {
	if e.known() {
		e.line(key, p, amount, false, args...)
		return
	}
	e.each(key, p, amount, args...)
}

// executionLog has no amount: AWS does not say how many entries a request makes,
// and how long they are. What a kilobyte of each would cost is known.
func (e *estimator) executionLog() {
	p := e.price(Item{"AmazonCloudWatch", "DataProcessing-Bytes"}, false)
	if p == nil {
		return
	}
	n := million
	if e.known() {
		n = e.requests.N
	}
	e.scaled("cost.executionLog", p, n*1000/1e9*p.Price, locale.A("requests", Figure(n)))
	e.out.Lines[len(e.out.Lines)-1].Known, e.out.Lines[len(e.out.Lines)-1].Amount = false, 0
}

func (e *estimator) inspected() {
	p := e.price(Item{"awswaf", "Request"}, false)
	switch {
	case p == nil:
	case e.known():
		e.line("cost.inspected", p, e.requests.N/million*p.Price, false, locale.A("requests", Figure(e.requests.N)))
	default:
		e.each("cost.inspected", p, p.Price)
	}
}

// webACL is what one costs that is made for this; kumoban makes none.
func (e *estimator) webACL() {
	if acl, rule := e.price(Item{"awswaf", "WebACL"}, true), e.price(Item{"awswaf", "Rule"}, true); acl != nil && rule != nil {
		e.line("cost.webAcl", acl, acl.Price, true, locale.A("rule", Figure(rule.Price)))
	}
}

// traced takes X-Ray's default rule: the first request of each second and 5
// percent of the rest. How requests lie in time is not known, so that is the
// most that it can record.
func (e *estimator) traced() {
	p := e.price(Item{"AWSXRay", "XRay-TracesStored"}, false)
	switch {
	case p == nil:
	case e.known():
		const seconds = Month * 24 * 60 * 60
		traces := min(e.requests.N, seconds) + 0.05*max(0, e.requests.N-seconds)
		e.line("cost.traced", p, traces/million*p.Price, false, locale.A("requests", Figure(e.requests.N)), locale.A("traces", Figure(traces)))
	default:
		e.each("cost.traced", p, p.Price)
	}
}

// used is so much of a usage, or what each unit of it costs where nobody knows how
// much there will be.
func (e *estimator) used(c *Charge) {
	p := e.price(c.Usage, c.New)
	if p == nil {
		return
	}
	args := []locale.Arg{locale.A("usage", c.Usage.String()), locale.A("unit", e.table.Unit(c.Usage)), locale.A("quantity", round(c.Quantity))}
	switch {
	case c.New:
		e.line("cost.used.new", p, c.Quantity*p.Price, true, args...)
	case c.Known:
		e.line("cost.used", p, c.Quantity*p.Price, false, args...)
	default:
		e.each("cost.used", p, p.Price, args...)
	}
}

// aside is what something costs with or without this fix.
func (e *estimator) aside(c *Charge) {
	find := func(i Item) *Price { return e.price(i, true) }
	if c.Billed { // it costs what it did, known or not
		find = func(i Item) *Price { return e.table.price(i, e.partition, e.region) }
	}
	if p := find(c.Usage); p != nil {
		e.line("cost."+c.Says, p, c.Quantity*p.Price, true, locale.A("size", c.Size), locale.A("hours", int(c.Quantity)))
	}
	e.add(Line{Says: locale.M("cost.nothing"), Known: true})
}

// Money writes an amount with its currency. What is more than nothing is not
// rounded to it.
func Money(amount float64, currency string) string {
	digits, ok := currencies()[currency]
	if !ok {
		digits = 2
	}
	if least := math.Pow10(-digits); amount > 0 && amount < least/2 {
		return "< " + strconv.FormatFloat(least, 'f', digits, 64) + " " + currency
	}
	return grouped(strconv.FormatFloat(amount, 'f', digits, 64)) + " " + currency
}

// Figure writes a number with all its digits.
func Figure(n float64) string { return grouped(strconv.FormatFloat(n, 'f', -1, 64)) }

// round writes a size with four significant digits, or in whole numbers.
func round(n float64) string {
	if n >= 100 {
		return grouped(strconv.FormatFloat(n, 'f', 0, 64))
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(n, 'g', 4, 64), 64)
	if err != nil {
		short = n
	}
	return Figure(short)
}

// grouped puts commas between thousands.
func grouped(digits string) string {
	whole, rest, point := strings.Cut(digits, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if point {
		whole += "." + rest
	}
	return sign + whole
}
