package clientcertificate

import (
	"github.com/kumoban/kumoban/controls/apigateway/internal/ensure"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/apigateway"
)

func remedies() []remedy.Remedy {
	return []remedy.Remedy{{
		Name: "certificate",
		On:   apigateway.StageType,
		Does: []remedy.Effect{remedy.Interrupts, remedy.Replaces},
		Inputs: []remedy.Input{{
			Name: "certificate", Required: true,
			// "new" has the form of an id.
			Pattern: `[a-z0-9]+|arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+`,
		}},
		Ensure:  ensure.On(attach),
		Charges: ensure.Bills(cost.Nothing),
		Touches: []remedy.Touch{
			{Type: "AWS::ApiGateway::ClientCertificate", Name: "kumoban: *", Make: true},
			{Type: apigateway.StageType, Properties: []string{"ClientCertificateId"}},
		},
	}}
}

func attach(s *apigateway.Stage, c remedy.Case) ([]remedy.Ensure, error) {
	if err := ensure.Known(s.ClientCertificateId, "ClientCertificateId"); err != nil {
		return nil, err
	}
	if fact.Filled(s.ClientCertificateId) == fact.True {
		return nil, ensure.Nothing(s)
	}
	certificate, err := ensure.Given(c, "certificate")
	if err != nil {
		return nil, err
	}
	stage := remedy.Ensure{
		ID: "stage", Thing: ensure.Thing(s), Set: []remedy.Property{{Name: "ClientCertificateId", Value: certificate}},
		Other: ensure.Same("DeploymentId", s.DeploymentId),
	}
	if certificate != "new" {
		return []remedy.Ensure{stage}, nil
	}
	// Two APIs may have one name, but not one id.
	api, name, err := ensure.Part(s)
	if err != nil {
		return nil, err
	}
	made := remedy.Ensure{
		ID:    "certificate",
		Thing: resource.Ref{Scope: s.Scope, Type: "AWS::ApiGateway::ClientCertificate", Name: "kumoban: " + api + "/" + name},
		Make:  true,
	}
	stage.Set[0].Value = remedy.Output{Of: made.ID, Name: "ClientCertificateId"}
	stage.After = []string{made.ID}
	return []remedy.Ensure{made, stage}, nil
}
