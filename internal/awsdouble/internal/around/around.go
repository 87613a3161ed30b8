// Package around holds the services beside API Gateway that the AWS double
// speaks, as far as kumoban's guidance and scans use them.
package around

import (
	"slices"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
)

// Operations are all operations of these services.
func Operations() []*service.Operation {
	return slices.Concat(stsOperations(), accountOperations(), wafOperations(), logsOperations(), iamOperations(),
		kmsOperations(), firehoseOperations(), cloudtrailOperations(), cloudwatchOperations())
}

// jsonOperation declares an operation of a JSON 1.1 service.
func jsonOperation(signing, name string, write bool, resource func(*service.Request) string, do func(*service.Request) (any, error)) *service.Operation {
	busy := map[string]*service.Error{
		"logs": {Status: 400, Code: "OperationAbortedException"}, "kms": {Status: 500, Code: "DependencyTimeoutException"},
		"wafv2": {Status: 400, Code: "WAFUnavailableEntityException"},
	}
	return &service.Operation{Service: signing, Signing: signing, Name: name, Protocol: service.JSON, Write: write, Resource: resource, Busy: busy[signing], Do: do}
}
