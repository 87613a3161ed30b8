package keep

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/policy"
	"github.com/kumoban/kumoban/internal/store"
)

// Policy is what the store's settings say.
func Policy(ctx context.Context, r store.Reader) (policy.Policy, error) {
	values, err := r.Settings(ctx)
	if err != nil {
		return policy.Policy{}, err
	}
	return policy.Of(values)
}

// proposes tells whether an exception has to wait for an approver, whichever way
// it came in. Whoever names himself as the approver of what he makes is refused.
func (k *Keeper) proposes(p *policy.Policy, e *Exemption) (bool, error) {
	author := cmp.Or(e.By, k.Actor)
	switch {
	case e.Question != "":
		// The owner approves what the owner accepts, unless nobody but who asked or
		// wrote it down says that it is the owner.
		return p.OwnerApproves || p.FourEyes && !e.owner, nil
	case !p.FourEyes:
		return false, nil
	case strings.TrimSpace(e.ApprovedBy) == "":
		return true, nil
	case policy.SamePerson(e.ApprovedBy, author):
		return false, locale.Errorf("keep.fourEyes", locale.A("by", locale.Clean(author)))
	}
	return false, nil
}

// exempt makes an exception of one record, or a proposal of one, as the store's
// policy says: the way of all exceptions but those of rules.
func (k *Keeper) exempt(ctx context.Context, w store.Writer, r *lifecycle.Record, e Exemption) (lifecycle.Record, []lifecycle.Event, error) {
	p, err := Policy(ctx, w)
	if err != nil {
		return *r, nil, err
	}
	if err := p.Bound(e.Until, k.now()); err != nil {
		return *r, nil, err
	}
	made, err := k.make(ctx, w, r, &e)
	if err != nil {
		return *r, nil, err
	}
	if made.Proposal, err = k.proposes(&p, &e); err != nil {
		return *r, nil, err
	}
	did := lifecycle.Suppress
	if made.Proposal {
		made.ApprovedBy = ""
		did = lifecycle.Propose
	}
	next, events, err := did(r, made)
	if err != nil {
		return *r, nil, err
	}
	if err := k.endProposals(ctx, w, r.ID, ""); err != nil { // it takes their place
		return *r, nil, err
	}
	if err := k.endException(ctx, w, r, &next, k.Actor); err != nil {
		return *r, nil, err
	}
	return next, events, w.PutException(ctx, made)
}

// make is a new exception of a record, which nothing knows yet.
func (k *Keeper) make(ctx context.Context, r store.Reader, of *lifecycle.Record, e *Exemption) (lifecycle.Exception, error) {
	while, err := k.rests(of, e.While)
	if err != nil {
		return lifecycle.Exception{}, err
	}
	all, err := r.ExceptionsOf(ctx, of.ID)
	return lifecycle.Exception{
		ID: exceptionID(of.ID, len(all)+1), Finding: of.ID, Reason: e.Reason, Until: e.Until.UTC(), While: while,
		By: cmp.Or(e.By, k.Actor), ApprovedBy: e.ApprovedBy, Question: e.Question, CreatedAt: k.now(),
	}, err
}

// waiting are the proposals about a record that nobody has answered.
func waiting(ctx context.Context, r store.Reader, finding string) ([]lifecycle.Exception, error) {
	all, err := r.ExceptionsOf(ctx, finding)
	return slices.DeleteFunc(all, func(e lifecycle.Exception) bool { return !e.Waits() }), err
}

// endProposals ends what waits for an approver, because something else was
// decided; of a question: what its answer proposed.
func (k *Keeper) endProposals(ctx context.Context, w store.Writer, finding, question string) error {
	list, err := waiting(ctx, w, finding)
	if err != nil {
		return err
	}
	for _, e := range list {
		if question != "" && e.Question != question {
			continue
		}
		e.EndedAt, e.EndedBy = k.now(), k.Actor
		if err := w.PutException(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// Approve puts what was proposed for findings in force. It refuses whoever
// proposed it, and, where the owner did, the owner, too.
func (k *Keeper) Approve(ctx context.Context, ids []string, why string) (Decided, error) {
	return k.decide(ctx, ids, deed{action: "approve", why: why}, func(ctx context.Context, w store.Writer, r *lifecycle.Record) (lifecycle.Record, []lifecycle.Event, error) {
		e, err := proposal(ctx, w, r)
		if err != nil {
			return *r, nil, err
		}
		if err := k.mayApprove(ctx, w, e); err != nil {
			return *r, nil, err
		}
		if _, err := k.rests(r, e.While); err != nil {
			return *r, nil, err
		}
		p, err := Policy(ctx, w)
		if err != nil {
			return *r, nil, err
		}
		if err := p.Bound(e.Until, k.now()); err != nil { // it may have been shortened since
			return *r, nil, err
		}
		next, events, err := lifecycle.Approve(r, *e, lifecycle.By{Who: k.Actor, At: k.now(), Why: cmp.Or(why, e.Reason)})
		if err != nil {
			return *r, nil, err
		}
		if err := k.endException(ctx, w, r, &next, k.Actor); err != nil {
			return *r, nil, err
		}
		e.ApprovedBy, e.ApprovedAt = k.Actor, k.now()
		if err := w.PutException(ctx, *e); err != nil {
			return *r, nil, err
		}
		return next, events, k.endProposals(ctx, w, r.ID, "") // others of it are settled with it
	})
}

// Reject ends what was proposed for findings: they stay as they are.
func (k *Keeper) Reject(ctx context.Context, ids []string, why string) (Decided, error) {
	return k.decide(ctx, ids, deed{action: "reject", why: why}, func(ctx context.Context, w store.Writer, r *lifecycle.Record) (lifecycle.Record, []lifecycle.Event, error) {
		e, err := proposal(ctx, w, r)
		if err != nil {
			return *r, nil, err
		}
		next, events, err := lifecycle.Reject(r, e, lifecycle.By{Who: k.Actor, At: k.now(), Why: why})
		if err != nil {
			return *r, nil, err
		}
		e.EndedAt, e.EndedBy = k.now(), k.Actor
		return next, events, w.PutException(ctx, *e)
	})
}

// proposal is the latest that waits for an answer about a record.
func proposal(ctx context.Context, r store.Reader, of *lifecycle.Record) (*lifecycle.Exception, error) {
	list, err := waiting(ctx, r, of.ID)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, locale.Errorf("keep.noProposal")
	}
	return &list[len(list)-1], nil
}

// mayApprove refuses an approver who would approve his own word. Under four eyes
// that is also whoever wrote it down: nobody else may have said it.
func (k *Keeper) mayApprove(ctx context.Context, r store.Reader, e *lifecycle.Exception) error {
	p, err := Policy(ctx, r)
	if err != nil {
		return err
	}
	var said []string
	if e.Question != "" {
		q, err := r.Question(ctx, e.Question)
		if err != nil {
			return err
		}
		said = append(said, q.Owner, q.Deputy)
		if q.Answer != nil {
			said = append(said, q.Answer.By)
			if p.FourEyes && q.Answer.Link != "" {
				had, err := hadLink(ctx, r, &q)
				if err != nil {
					return err
				}
				said = append(said, had...)
			}
		}
	}
	if p.FourEyes || e.Question == "" {
		said = append(said, spoken(e.By)...)
	}
	if slices.ContainsFunc(said, func(by string) bool { return policy.SamePerson(by, k.Actor) }) {
		return locale.Errorf("keep.ownProposal", locale.A("by", locale.Clean(k.Actor)))
	}
	return nil
}

// hadLink are those who had the links of a question in their hands beside its owner,
// and may have answered by one themselves.
func hadLink(ctx context.Context, r store.Reader, q *ask.Question) ([]string, error) {
	who := []string{q.AskedBy}
	links, err := Links(ctx, r, q.ID)
	for i := range links {
		who = append(who, links[i].MadeBy)
	}
	return who, err
}

// spoken are the names that a person may go by whom a history names: Security Hub
// stands before some, and an ARN ends in the name of a user or a session.
func spoken(by string) []string {
	name := strings.TrimPrefix(by, lifecycle.ByHub+":")
	names := []string{name}
	if i := strings.LastIndex(name, "/"); i >= 0 {
		names = append(names, name[i+1:])
	}
	return names
}

// Set decides one setting of the store, as it is kept, and tells what it was.
func (k *Keeper) Set(ctx context.Context, name, value, why string) (was string, head audit.Entry, err error) {
	s, err := policy.Find(name)
	if err == nil {
		value, err = s.Check(value)
	}
	if err != nil {
		return "", head, err
	}
	err = k.Store.Update(ctx, func(w store.Writer) error {
		values, err := w.Settings(ctx)
		if err != nil {
			return err
		}
		if was = values[s.Name]; was == value {
			return locale.Errorf("policy.already", locale.A("name", s.Name), locale.A("value", value))
		}
		head, err = k.set(ctx, w, s.Name, was, value, why)
		return err
	})
	return was, head, err
}

func (k *Keeper) set(ctx context.Context, w store.Writer, name, was, value, why string) (audit.Entry, error) {
	if err := w.PutSetting(ctx, name, value); err != nil {
		return audit.Entry{}, err
	}
	return k.note(ctx, w, "settings.set", name, why, map[string]string{"from": was, "to": value})
}

// Settle decides, once, what a store has to have decided: those of wants that it
// does not know yet. It returns what it decided; nobody waits for a writer where
// nothing is to be done.
func (k *Keeper) Settle(ctx context.Context, wants map[string]string, why string) (map[string]string, audit.Entry, error) {
	var head audit.Entry
	did := map[string]string{}
	missing := func(r store.Reader) (list []string, err error) {
		values, err := r.Settings(ctx)
		for _, s := range policy.Settings() {
			if _, known := values[s.Name]; !known && wants[s.Name] != "" {
				list = append(list, s.Name)
			}
		}
		return list, err
	}
	var open []string
	err := k.Store.View(ctx, func(r store.Reader) (err error) {
		open, err = missing(r)
		return err
	})
	if err != nil || len(open) == 0 {
		return nil, head, err
	}
	err = k.Store.Update(ctx, func(w store.Writer) error {
		clear(did)
		open, err := missing(w)
		if err != nil {
			return err
		}
		for _, name := range open {
			if head, err = k.set(ctx, w, name, "", wants[name], why); err != nil {
				return err
			}
			did[name] = wants[name]
		}
		return nil
	})
	return did, head, err
}
