package execute

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v1 "github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
)

func getClientCertificates() *awsclient.Call {
	return gatewayList("GetClientCertificates", "/clientcertificates", "item")
}
func getClientCertificate() *awsclient.Call {
	return gatewayCall("GetClientCertificate", "GET", "/clientcertificates/*", "clientCertificateId")
}
func generateClientCertificate() *awsclient.Call {
	return gatewayCall("GenerateClientCertificate", "POST", "/clientcertificates", "clientCertificateId")
}
func deleteClientCertificate() *awsclient.Call {
	return gatewayCall("DeleteClientCertificate", "DELETE", "/clientcertificates/*", "")
}

// certificateDriver is for client certificates, which are named by their
// description.
type certificateDriver struct {
	*service
	plain
}

// certificate is one that has not expired, with whether a run made it.
type certificate struct {
	types.ClientCertificate
	ours bool
}

func (d certificateDriver) all(ctx context.Context) ([]types.ClientCertificate, error) {
	return awsclient.All(list(ctx, d.service, getClientCertificates(), d.v1().GetClientCertificates, func(token *string) *v1.GetClientCertificatesInput {
		return &v1.GetClientCertificatesInput{Limit: aws.Int32(500), Position: token}
	}, func(out *v1.GetClientCertificatesOutput) ([]types.ClientCertificate, *string) {
		return out.Items, out.Position
	}))
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
		if aws.ToString(c.Description) != thing.Name || !aws.ToTime(c.ExpirationDate).After(time.Now()) {
			continue
		}
		ours, err := d.ours(ctx, &c, token)
		if err != nil {
			return nil, err
		}
		if ours {
			return &certificate{c, true}, nil
		}
		if best == nil || aws.ToTime(c.ExpirationDate).After(aws.ToTime(best.ExpirationDate)) {
			best = &certificate{c, false}
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
		if ours, err := d.ours(ctx, &c, token); ours || err != nil {
			return ours, err
		}
	}
	return false, nil
}

// ours looks at the certificate's tags by itself: that listings hold them is
// not documented.
func (d certificateDriver) ours(ctx context.Context, c *types.ClientCertificate, token string) (bool, error) {
	if token == "" {
		return false, nil
	}
	whole, err := do(ctx, d.service, getClientCertificate(), d.v1().GetClientCertificate, &v1.GetClientCertificateInput{ClientCertificateId: c.ClientCertificateId})
	if missing(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return whole.Tags[tokenTag] == token, nil
}

func (d certificateDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (State, error) {
	c, err := d.find(ctx, thing, "")
	if err != nil || c == nil {
		return State{}, err
	}
	return stateOf(d, thing, properties, func(name string) (any, bool) {
		switch name {
		case "Description":
			return filled(c.Description), true
		case "ClientCertificateId":
			return filled(c.ClientCertificateId), true
		}
		return nil, false
	})
}

func (d certificateDriver) Write(_ context.Context, thing plan.Thing, w Writing) (Written, error) {
	if description, named := w.Want["Description"]; len(w.Want) == 0 || named && len(w.Want) == 1 && description == thing.Name {
		return Written{Sent: names(w.Want)}, nil // it goes by its description
	}
	return Written{}, wrong("kumoban changes no %s", thing.Type)
}

func (d certificateDriver) Make(ctx context.Context, thing plan.Thing, values map[string]any, token string) ([]string, error) {
	id, err := once(ctx, d.service, generateClientCertificate(), func(ctx context.Context) (string, bool, error) {
		c, err := d.find(ctx, thing, token)
		if err != nil || c == nil || !c.ours {
			return "", false, err
		}
		return aws.ToString(c.ClientCertificateId), true, nil
	}, func(ctx context.Context) (string, error) {
		out, err := d.v1().GenerateClientCertificate(ctx, &v1.GenerateClientCertificateInput{Description: &thing.Name, Tags: map[string]string{tokenTag: token}})
		if err != nil {
			return "", err
		}
		return aws.ToString(out.ClientCertificateId), nil
	})
	if err == nil && id == "" {
		err = awsclient.NewGarbled(generateClientCertificate(), "the new certificate has no id")
	}
	return names(values), err
}

func (d certificateDriver) Outputs(ctx context.Context, thing plan.Thing, token string) (map[string]any, error) {
	c, err := d.find(ctx, thing, token)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, wrong("there is no client certificate %q", thing.Name)
	}
	return map[string]any{"ClientCertificateId": aws.ToString(c.ClientCertificateId)}, nil
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
			return keptChanged, err
		}
		if c == nil {
			return "", nil
		}
		return keptForeign, nil
	}
	id, kept := aws.ToString(c.ClientCertificateId), ""
	look := func(ctx context.Context) error {
		if kept, err = d.stays(ctx, thing, id); err == nil && kept != "" {
			err = errNothing
		}
		return err
	}
	_, err = change(ctx, d.service, deleteClientCertificate(), look, func(ctx context.Context) (*v1.DeleteClientCertificateOutput, error) {
		return d.v1().DeleteClientCertificate(ctx, &v1.DeleteClientCertificateInput{ClientCertificateId: &id})
	})
	switch {
	case errors.Is(err, errNothing), missing(err):
		return kept, nil
	case Conflict(err):
		return keptInUse, nil
	}
	return "", err
}

// stays says why the certificate is not taken away.
func (d certificateDriver) stays(ctx context.Context, thing plan.Thing, id string) (string, error) {
	if used, err := d.anyStage(ctx, func(s stageUse) bool { return s.certificate == id }); used || err != nil {
		return keptInUse, err
	}
	c, err := do(ctx, d.service, getClientCertificate(), d.v1().GetClientCertificate, &v1.GetClientCertificateInput{ClientCertificateId: &id})
	if err == nil && (len(c.Tags) > 1 || aws.ToString(c.Description) != thing.Name) {
		return keptChanged, nil
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
		permission("apigateway", "PUT", "::/tags/*"),
	}, stageUseCalls()...)
}
