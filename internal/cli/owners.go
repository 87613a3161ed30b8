package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/notify"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/trail"
	"github.com/kumoban/kumoban/internal/view"
)

// owned are the findings of one owner.
type owned struct {
	ask.Candidate
	items []ask.Item
	send  func(context.Context, *ask.Message) error
}

// owners groups findings by whom to ask about them. One without an owner stops
// all: to ask half of them would look as if all had been asked.
func (p *program) owners(ctx context.Context, k *keep.Keeper, f *askFlags, ids []string) ([]owned, error) {
	var records []lifecycle.Record
	var listed []ask.Listing
	before := map[string][]locale.Message{}
	err := k.Store.View(ctx, func(r store.Reader) (err error) {
		if listed, err = r.Owners(ctx); err == nil {
			records, err = r.Records(ctx, ids)
		}
		for i := 0; err == nil && i < len(records); i++ {
			before[records[i].ID], err = keep.Before(ctx, r, records[i].ID)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	byID := map[string]*lifecycle.Record{}
	for i := range records {
		byID[records[i].ID] = &records[i]
	}
	changers, err := p.changers(ctx, f, ids, byID)
	if err != nil {
		return nil, err
	}
	keys := f.ownerTags
	if len(keys) == 0 {
		keys = k.OwnerTags
	}
	var named []string // each once: an id may be given twice
	seen := map[string]bool{}
	for _, id := range ids {
		if byID[id] != nil && !seen[id] {
			named, seen[id] = append(named, id), true
		}
	}
	directory := ask.NewDirectory(listed)
	if f.owner == "" {
		if err := p.moreTags(ctx, f, named, byID, directory); err != nil {
			return nil, err
		}
	}
	asked, unowned := ask.Group(named, func(id string) ask.Hints {
		return ask.Hints{Named: f.owner, Listed: directory.Of(byID[id]), Tags: byID[id].Tags, Keys: keys, Changer: changers[id]}
	})
	if len(unowned) > 0 {
		return nil, locale.Errorf("keep.about", locale.A("id", keep.Short(unowned[0])), locale.A("error", locale.Errorf("ask.noOwner")))
	}
	var groups []owned
	for _, g := range asked {
		one := owned{Candidate: g.Candidate}
		for _, id := range g.Findings {
			c, err := p.find(byID[id].Control)
			if err != nil {
				return nil, err
			}
			one.items = append(one.items, ask.Item{Record: byID[id], Control: c, Before: before[id]})
		}
		groups = append(groups, one)
	}
	return groups, nil
}

// moreTags asks AWS for the tags that scans go without, of resources whose owner the
// directory does not know.
func (p *program) moreTags(ctx context.Context, f *askFlags, ids []string, byID map[string]*lifecycle.Record, directory *ask.Directory) error {
	var unknown []*lifecycle.Record
	for _, id := range ids {
		if r := byID[id]; r.Tags == nil && app.TagsCloser(r) && directory.Of(r) == nil {
			unknown = append(unknown, r)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	quiet := p.quiet
	o, err := f.options(p)
	p.quiet = quiet
	if err != nil {
		return err
	}
	tags, why := app.Tags(ctx, p.env(p.logger(f.storeFlags.quiet, false, f.storeFlags.debug), silent{}), o, unknown)
	for _, r := range unknown {
		if m, failed := why[r.ID]; failed {
			p.tell("keep.about", locale.A("id", keep.Short(r.ID)), locale.A("error", p.catalog.Text("keep.ownersTags", locale.A("error", p.catalog.Text(m.Key, m.Args...)))))
		}
		if found, read := tags[r.ID]; read {
			r.Tags = found
		}
	}
	return ctx.Err()
}

// changers asks CloudTrail, where that is wanted and nobody is named.
func (p *program) changers(ctx context.Context, f *askFlags, ids []string, byID map[string]*lifecycle.Record) (map[string]string, error) {
	who := map[string]string{}
	if !f.cloudTrail || f.owner != "" {
		return who, nil
	}
	var refs []resource.Ref
	for _, id := range ids {
		refs = append(refs, byID[id].Resource)
	}
	results, err := p.lastChanged(ctx, f, refs)
	if err != nil {
		return nil, err
	}
	for i := range results {
		if results[i].Outcome == trail.Found {
			who[ids[i]] = results[i].Change.Who
			continue
		}
		m := results[i].Message()
		p.tell("keep.about", locale.A("id", keep.Short(ids[i])), locale.A("error", p.catalog.Text(m.Key, m.Args...)))
	}
	return who, nil
}

// channels decides how each group is asked: as was said, as the directory has
// it, or printed. What cannot go out that way is refused before the first does.
func (p *program) channels(f *askFlags, groups []owned) error {
	mails, shown := 0, 0
	for i := range groups {
		g := &groups[i]
		g.Channel = cmp.Or(f.via, g.Channel, "print")
		var err error
		if g.send, err = p.channel(f, g.Channel); err != nil {
			return err
		}
		switch g.Channel {
		case "mail":
			mails++
			shown++
		case "print":
			shown++
		}
	}
	if mails > 0 && shown > 1 {
		return locale.Errorf("keep.oneMail", locale.A("n", len(groups)))
	}
	if slices.ContainsFunc(groups, func(g owned) bool { return g.Channel == "slack" }) && slices.ContainsFunc(groups, func(g owned) bool { return g.Channel == "webhook" }) {
		return locale.Errorf("keep.oneWebhook") // they have one address between them
	}
	return nil
}

// channel is how questions are sent.
func (p *program) channel(f *askFlags, via string) (func(context.Context, *ask.Message) error, error) {
	switch via {
	case "print":
		if f.format == "json" {
			return func(context.Context, *ask.Message) error { return nil }, nil // the JSON holds its text
		}
		return func(_ context.Context, m *ask.Message) error {
			_, err := fmt.Fprintln(p.stdout, m.Text())
			return err
		}, nil
	case "mail":
		if f.format == "json" {
			return nil, locale.Errorf("keep.mailJSON")
		}
		return func(_ context.Context, m *ask.Message) error {
			_, err := p.stdout.Write(m.Mail())
			return err
		}, nil
	}
	if strings.TrimSpace(f.webhook) == "" {
		return nil, locale.Errorf("keep.needsWebhook", locale.A("via", via))
	}
	target, err := notify.ParseTarget(f.webhook)
	if err != nil {
		return nil, err
	}
	poster := app.Poster()
	return func(ctx context.Context, m *ask.Message) error {
		body, err := m.Webhook()
		post := poster.Webhook
		if via == "slack" {
			body, err = m.Slack()
			post = poster.Slack
		}
		if err != nil {
			return err
		}
		return post(ctx, target, body)
	}, nil
}

// posts tells whether kumoban itself sends what goes out by a channel.
func posts(channel string) bool { return channel == "slack" || channel == "webhook" }

// askSent is the command that says that questions went out by the user's means.
func (p *program) askSent() *cobra.Command {
	f := &storeFlags{}
	c := &cobra.Command{
		Use: "sent QUESTION…", Short: p.text("ask.sent.short"), Long: p.text("ask.sent.long"), Example: p.text("ask.sent.example"),
		Args: cobra.MinimumNArgs(1), ValidArgsFunction: p.questionIDs(f),
	}
	c.RunE = p.onStore(f, func(ctx context.Context, k *keep.Keeper, args []string) error {
		v, err := p.view()
		if err != nil {
			return err
		}
		told, head, err := k.Sent(ctx, (&list{}).all(args))
		if err != nil {
			return err
		}
		var list []view.Asked
		for i := range told {
			list = append(list, view.Asked{Question: told[i].Question})
		}
		if f.format == "json" {
			err = v.QuestionsJSON(p.stdout, list)
		}
		for i := range told {
			if f.format == "text" && err == nil {
				err = v.Told(p.stdout, &told[i].Question, told[i].Before, told[i].Notified)
			}
		}
		if head.Seq > 0 {
			p.head(head)
		}
		return err
	})
	f.decides(p, c.Flags())
	return c
}
