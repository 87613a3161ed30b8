package keep

import (
	"context"

	"github.com/kumoban/kumoban/internal/condition"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/rules"
	"github.com/kumoban/kumoban/internal/store"
)

// Asked are the facts that the conditions of exceptions in force ask for, and
// those of rules, which may make exceptions.
func (k *Keeper) Asked(ctx context.Context) (*condition.Asked, error) {
	a := &condition.Asked{Domains: map[resource.Scope]bool{}}
	for i := range k.Rules {
		if s := k.Rules[i].Action.Suppress; s != nil {
			a.Everywhere = wants(a, s.While) || a.Everywhere
		}
	}
	err := k.Store.View(ctx, func(r store.Reader) error {
		return r.Conditioned(ctx, func(list []lifecycle.Exception) error {
			var mapped []string
			for i := range list {
				if wants(a, list[i].While) {
					mapped = append(mapped, list[i].Finding)
				}
			}
			records, err := r.Records(ctx, mapped)
			for i := range records {
				a.Domains[records[i].Resource.Scope] = true
			}
			return err
		})
	})
	return a, err
}

// wants adds conditions, and tells whether one is about custom domain names.
func wants(a *condition.Asked, texts []string) (domains bool) {
	for _, text := range texts {
		if c, err := condition.Parse(text); err == nil {
			a.Add(c)
			domains = domains || c.Kind == condition.NoDomain
		}
	}
	return domains
}

// rests reads what an exception of a record is to rest on, as people wrote it. It
// refuses what nothing can read for the record's type, and what is not so.
func (k *Keeper) rests(r *lifecycle.Record, texts []string) ([]string, error) {
	list, err := condition.ParseAll(texts)
	if err != nil {
		return nil, err
	}
	models := condition.Models(k.Controls.Models())
	for _, c := range list {
		if err := models.Check(c, r.Resource.Type); err != nil {
			return nil, err
		}
	}
	e := lifecycle.Exception{While: condition.Texts(list)}
	if o := e.Judge(condition.OfTags(list, r.Tags)); o.Truth == fact.False {
		said := condition.Now(o.Condition, o.Fact)
		return nil, locale.Errorf("keep.while.false", locale.A("condition", locale.Clean(o.Condition)), locale.A("fact", &locale.Error{Message: said}))
	}
	return e.While, nil
}

// restsOf is what the conditions of a rule are for a record: by the facts of a
// scan, else by the tags that are known.
func (k *Keeper) restsOf(s *rules.Suppress, r *lifecycle.Record, facts []condition.Fact) (fact.Truth, rules.Why) {
	list, err := condition.ParseAll(s.While)
	for _, c := range list {
		if err == nil {
			err = condition.Models(k.Controls.Models()).Check(c, r.Resource.Type)
		}
	}
	if err != nil {
		return fact.Unknown, rules.Unreadable
	}
	e := lifecycle.Exception{While: s.While}
	truth := e.Judge(append(facts[:len(facts):len(facts)], condition.OfTags(list, r.Tags)...)).Truth
	if truth == fact.False {
		return truth, rules.Untrue
	}
	return truth, ""
}

// Lapse is one exception that ended because its reason ended.
type Lapse struct {
	Finding  string
	Control  string
	Resource resource.Ref
	// What ended it: see [condition.Said].
	Condition, Fact, Why string
}

// lapsesNamed is how many of them are handed on: the history of each finding has
// its own.
const lapsesNamed = 10

// lapsed is a Lapse on its way into the audit log.
type lapsed struct {
	Lapse
	exception *lifecycle.Exception
	to        lifecycle.Workflow
}

// looksAround tells whether the scan looks at conditions: a look after a fix was
// at one control.
func (s *saving) looksAround() bool {
	return s.scan.Kind == store.KindScan || s.scan.Kind == store.KindImport
}

// resting are the exceptions with conditions that records name.
func (s *saving) resting(ctx context.Context, records []lifecycle.Record) (map[string]*lifecycle.Exception, error) {
	var ids []string
	for i := range records {
		if records[i].Exception != "" {
			ids = append(ids, records[i].Exception)
		}
	}
	if len(ids) == 0 || !s.looksAround() {
		return nil, nil
	}
	list, err := s.w.Exceptions(ctx, ids)
	byID := map[string]*lifecycle.Exception{}
	for i := range list {
		if len(list[i].While) > 0 {
			byID[list[i].ID] = &list[i]
		}
	}
	return byID, err
}

// facts are those that a scan read of a finding. A saved report has the tags
// alone.
func (s *saving) facts(o *lifecycle.Observation, e *lifecycle.Exception) []condition.Fact {
	if s.scan.Kind != store.KindImport {
		return o.Facts
	}
	list, err := condition.ParseAll(e.While)
	if err != nil {
		return nil
	}
	return condition.OfTags(list, o.Tags)
}

// look holds the conditions of the exception in force on a record to what the
// scan saw of it. One that was made after the scan had begun is not looked at.
func (s *saving) look(r *lifecycle.Record, e *lifecycle.Exception, o lifecycle.Outcome) (changed bool) {
	began := s.scan.Started
	if began.IsZero() {
		began = s.scan.Ended
	}
	if e.CreatedAt.After(began) || e.ApprovedAt.After(began) {
		return false
	}
	if !o.Looked {
		if s.scan.Kind == store.KindImport {
			s.saved.NotLooked++
		}
		return false
	}
	next, now, events := lifecycle.LookAt(r, e, o, s.scan.Ended, s.scan.ID)
	s.out.events = append(s.out.events, events...)
	if now.EndedBy != "" {
		now.EndedAt = s.now()
		s.lapses = append(s.lapses, lapsed{Lapse{r.ID, r.Control, r.Resource, o.Condition, o.Fact, ""}, &now, next.Workflow})
	}
	if o.Truth == fact.Unknown {
		s.saved.Unread++
	}
	if now.EndedBy != e.EndedBy || !now.UnreadSince.Equal(e.UnreadSince) || now.Unread != e.Unread || now.UnreadWhy != e.UnreadWhy {
		s.out.exceptions = append(s.out.exceptions, now)
	}
	changed = next.Exception != r.Exception
	*r = next
	return changed
}

// missed notes the conditions of exceptions whose resources the scan looked for
// and could not see.
func (s *saving) missed(ctx context.Context) error {
	if !s.looksAround() {
		return nil
	}
	coverage := lifecycle.Cover(looked(s.scan, s.Disabled))
	lost, err := s.notEntered(ctx)
	if err != nil {
		return err
	}
	return s.w.Conditioned(ctx, func(list []lifecycle.Exception) error {
		ids := make([]string, len(list))
		for i := range list {
			ids[i] = list[i].Finding
		}
		records, err := s.w.Records(ctx, ids)
		if err != nil {
			return err
		}
		byID := index(records)
		for i := range list {
			e, r := &list[i], byID[list[i].Finding]
			if r == nil || r.Exception != e.ID {
				continue
			}
			why, hidden := coverage.Missed(r)
			if !hidden && r.Source == s.scan.Source && r.State == lifecycle.Active {
				why, hidden = lost[r.Resource.Account]
			}
			if hidden {
				s.look(r, e, e.Hidden(why))
			}
		}
		return s.out.write(ctx, s.w, s.scan.Ended, s.scan.ID)
	})
}

// notEntered are the accounts that the scan's targets led to before and that it
// could not enter, with why: of a profile that is refused nothing else tells.
func (s *saving) notEntered(ctx context.Context) (map[string]string, error) {
	names := map[string]bool{}
	for _, a := range s.scan.Accounts {
		if a.ID == "" && a.Name != "" {
			names[a.Name] = true
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	why := "kumoban:scan NotEntered"
	for _, g := range s.scan.Gaps {
		if g.Account == "" {
			why = g.Call + " " + g.Code
		}
	}
	scans, err := s.w.Scans(ctx, scansRemembered)
	lost := map[string]string{}
	for i := range scans { // the latest first
		for _, a := range scans[i].Accounts {
			if a.ID != "" && names[a.Name] {
				lost[a.ID] = why
				delete(names, a.Name)
			}
		}
	}
	for _, at := range Scopes(s.scan) {
		delete(lost, at.Account) // by another way
	}
	return lost, err
}

// scansRemembered is how many scans back a target may have led somewhere.
const scansRemembered = 1000

// conditions looks after those of resources that the scan did not see, and ends
// exceptions of which nobody could read one for too long.
func (s *saving) conditions(ctx context.Context) error {
	if err := s.missed(ctx); err != nil {
		return err
	}
	ended, err := s.expire(ctx, s.w)
	for _, l := range ended.Unread {
		s.saved.name(l)
	}
	return err
}

// tellLapses tells the audit log of exceptions that ended, once what ended them is
// written.
func (k *Keeper) tellLapses(ctx context.Context, w store.Writer, list []lapsed) error {
	teller := *k
	teller.Actor = lifecycle.ByCondition
	for i := range list {
		l := &list[i]
		detail := map[string]any{"exception": l.exception.ID, "while": l.Condition, "fact": l.Fact, "workflow": l.to}
		if l.Fact == "" {
			detail = map[string]any{"exception": l.exception.ID, "while": l.Condition, "unread": l.Why, "workflow": l.to}
		}
		if _, err := teller.note(ctx, w, "lapse", l.Finding, l.exception.Reason, detail); err != nil {
			return err
		}
	}
	return nil
}

// tellLapsed hands lapses on to whoever saves the scan.
func (s *saving) tellLapsed(ctx context.Context) error {
	for i := range s.lapses {
		s.saved.name(s.lapses[i].Lapse)
	}
	err := s.tellLapses(ctx, s.w, s.lapses)
	s.lapses = s.lapses[:0]
	return err
}

func (s *Saved) name(l Lapse) {
	if s.Lapsed++; len(s.Lapses) < lapsesNamed {
		s.Lapses = append(s.Lapses, l)
	}
}

// Ended is how many exceptions ended by themselves.
type Ended struct {
	Expired int     // their time came
	Unread  []Lapse // nobody could read what they rest on for too long
}
