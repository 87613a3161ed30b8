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
func (d *Double) trail(o *service.Operation, req *service.Request, value any, refused error) {
	if !o.Write {
		return
	}
	e := world.Event{
		ID: d.world.NewUUID(), Name: o.Name, Source: o.Signing + ".amazonaws.com", Time: req.Now,
		Username: req.Caller.ARN[strings.LastIndex(req.Caller.ARN, "/")+1:], AccessKeyID: req.Caller.AccessKeyID,
	}
	record := map[string]any{
		"eventVersion": "1.11", "eventID": e.ID, "eventName": e.Name, "eventSource": e.Source, "eventType": "AwsApiCall",
		"eventCategory": "Management", "managementEvent": true, "readOnly": false,
		"eventTime": world.ISO{Time: req.Now}, "awsRegion": req.Region.Name, "recipientAccountId": req.Account.ID,
		"userIdentity": identity(req, e.Username), "requestParameters": parameters(o, req), "responseElements": value,
	}
	var api *service.Error
	if errors.As(refused, &api) {
		record["errorCode"], record["errorMessage"], record["responseElements"] = api.Code, api.Message, nil
	}
	e.Record, _ = json.Marshal(record)
	req.Region.Events = append(req.Region.Events, e)
}

// identity is who made the request, as CloudTrail describes users and roles.
func identity(req *service.Request, name string) map[string]any {
	id := map[string]any{"type": "IAMUser", "arn": req.Caller.ARN, "accountId": req.Caller.Account, "accessKeyId": req.Caller.AccessKeyID, "principalId": req.Caller.UserID}
	_, session, assumed := strings.Cut(req.Caller.ARN, ":assumed-role/")
	if !assumed {
		id["userName"] = name
		return id
	}
	role, _, _ := strings.Cut(session, "/")
	id["type"] = "AssumedRole"
	id["sessionContext"] = map[string]any{"sessionIssuer": map[string]any{
		"type": "Role", "accountId": req.Caller.Account, "userName": role, "arn": "arn:" + world.Partition(req.Region.Name) + ":iam::" + req.Caller.Account + ":role/" + role,
	}}
	return id
}

// parameters are the request's members as CloudTrail shows them.
func parameters(o *service.Operation, req *service.Request) map[string]any {
	if o.Model != nil {
		return said(req.In)
	}
	body := map[string]any{}
	_ = json.Unmarshal(req.Body, &body)
	if o.Parameters != nil {
		return o.Parameters(req, body)
	}
	for k, v := range req.Form {
		body[strings.ToLower(k[:1])+k[1:]] = v[0]
	}
	for k, v := range req.Vars {
		body[k] = v
	}
	return body
}
