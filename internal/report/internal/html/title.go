package html

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/guide"
	"github.com/kumoban/kumoban/internal/locale"
	pages "github.com/kumoban/kumoban/internal/page"
)

// fewAccounts is how many accounts are named above the page; of more there is a
// table, folded.
const fewAccounts = 4

// mostInTitle is how many accounts the title names.
const mostInTitle = 3

// where names whose findings they are: the accounts, as people call them.
func (v *view) where() string {
	var list []string
	for _, a := range v.scan.Accounts {
		name := a.Name
		if name == "" && a.ID != "" {
			name = v.say("account", "account", a.ID)
		}
		if name = locale.Clean(name); name != "" && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	switch {
	case len(list) == 0:
		return ""
	case len(list) > mostInTitle:
		return v.say("html.accountsN", "n", len(list))
	}
	return v.say("list", "items", list)
}

// day is when it was looked at.
func (v *view) day() string {
	at := v.scan.Started
	if v.scan.Exported {
		at = v.scan.Ended
	}
	return v.texts.Day(at)
}

// result is what came of it in a few words, and whether that is better than last
// time.
func (v *view) result(unknown, suppressed int) []string {
	failed := 0
	for _, n := range v.fails {
		failed += n
	}
	list := []string{v.say("html.nothingFailed")}
	if failed > 0 {
		list[0] = v.say("failed", "n", failed)
	}
	if last := v.past.Failed; last != nil && v.scan.Incomplete == "" && !v.scan.Exported {
		switch n := failed - *last; {
		case n < 0:
			list = append(list, v.say("html.fewer", "n", -n))
		case n > 0:
			list = append(list, v.say("html.moreFailed", "n", n))
		default:
			list = append(list, v.say("html.asMany"))
		}
	}
	if unknown > 0 {
		list = append(list, v.say("unknown", "n", unknown))
	}
	if suppressed > 0 {
		list = append(list, v.say("suppressed", "n", suppressed))
	}
	return list
}

// accountRow is a line of the table by account.
type accountRow struct {
	Name, ID                   string
	Failed, Unknown, Passed    int
	FailedWide, UnknownX, Wide int // of the bar, in hundredths
}

// accounts are those of a scan of many, the worst first.
func (v *view) accounts(p *page) {
	all := v.scan.Accounts
	if len(all) <= fewAccounts {
		return
	}
	p.AccountsN = len(all)
	for _, a := range all {
		name := a.Name
		if a.ID == "" && name != "" {
			name = v.say("profile", "name", name)
		}
		r := accountRow{Name: locale.Clean(name), ID: locale.Clean(cmp.Or(a.ID, v.say("noAccount")))}
		if c := v.of[a.ID]; c != nil && a.ID != "" {
			r.Failed, r.Unknown, r.Passed = c.Failed, c.Unknown, c.Passed
		}
		if n := r.Failed + r.Unknown + r.Passed; n > 0 {
			r.FailedWide, r.UnknownX, r.Wide = share(r.Failed, n), share(r.Failed+r.Unknown, n), 100
		}
		p.Accounts = append(p.Accounts, r)
	}
	slices.SortStableFunc(p.Accounts, func(a, b accountRow) int {
		return cmp.Or(cmp.Compare(b.Failed, a.Failed), cmp.Compare(b.Unknown, a.Unknown), strings.Compare(a.ID, b.ID))
	})
	if n := len(p.Accounts) - rowLimit; n > 0 {
		p.Accounts, p.AccountsMore = p.Accounts[:rowLimit], v.say("html.more", "n", n)
	}
}

// ways are the ways to fix what a control finds; a control without a guide has
// none.
func (v *view) ways(c *control.Control) (list []way) {
	if c.Files == nil {
		return nil
	}
	g, err := guide.Load(c, v.texts.Lang())
	if err != nil {
		return nil
	}
	for _, key := range []string{"console", "cli", "terraform"} {
		if text := g.HTML(v.texts.Catalog(), key, "h5"); text != "" {
			list = append(list, way{v.texts.Say("guide.section." + key), pages.HTML(text)}) // a guide escapes what it holds
		}
	}
	return list
}
