// Package exchange brings the store and Security Hub together: what Security
// Hub says is linked to what is kept, findings and decisions travel both ways.
// A Region that fails is lost, and the others go on.
package exchange

import (
	"context"
	"errors"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/securityhub"
	"github.com/kumoban/kumoban/internal/store"
)

// Exchange is a store and Security Hub in some Regions, as one account sees it.
type Exchange struct {
	Keeper   *keep.Keeper
	Hubs     []*securityhub.Hub // one for each Region
	Lost     []Lost             // Regions that could not be entered
	Controls control.Set        // what it is about
	All      bool               // that is all controls
	Accounts []string           // of findings; empty: all that the credentials see
	Again    bool               // push what did not change, too
	Progress func(n int)        // how many findings came or went so far
}

// Lost is a Region that could not be read, or written, to the end.
type Lost struct {
	At  resource.Scope
	Err error // a *securityhub.NotEnabled, an *awsclient.Fault or about the credentials
}

// Region is what came from, or went to, the Security Hub of a Region.
type Region struct {
	At resource.Scope
	N  int
}

// pulled is what Security Hub has.
type pulled struct {
	findings   []*report.Held
	from       map[*report.Held]*securityhub.Hub
	regions    []Region
	lost       []Lost
	others     int
	unreadable []error
}

// ofRegion tells whether an error is that of one Region alone.
func ofRegion(ctx context.Context, err error) bool {
	var fault *awsclient.Fault
	var off *securityhub.NotEnabled
	return ctx.Err() == nil && (errors.As(err, &fault) || errors.As(err, &off))
}

// Nowhere is the error of an exchange that failed in every Region.
type Nowhere struct{ Lost []Lost }

// Error is that of the first Region.
func (n *Nowhere) Error() string { return n.Lost[0].Err.Error() }

// Unwrap returns the error of the first Region.
func (n *Nowhere) Unwrap() error { return n.Lost[0].Err }

// nowhere returns a Nowhere unless n Regions did not fail.
func nowhere(lost []Lost, n int) error {
	if n > 0 || len(lost) == 0 {
		return nil
	}
	return &Nowhere{lost}
}

// pull reads every Region. A finding that an aggregation Region shows too comes
// once, from the Region that was named first. Of a Region that fails nothing
// counts: half of it would look like all.
func (x *Exchange) pull(ctx context.Context, own bool) (*pulled, error) {
	p := &pulled{from: map[*report.Held]*securityhub.Hub{}, lost: x.Lost}
	seen := map[securityhub.Identifier]bool{}
	for _, h := range x.Hubs {
		var came []*report.Held
		got, err := h.Pull(ctx, x.controls(), securityhub.Filter{Accounts: x.Accounts, Own: own}, func(f *report.Held) error {
			came = append(came, f)
			x.step(len(p.findings) + len(came))
			return nil
		})
		if err != nil && !ofRegion(ctx, err) {
			return nil, err
		}
		if err != nil {
			p.lost = append(p.lost, Lost{h.At, err})
			continue
		}
		for _, f := range came {
			if id := securityhub.IdentifierOf(f); !seen[id] {
				seen[id] = true
				p.findings, p.from[f] = append(p.findings, f), h
			}
		}
		p.regions = append(p.regions, Region{h.At, len(came)})
		p.others += got.Others
		p.unreadable = append(p.unreadable, got.Unreadable...)
	}
	return p, nowhere(p.lost, len(p.regions))
}

func (x *Exchange) step(n int) {
	if x.Progress != nil {
		x.Progress(n)
	}
}

func (x *Exchange) controls() []*control.Control {
	list := make([]*control.Control, len(x.Controls))
	for i := range x.Controls {
		list[i] = x.Controls[i].Control
	}
	return list
}

// filter chooses the records that an exchange is about.
func (x *Exchange) filter(sources ...string) store.Filter {
	f := store.Filter{Sources: sources, Accounts: x.Accounts}
	if !x.All {
		for _, c := range x.Controls {
			f.Controls = append(f.Controls, c.ID)
		}
	}
	return f
}
