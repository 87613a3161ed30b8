package gatewayv1

import (
	"slices"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/gateway"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

func certificateOperations() []gateway.Operation {
	return []gateway.Operation{
		gateway.Op("GetClientCertificates", "GET", "/clientcertificates", 200, getClientCertificates),
		gateway.Op("GetClientCertificate", "GET", "/clientcertificates/{clientcertificate_id}", 200, getClientCertificate),
		gateway.Op("GenerateClientCertificate", "POST", "/clientcertificates", 201, generateClientCertificate),
		gateway.Op("UpdateClientCertificate", "PATCH", "/clientcertificates/{clientcertificate_id}", 200, updateClientCertificate),
		gateway.Op("DeleteClientCertificate", "DELETE", "/clientcertificates/{clientcertificate_id}", 202, deleteClientCertificate),
	}
}

func getClientCertificates(r *service.Request) (any, error) {
	return page(r, r.Region.ClientCertificates)
}

func getClientCertificate(r *service.Request) (any, error) {
	if c := r.Region.ClientCertificate(r.Vars["clientcertificate_id"]); c != nil {
		return c, nil
	}
	return nil, service.NotFound("Invalid Client Certificate identifier specified")
}

func generateClientCertificate(r *service.Request) (any, error) {
	var in struct {
		Description *string           `json:"description"`
		Tags        map[string]string `json:"tags"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	c := &world.ClientCertificate{Description: in.Description, Tags: in.Tags, CreatedDate: &world.Epoch{Time: r.Now}}
	r.Region.CompleteClientCertificate(c)
	r.Region.ClientCertificates = append(r.Region.ClientCertificates, c)
	return c, nil
}

// updateClientCertificate changes the description, all that AWS lets change.
func updateClientCertificate(r *service.Request) (any, error) {
	ops, err := patches(r)
	if err != nil {
		return nil, err
	}
	c := r.Region.ClientCertificate(r.Vars["clientcertificate_id"])
	if c == nil {
		return nil, service.NotFound("Invalid Client Certificate identifier specified")
	}
	description := c.Description
	for _, p := range ops {
		if p.Path != "/description" {
			return nil, p.unknown("/description")
		}
		if err := p.only("replace"); err != nil {
			return nil, err
		}
		description = &p.Value
	}
	c.Description = description
	return c, nil
}

// deleteClientCertificate does not look whether a stage uses the certificate:
// AWS does not say that it would refuse.
func deleteClientCertificate(r *service.Request) (any, error) {
	c := r.Region.ClientCertificate(r.Vars["clientcertificate_id"])
	if c == nil {
		return nil, service.NotFound("Invalid Client Certificate identifier specified")
	}
	r.Region.ClientCertificates = slices.DeleteFunc(r.Region.ClientCertificates, func(x *world.ClientCertificate) bool { return x == c })
	return nil, nil
}
