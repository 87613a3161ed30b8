package world

import (
	"strconv"
	"time"
)

// LogStream is a log stream as DescribeLogStreams returns it.
type LogStream struct {
	LogStreamName       string `json:"logStreamName"`
	CreationTime        int64  `json:"creationTime"`
	FirstEventTimestamp *int64 `json:"firstEventTimestamp,omitempty"`
	LastEventTimestamp  *int64 `json:"lastEventTimestamp,omitempty"`
	LastIngestionTime   *int64 `json:"lastIngestionTime,omitempty"`
	UploadSequenceToken string `json:"uploadSequenceToken,omitempty"`
	Arn                 string `json:"arn"`
	StoredBytes         int64  `json:"storedBytes"`

	Events []LogEvent `json:"-"`
}

// LogEvent is a log event as FilterLogEvents returns it.
type LogEvent struct {
	LogStreamName string `json:"logStreamName"`
	Timestamp     int64  `json:"timestamp"`
	Message       string `json:"message"`
	IngestionTime int64  `json:"ingestionTime"`
	EventID       string `json:"eventId"`
}

// Stream returns the log stream of this name, or nil.
func (g *LogGroup) Stream(name string) *LogStream {
	return find(g.Streams, func(s *LogStream) bool { return s.LogStreamName == name })
}

// AddStream makes a log stream.
func (g *LogGroup) AddStream(name string, now time.Time) *LogStream {
	s := &LogStream{LogStreamName: name, CreationTime: now.UnixMilli(), Arn: g.LogGroupArn + ":log-stream:" + name}
	g.Streams = append(g.Streams, s)
	return s
}

// Add writes an event; at is in milliseconds.
func (s *LogStream) Add(at int64, message string, now time.Time) {
	s.Events = append(s.Events, LogEvent{
		LogStreamName: s.LogStreamName, Timestamp: at, Message: message, IngestionTime: now.UnixMilli(),
		EventID: s.LogStreamName + "/" + strconv.Itoa(len(s.Events)),
	})
	if s.FirstEventTimestamp == nil || at < *s.FirstEventTimestamp {
		s.FirstEventTimestamp = &at
	}
	if s.LastEventTimestamp == nil || at > *s.LastEventTimestamp {
		s.LastEventTimestamp = &at
	}
	s.LastIngestionTime = Ptr(now.UnixMilli())
}

// validationStream is what CloudWatch Logs writes into a log group when the
// delivery of an AWS service's logs to it is set up.
const validationStream = "log_stream_created_by_aws_to_validate_log_delivery_subscriptions"

// ValidateDelivery writes AWS's event about a new log delivery.
func (g *LogGroup) ValidateDelivery(now time.Time) {
	s := g.Stream(validationStream)
	if s == nil {
		s = g.AddStream(validationStream, now)
	}
	s.Add(now.UnixMilli(), "Permissions are set correctly to allow AWS CloudWatch Logs to write into your logs while creating a subscription.", now)
}
