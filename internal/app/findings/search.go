package findings

import (
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

// Hit is something that a search may have meant: the one of these that is set.
type Hit struct {
	Finding  *lifecycle.Record
	Resource *resource.Ref
	N        int    // findings of the resource, as far as the search looked
	Account  string // its id
	Name     string // of the account, where scans know it
	Control  string
	Question string
}

// Hits are what a search found, what fits best first.
type Hits struct {
	List []Hit
	More bool // there is more that fits
}

// mostHits is how many a search tells of each kind, and mostLooked at how many
// findings it looks for the names of resources.
const mostHits, mostLooked = 20, 400

var hexID = regexp.MustCompile(`^[0-9a-fA-F]{4,32}$`)

var questionID = regexp.MustCompile(`^[qQ][0-9]{1,9}$`)

// Search finds what somebody typed into one box: a finding by its id, or the
// beginning of it, or by Security Hub's ARN; a control; a question; an account by its
// id or name; a resource by its ARN, its name or a part of either.
func Search(ctx context.Context, d *desk.Desk, typed string) (*Hits, error) {
	out := &Hits{List: []Hit{}}
	err := d.View(ctx, access.FindingsRead, func(k *keep.Keeper, r store.Reader) error {
		typed = strings.TrimSpace(typed)
		if typed == "" {
			return locale.Errorf("keep.searchNothing")
		}
		s := search{ctx, d, k, r, typed, out}
		for _, look := range []func() error{s.linked, s.ids, s.controls, s.questions, s.accounts, s.resources} {
			if err := look(); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

type search struct {
	ctx   context.Context
	d     *desk.Desk
	k     *keep.Keeper
	r     store.Reader
	typed string
	out   *Hits
}

func (s *search) add(h Hit) { s.out.List = append(s.out.List, h) }

// linked finds by the ARN of Security Hub's finding.
func (s *search) linked() error {
	at := strings.LastIndex(s.typed, "arn:") // the product's ARN may stand before it
	if at < 0 || !strings.Contains(s.typed[at:], ":securityhub:") {
		return nil
	}
	link, err := s.r.LinkByARN(s.ctx, s.typed[at:])
	var none *store.NotFound
	if errors.As(err, &none) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.records([]string{link.Finding})
}

func (s *search) ids() error {
	if !hexID.MatchString(s.typed) {
		return nil
	}
	ids, err := s.r.IDs(s.ctx, strings.ToLower(s.typed), mostHits+1)
	if err != nil {
		return err
	}
	if len(ids) > mostHits {
		ids, s.out.More = ids[:mostHits], true
	}
	return s.records(ids)
}

func (s *search) records(ids []string) error {
	list, err := s.r.Records(s.ctx, ids)
	slices.SortFunc(list, func(a, b lifecycle.Record) int { return strings.Compare(a.ID, b.ID) })
	for i := range list {
		s.add(Hit{Finding: &list[i]})
	}
	return err
}

func (s *search) controls() error {
	n := 0
	for _, c := range s.k.Controls {
		if strings.EqualFold(c.ID, s.typed) || len(s.typed) > 1 && strings.HasPrefix(strings.ToLower(c.ID), strings.ToLower(s.typed)) {
			if n++; n > mostHits {
				s.out.More = true
				return nil
			}
			s.add(Hit{Control: c.ID})
		}
	}
	return nil
}

func (s *search) questions() error {
	if !questionID.MatchString(s.typed) {
		return nil
	}
	q, err := s.r.Question(s.ctx, strings.ToLower(s.typed))
	var none *store.NotFound
	if errors.As(err, &none) {
		return nil
	}
	if err == nil {
		s.add(Hit{Question: q.ID})
	}
	return err
}

// accounts are those that a scan entered, by ids and names.
func (s *search) accounts() error {
	names, err := accountsKnown(s.ctx, s.d, s.r)
	if err != nil {
		return err
	}
	n := 0
	for _, id := range slices.Sorted(maps.Keys(names)) {
		if !strings.HasPrefix(id, s.typed) && !strings.Contains(strings.ToLower(names[id]), strings.ToLower(s.typed)) {
			continue
		}
		if n++; n > mostHits {
			s.out.More = true
			break
		}
		s.add(Hit{Account: id, Name: names[id]})
	}
	return nil
}

// resources are those of which a name is the one typed, or begins so, or else has it
// within.
func (s *search) resources() error {
	whole := strings.NewReplacer("*", "?").Replace(s.typed) // what was typed is no pattern
	for _, glob := range []string{whole + "*", "*" + whole + "*"} {
		if len([]rune(whole)) < 2 {
			return nil
		}
		list, next, err := s.r.Page(s.ctx, store.Query{Filter: store.Filter{Resources: []string{glob}}, Order: store.ByResource, Limit: mostLooked})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			continue
		}
		s.gather(list, next != "")
		return nil
	}
	return nil
}

func (s *search) gather(list []lifecycle.Record, more bool) {
	at := map[resource.Ref]int{}
	var hits []Hit
	for i := range list {
		ref := list[i].Resource
		n, known := at[ref]
		if !known {
			n, at[ref] = len(hits), len(hits)
			hits = append(hits, Hit{Resource: &ref})
		}
		hits[n].N++
	}
	exact := func(h Hit) int {
		if h.Resource.Name == s.typed || h.Resource.ID() == s.typed {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(hits, func(a, b Hit) int { return exact(a) - exact(b) })
	if len(hits) > mostHits {
		hits, more = hits[:mostHits], true
	}
	s.out.More = s.out.More || more
	s.out.List = append(s.out.List, hits...)
}
