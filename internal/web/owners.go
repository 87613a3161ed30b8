package web

import (
	"context"
	"net/http"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/owners"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/view"
)

// Directory is the text of a whole owner directory.
type Directory struct {
	Text   string `json:"text" maxLength:"1000000" doc:"CSV or YAML, as kumoban owners import takes it"`
	DryRun bool   `json:"dryRun,omitempty" doc:"say what it would change, and change nothing"`
}

// OwnerEntry is an entry of the owner directory.
type OwnerEntry struct {
	Owned
	Team     string      `json:"team" minLength:"1"`
	Address  string      `json:"address,omitempty"`
	Channel  string      `json:"channel,omitempty" enum:"print,mail,slack,webhook"`
	Language locale.Lang `json:"language,omitempty" enum:"ja,en"`
	Deputy   string      `json:"deputy,omitempty"`
}

// Owned is what an entry is about; it tells entries apart.
type Owned struct {
	Account  string            `json:"account,omitempty"`
	Stack    string            `json:"stack,omitempty"`
	Tags     map[string]string `json:"tags,omitempty"`
	Resource string            `json:"resource,omitempty" doc:"a pattern over ids and names"`
}

func (a *Owned) listing() ask.Listing {
	return ask.Listing{Account: a.Account, Stack: a.Stack, Tags: a.Tags, Resource: a.Resource}
}

// DirectoryChange is what became of the owner directory.
type DirectoryChange struct {
	view.ImportedBody
	Told
}

// owners registers the owner directory.
func (a *api) owners() {
	add(a, operation{"list-owners", http.MethodGet, "/owners", access.FindingsRead, "The owner directory, the most specific entries first."},
		func(ctx context.Context, at *asked, _ *none) (*body[view.OwnersBody], error) {
			list, err := owners.List(ctx, at.desk)
			if err != nil {
				return nil, err
			}
			return &body[view.OwnersBody]{at.view.OwnersBody(list)}, nil
		})
	add(a, operation{"list-unowned", http.MethodGet, "/owners/missing", access.FindingsRead, "Resources with findings that wait, of which nothing tells the owner."},
		func(ctx context.Context, at *asked, _ *none) (*body[view.UnownedBody], error) {
			unowned := at.view.NewUnowned()
			if err := owners.Missing(ctx, at.desk, func(r *lifecycle.Record) error { unowned.Add(r); return nil }); err != nil {
				return nil, err
			}
			return &body[view.UnownedBody]{unowned.Body()}, nil
		})
	add(a, operation{"import-owners", http.MethodPost, "/owners/import", access.OwnersWrite, "Make a text the whole owner directory, or say what that would change."},
		func(ctx context.Context, at *asked, in *body[Directory]) (*body[DirectoryChange], error) {
			lines, err := owners.Parse("", []byte(in.Body.Text))
			if err != nil {
				return nil, err
			}
			done, head, err := owners.Import(ctx, at.desk, lines, in.Body.DryRun)
			return imported(at, done, headOf(head), in.Body.DryRun, err)
		})
	add(a, operation{"set-owner", http.MethodPut, "/owners/entry", access.OwnersWrite, "Put one entry into the owner directory, in the place of the one about the same."},
		func(ctx context.Context, at *asked, in *body[OwnerEntry]) (*body[DirectoryChange], error) {
			l := in.Body.listing()
			l.Team = in.Body.Team
			l.Contact = ask.Contact{Address: in.Body.Address, Channel: in.Body.Channel, Lang: in.Body.Language, Deputy: in.Body.Deputy}
			done, head, err := owners.Set(ctx, at.desk, l)
			return imported(at, done, headOf(head), false, err)
		})
	add(a, operation{"remove-owner", http.MethodPost, "/owners/remove", access.OwnersWrite, "Take one entry out of the owner directory."},
		func(ctx context.Context, at *asked, in *body[Owned]) (*body[DirectoryChange], error) {
			done, head, err := owners.Remove(ctx, at.desk, in.Body.listing())
			return imported(at, done, headOf(head), false, err)
		})
}

func imported(at *asked, done owners.Imported, head string, dry bool, err error) (*body[DirectoryChange], error) {
	if err != nil {
		return nil, err
	}
	return &body[DirectoryChange]{DirectoryChange{at.view.ImportedBody(done, dry), Told{head, []string{}}}}, nil
}
