// Package around holds the services beside API Gateway that the AWS double
// speaks, as far as kumoban's guidance and scans use them.
package around

import (
	"slices"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
)

// Operations are all operations of these services.
func Operations() []*service.Operation {
	return slices.Concat(stsOperations(), accountOperations(), firehoseOperations(), cloudtrailOperations(), cloudwatchOperations())
}
