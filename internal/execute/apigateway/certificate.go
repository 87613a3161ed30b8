package apigateway

import (
	"context"
	"errors"
	"time"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/room"
)

// certificateID is the member that names a certificate, in requests and answers.
const certificateID = "clientCertificateId"

func getClientCertificates() *awsclient.Call {
	return gatewayList("GetClientCertificates", "/clientcertificates", "items")
}
func getClientCertificate() *awsclient.Call {
	return gatewayCall("GetClientCertificate", "GET", "/clientcertificates/*", certificateID)
}
func generateClientCertificate() *awsclient.Call {
	return gatewayCall("GenerateClientCertificate", "POST", "/clientcertificates", certificateID)
}
func deleteClientCertificate() *awsclient.Call {
	return gatewayCall("DeleteClientCertificate", "DELETE", "/clientcertificates/*", "")
}

// certificateDriver is for client certificates, which are named by their
// description.
type certificateDriver struct {
	*drive.Service
	drive.Plain
}

// certificate is one that has not expired, with whether a run made it.
type certificate struct {
	id, description string
	expires         time.Time
	ours            bool
}

func (d certificateDriver) all(ctx context.Context) ([]certificate, error) {
	items, err := awsclient.All(awsclient.List(ctx, d.Lane, getClientCertificates(), d.Wire, restAPIs, room.Tree{"limit": int64(500)}))
	if err != nil {
		return nil, err
	}
	var all []certificate
	for _, item := range items {
		c := certificate{id: room.TextOf(item, certificateID), description: room.TextOf(item, "description")}
		if v, ok := room.Get(item, "expirationDate"); ok {
			c.expires, _ = v.(time.Time)
		}
		all = append(all, c)
	}
	return all, nil
}

// get asks for a certificate, with its tags.
func (d certificateDriver) get(ctx context.Context, id string) (c, tags room.Tree, err error) {
	c, err = d.Ask(ctx, restAPIs, getClientCertificate(), room.Tree{certificateID: id})
	tags, _ = c["tags"].(room.Tree)
	return c, tags, err
}

// find returns the certificate of that name which the run made or, if it made
// none, the one that lasts longest; nil if there is none.
func (d certificateDriver) find(ctx context.Context, thing plan.Thing, token string) (*certificate, error) {
	all, err := d.all(ctx)
	if err != nil {
		return nil, err
	}
	var best *certificate
	for _, c := range all {
		if c.description != thing.Name || !c.expires.After(time.Now()) {
			continue
		}
		if c.ours, err = d.ours(ctx, c.id, token); err != nil {
			return nil, err
		}
		if c.ours {
			return &c, nil
		}
		if best == nil || c.expires.After(best.expires) {
			best = &c
		}
	}
	return best, nil
}

// renamed tells whether the run made a certificate that goes by another
// description now, or has expired.
func (d certificateDriver) renamed(ctx context.Context, token string) (bool, error) {
	all, err := d.all(ctx)
	if err != nil {
		return false, err
	}
	for _, c := range all {
		if ours, err := d.ours(ctx, c.id, token); ours || err != nil {
			return ours, err
		}
	}
	return false, nil
}

// ours looks at the certificate's tags by itself: that listings hold them is
// not documented.
func (d certificateDriver) ours(ctx context.Context, id, token string) (bool, error) {
	if token == "" {
		return false, nil
	}
	_, tags, err := d.get(ctx, id)
	if drive.Missing(err) {
		return false, nil
	}
	return err == nil && tags[drive.TokenTag] == token, err
}

func (d certificateDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (drive.State, error) {
	c, err := d.find(ctx, thing, "")
	if err != nil || c == nil {
		return drive.State{}, err
	}
	return drive.StateOf(d, thing, properties, func(name string) (any, bool) {
		switch name {
		case "Description":
			return drive.Filled(&c.description), true
		case "ClientCertificateId":
			return drive.Filled(&c.id), true
		}
		return nil, false
	})
}

func (d certificateDriver) Write(_ context.Context, thing plan.Thing, w drive.Writing) (drive.Written, error) {
	if description, named := w.Want["Description"]; len(w.Want) == 0 || named && len(w.Want) == 1 && description == thing.Name {
		return drive.Written{Sent: drive.Names(w.Want)}, nil // it goes by its description
	}
	return drive.Written{}, drive.Wrong("kumoban changes no %s", thing.Type)
}

func (d certificateDriver) Make(ctx context.Context, thing plan.Thing, values map[string]any, token string) ([]string, error) {
	id, err := drive.Once(ctx, d.Service, generateClientCertificate(), func(ctx context.Context) (string, bool, error) {
		c, err := d.find(ctx, thing, token)
		if err != nil || c == nil || !c.ours {
			return "", false, err
		}
		return c.id, true, nil
	}, func(ctx context.Context) (string, error) {
		out, err := d.Send(ctx, restAPIs, generateClientCertificate(), room.Tree{"description": thing.Name, "tags": room.Tree{drive.TokenTag: token}})
		return room.TextOf(out, certificateID), err
	})
	if err == nil && id == "" {
		err = awsclient.NewGarbled(generateClientCertificate(), "the new certificate has no id")
	}
	return drive.Names(values), err
}

func (d certificateDriver) Outputs(ctx context.Context, thing plan.Thing, token string) (map[string]any, error) {
	c, err := d.find(ctx, thing, token)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, drive.Wrong("there is no client certificate %q", thing.Name)
	}
	return map[string]any{"ClientCertificateId": c.id}, nil
}

// Remove asks every stage first: AWS does not say that it would refuse to
// delete a certificate that one of them shows. The certificate itself is looked
// at last.
func (d certificateDriver) Remove(ctx context.Context, thing plan.Thing, _ map[string]any, _ bool, token string) (string, error) {
	c, err := d.find(ctx, thing, token)
	switch {
	case err != nil:
		return "", err
	case c == nil || !c.ours:
		if renamed, err := d.renamed(ctx, token); renamed || err != nil {
			return drive.KeptChanged, err
		}
		if c == nil {
			return "", nil
		}
		return drive.KeptForeign, nil
	}
	kept := ""
	look := func(ctx context.Context) error {
		if kept, err = d.stays(ctx, thing, c.id); err == nil && kept != "" {
			err = drive.ErrNothing
		}
		return err
	}
	_, err = drive.Change(ctx, d.Service, deleteClientCertificate(), look, func(ctx context.Context) (room.Tree, error) {
		return d.Send(ctx, restAPIs, deleteClientCertificate(), room.Tree{certificateID: c.id})
	})
	switch {
	case errors.Is(err, drive.ErrNothing), drive.Missing(err):
		return kept, nil
	case drive.Conflict(err):
		return drive.KeptInUse, nil
	}
	return "", err
}

// stays says why the certificate is not taken away.
func (d certificateDriver) stays(ctx context.Context, thing plan.Thing, id string) (string, error) {
	if used, err := anyStage(ctx, d.Service, func(s stageUse) bool { return s.certificate == id }); used || err != nil {
		return drive.KeptInUse, err
	}
	c, tags, err := d.get(ctx, id)
	if err == nil && (len(tags) > 1 || room.TextOf(c, "description") != thing.Name) {
		return drive.KeptChanged, nil
	}
	return "", err
}

func (d certificateDriver) Settled(context.Context, plan.Thing, remedy.Wait) (bool, error) {
	return true, nil
}

// Calls holds the permission to tag, which AWS asks for on paths of tags.
func (d certificateDriver) Calls(*plan.Step) []*awsclient.Call {
	return append([]*awsclient.Call{
		getClientCertificates(), getClientCertificate(), generateClientCertificate(), deleteClientCertificate(),
		drive.Permission("apigateway", "PUT", "::/tags/*"),
	}, stageUseCalls()...)
}
