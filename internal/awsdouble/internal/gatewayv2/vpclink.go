package gatewayv2

import (
	"time"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/gateway"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

func vpcLinkOperations() []gateway.Operation {
	return []gateway.Operation{
		gateway.Op("GetVpcLinks", "GET", "/vpclinks", 200, getVpcLinks),
		gateway.Op("CreateVpcLink", "POST", "/vpclinks", 201, createVpcLink),
	}
}

func getVpcLinks(r *service.Request) (any, error) {
	for _, v := range r.Region.VpcLinks {
		if v.Ready != nil && !r.Now.Before(v.Ready.Time) {
			v.Ready, v.VpcLinkStatus, v.VpcLinkStatusMessage = nil, nil, nil
			r.Region.CompleteVpcLink(v)
		}
	}
	return page(r, r.Region.VpcLinks)
}

func vpcLink(region *world.Region, id string) *world.VpcLink {
	for _, v := range region.VpcLinks {
		if v.VpcLinkID == id {
			return v
		}
	}
	return nil
}

// linkSetup is how long a VPC link stays pending.
const linkSetup = 2 * time.Minute

func createVpcLink(r *service.Request) (any, error) {
	var in struct {
		Name             string            `json:"name"`
		SecurityGroupIDs []string          `json:"securityGroupIds"`
		SubnetIDs        []string          `json:"subnetIds"`
		Tags             map[string]string `json:"tags"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if in.Name == "" || len(in.SubnetIDs) == 0 {
		return nil, service.BadRequest("Name and SubnetIds are required parameters")
	}
	v := &world.VpcLink{
		Name: in.Name, SecurityGroupIDs: in.SecurityGroupIDs, SubnetIDs: in.SubnetIDs, Tags: in.Tags, CreatedDate: &world.ISO{Time: r.Now},
		VpcLinkStatus: world.Ptr("PENDING"), VpcLinkStatusMessage: world.Ptr("VPC link is provisioning ENIs"),
		Ready: &world.Epoch{Time: r.Now.Add(linkSetup)},
	}
	r.Region.CompleteVpcLink(v)
	r.Region.VpcLinks = append(r.Region.VpcLinks, v)
	return v, nil
}
