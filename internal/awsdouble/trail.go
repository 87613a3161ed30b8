package awsdouble

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

// trail keeps a write as a management event, also one that was refused. The
// account is locked.
func (d *Double) trail(o *service.Operation, req *service.Request, refused error) {
	if !o.Write {
		return
	}
	kind := "IAMUser"
	if strings.Contains(req.Caller.ARN, ":assumed-role/") {
		kind = "AssumedRole"
	}
	e := world.Event{
		ID: d.world.NewUUID(), Name: o.Name, Source: o.Signing + ".amazonaws.com", Time: req.Now,
		Username: req.Caller.ARN[strings.LastIndex(req.Caller.ARN, "/")+1:], AccessKeyID: req.Caller.AccessKeyID,
	}
	record := map[string]any{
		"eventVersion": "1.11", "eventID": e.ID, "eventName": e.Name, "eventSource": e.Source, "eventType": "AwsApiCall",
		"eventCategory": "Management", "managementEvent": true, "readOnly": false,
		"eventTime": world.ISO{Time: req.Now}, "awsRegion": req.Region.Name, "recipientAccountId": req.Account.ID,
		"userIdentity":      map[string]string{"type": kind, "arn": req.Caller.ARN, "accountId": req.Caller.Account, "accessKeyId": e.AccessKeyID, "principalId": req.Caller.UserID},
		"requestParameters": parameters(req),
	}
	var api *service.Error
	if errors.As(refused, &api) {
		record["errorCode"], record["errorMessage"] = api.Code, api.Message
	}
	e.Record, _ = json.Marshal(record)
	req.Region.Events = append(req.Region.Events, e)
}

// parameters are the request's members as CloudTrail shows them.
func parameters(req *service.Request) map[string]any {
	out := map[string]any{}
	_ = json.Unmarshal(req.Body, &out)
	for k, v := range req.Form {
		out[strings.ToLower(k[:1])+k[1:]] = v[0]
	}
	names := map[string]string{"restapi_id": "restApiId", "stage_name": "stageName", "domain_name": "domainName", "resource_id": "resourceId",
		"parent_id": "parentId", "http_method": "httpMethod", "clientcertificate_id": "clientCertificateId"}
	for k, v := range req.Vars {
		if name := names[k]; name != "" {
			k = name
		}
		out[k] = v
	}
	return out
}
