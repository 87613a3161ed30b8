package around

import (
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

func firehoseOperations() []*service.Operation {
	return []*service.Operation{
		service.NewJSON("firehose", "DescribeDeliveryStream", false, func(r *service.Request) string {
			return r.Region.AccountARN("firehose", "deliverystream/"+r.Field("DeliveryStreamName"))
		}, describeDeliveryStream),
	}
}

func describeDeliveryStream(r *service.Request) (any, error) {
	var in struct {
		DeliveryStreamName          string
		Limit                       *int
		ExclusiveStartDestinationID string `json:"ExclusiveStartDestinationId"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	s := r.Region.DeliveryStream(r.Region.AccountARN("firehose", "deliverystream/"+in.DeliveryStreamName))
	if s == nil {
		return nil, service.Refuse("ResourceNotFoundException", "Firehose "+in.DeliveryStreamName+" under account "+r.Account.ID+" not found.")
	}
	return struct{ DeliveryStreamDescription *world.DeliveryStream }{s}, nil
}
