package apigateway

import (
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/resource"
)

// narrowed is a call of API Gateway about the thing of an ARN, or about the API
// that it belongs to, with the identifiers in place of *. It tells whether the
// call is about that thing at all; any other is returned as it is, and none of
// another service.
func narrowed(c *awsclient.Call, arn string) (*awsclient.Call, bool) {
	a, ok := resource.ParseARN(arn)
	head, path, isPath := strings.Cut(c.Resource, "/")
	if c.Service != "apigateway" {
		return nil, false
	}
	if !isPath || !ok || a.Service != "apigateway" {
		return c, false
	}
	wants, has := strings.Split(path, "/"), strings.Split(strings.TrimPrefix(a.Resource, "/"), "/")
	if private := strings.Contains(a.Resource, "+"); private != (wants[len(wants)-1] == "*+*") && wants[0] == "domainnames" && len(wants) == 2 {
		return c, false
	}
	for i, same := 0, true; i < len(wants); i++ {
		switch id := strings.HasPrefix(wants[i], "*"); {
		case id && same && i < len(has):
			wants[i] = has[i]
		case id, i == 0 && wants[i] != has[i]:
			return c, false
		default:
			same = same && i < len(has) && wants[i] == has[i]
		}
	}
	own := *c
	own.Resource = head + "/" + strings.Join(wants, "/")
	if a.Account != "" && strings.HasPrefix(head, ":*:") {
		own.Resource = ":" + a.Account + strings.TrimPrefix(own.Resource, ":*")
	}
	return &own, true
}
