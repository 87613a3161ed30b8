package logs

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

func listLogTags(r *service.Request) (any, error) {
	var in struct {
		ResourceArn string `json:"resourceArn"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if strings.HasSuffix(in.ResourceArn, ":*") {
		return nil, badLogs("The resource ARN is not valid: " + in.ResourceArn)
	}
	g, err := logGroup(r, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	out := struct {
		Tags map[string]string `json:"tags"`
	}{g.Tags}
	if out.Tags == nil {
		out.Tags = map[string]string{}
	}
	return out, nil
}

func tagLogs(r *service.Request) (any, error) {
	var in struct {
		ResourceArn string            `json:"resourceArn"`
		Tags        map[string]string `json:"tags"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	g, err := logGroup(r, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	tags := maps.Clone(g.Tags)
	if tags == nil {
		tags = map[string]string{}
	}
	maps.Copy(tags, in.Tags)
	g.Tags = tags
	return nil, nil
}

func putSubscriptionFilter(r *service.Request) (any, error) {
	var in world.SubscriptionFilter
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	g, err := logGroup(r, in.LogGroupName)
	if err != nil {
		return nil, err
	}
	if in.FilterName == "" || in.DestinationArn == "" {
		return nil, badLogs("1 validation error detected: Value at 'filterName' failed to satisfy constraint: Member must have length greater than or equal to 1")
	}
	others := slices.DeleteFunc(slices.Clone(g.SubscriptionFilters), func(f world.SubscriptionFilter) bool { return f.FilterName == in.FilterName })
	if len(others) == 2 {
		return nil, service.Refuse("LimitExceededException", "Resource limit exceeded.")
	}
	in.CreationTime = r.Now.UnixMilli()
	g.SubscriptionFilters = append(others, in)
	return nil, nil
}

func describeSubscriptionFilters(r *service.Request) (any, error) {
	var in struct {
		LogGroupName     string `json:"logGroupName"`
		FilterNamePrefix string `json:"filterNamePrefix"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	g, err := logGroup(r, in.LogGroupName)
	if err != nil {
		return nil, err
	}
	out := struct {
		SubscriptionFilters []world.SubscriptionFilter `json:"subscriptionFilters"`
	}{[]world.SubscriptionFilter{}}
	for _, f := range g.SubscriptionFilters {
		if strings.HasPrefix(f.FilterName, in.FilterNamePrefix) {
			out.SubscriptionFilters = append(out.SubscriptionFilters, f)
		}
	}
	return out, nil
}

func createLogStream(r *service.Request) (any, error) {
	var in struct {
		LogGroupName  string `json:"logGroupName"`
		LogStreamName string `json:"logStreamName"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	g, err := logGroup(r, in.LogGroupName)
	switch {
	case err != nil:
		return nil, err
	case in.LogStreamName == "" || strings.ContainsAny(in.LogStreamName, ":*"):
		return nil, badLogs("1 validation error detected: Value at 'logStreamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [^:*]*")
	case g.Stream(in.LogStreamName) != nil:
		return nil, service.Refuse("ResourceAlreadyExistsException", "The specified log stream already exists")
	}
	g.AddStream(in.LogStreamName, r.Now)
	return nil, nil
}

func putLogEvents(r *service.Request) (any, error) {
	var in struct {
		LogGroupName  string `json:"logGroupName"`
		LogStreamName string `json:"logStreamName"`
		LogEvents     []struct {
			Timestamp int64  `json:"timestamp"`
			Message   string `json:"message"`
		} `json:"logEvents"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	g, err := logGroup(r, in.LogGroupName)
	if err != nil {
		return nil, err
	}
	s := g.Stream(in.LogStreamName)
	if s == nil {
		return nil, missingLogs("The specified log stream does not exist.")
	}
	if len(in.LogEvents) == 0 {
		return nil, badLogs("1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length greater than or equal to 1")
	}
	for i, e := range in.LogEvents {
		if i > 0 && e.Timestamp < in.LogEvents[i-1].Timestamp {
			return nil, badLogs("Log events in a single PutLogEvents request must be in chronological order.")
		}
	}
	for _, e := range in.LogEvents {
		s.Add(e.Timestamp, e.Message, r.Now)
	}
	return struct{}{}, nil
}

func describeLogStreams(r *service.Request) (any, error) {
	var in struct {
		LogGroupName        string `json:"logGroupName"`
		LogGroupIdentifier  string `json:"logGroupIdentifier"`
		LogStreamNamePrefix string `json:"logStreamNamePrefix"`
		OrderBy             string `json:"orderBy"`
		Descending          bool   `json:"descending"`
		NextToken           string `json:"nextToken"`
		Limit               *int   `json:"limit"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	g, err := logGroup(r, in.LogGroupName+in.LogGroupIdentifier)
	if err != nil {
		return nil, err
	}
	byTime := in.OrderBy == "LastEventTime"
	if byTime && in.LogStreamNamePrefix != "" {
		return nil, badLogs("Cannot order by LastEventTime with a logStreamNamePrefix.")
	}
	size := 50
	if in.Limit != nil {
		size = *in.Limit
	}
	if size < 1 || size > 50 {
		return nil, badLogs("1 validation error detected: Value at 'limit' failed to satisfy constraint: Member must have value less than or equal to 50")
	}
	list := slices.DeleteFunc(slices.Clone(g.Streams), func(s *world.LogStream) bool { return !strings.HasPrefix(s.LogStreamName, in.LogStreamNamePrefix) })
	slices.SortFunc(list, func(a, b *world.LogStream) int {
		order := strings.Compare(a.LogStreamName, b.LogStreamName)
		if byTime {
			order = cmp.Or(cmp.Compare(last(a), last(b)), order)
		}
		if in.Descending {
			order = -order
		}
		return order
	})
	page, next, ok := service.Page(list, "streams"+g.LogGroupArn, in.NextToken, size)
	if !ok {
		return nil, badLogs("The specified nextToken is invalid.")
	}
	if page == nil {
		page = []*world.LogStream{}
	}
	return struct {
		LogStreams []*world.LogStream `json:"logStreams"`
		NextToken  string             `json:"nextToken,omitempty"`
	}{page, next}, nil
}

func last(s *world.LogStream) int64 {
	if s.LastEventTimestamp == nil {
		return 0
	}
	return *s.LastEventTimestamp
}

type filterInput struct {
	LogGroupName        string   `json:"logGroupName"`
	LogGroupIdentifier  string   `json:"logGroupIdentifier"`
	LogStreamNames      []string `json:"logStreamNames"`
	LogStreamNamePrefix string   `json:"logStreamNamePrefix"`
	StartTime           *int64   `json:"startTime"`
	EndTime             *int64   `json:"endTime"`
	FilterPattern       string   `json:"filterPattern"`
	NextToken           string   `json:"nextToken"`
	Limit               *int     `json:"limit"`
}

// filterLogEvents knows one kind of pattern: phrases in quotation marks, all of
// which an event must hold.
func filterLogEvents(r *service.Request) (any, error) {
	var in filterInput
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	g, err := logGroup(r, in.LogGroupName+in.LogGroupIdentifier)
	if err != nil {
		return nil, err
	}
	phrases, known := quoted(in.FilterPattern)
	if !known {
		return nil, &service.Error{Status: 501, Code: "UnknownOperationException", Message: "awsdouble knows filter patterns of quoted phrases only"}
	}
	list := []world.LogEvent{}
	for _, s := range g.Streams {
		if len(in.LogStreamNames) > 0 && !slices.Contains(in.LogStreamNames, s.LogStreamName) || !strings.HasPrefix(s.LogStreamName, in.LogStreamNamePrefix) {
			continue
		}
		for _, e := range s.Events {
			if (in.StartTime == nil || e.Timestamp >= *in.StartTime) && (in.EndTime == nil || e.Timestamp < *in.EndTime) && holdsAll(e.Message, phrases) {
				list = append(list, e)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b world.LogEvent) int { return cmp.Compare(a.Timestamp, b.Timestamp) })
	size := 10000
	if in.Limit != nil {
		size = *in.Limit
	}
	if size < 1 || size > 10000 {
		return nil, badLogs("1 validation error detected: Value at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000")
	}
	page, next, ok := service.Page(list, "events"+g.LogGroupArn, in.NextToken, size)
	if !ok {
		return nil, badLogs("The specified nextToken is invalid.")
	}
	return struct {
		Events             []world.LogEvent `json:"events"`
		SearchedLogStreams []struct{}       `json:"searchedLogStreams"`
		NextToken          string           `json:"nextToken,omitempty"`
	}{page, []struct{}{}, next}, nil
}

// quoted takes a pattern of quoted phrases apart.
func quoted(pattern string) (phrases []string, ok bool) {
	for rest := strings.TrimSpace(pattern); rest != ""; {
		prefix, err := strconv.QuotedPrefix(rest)
		if err != nil {
			return nil, false
		}
		phrase, err := strconv.Unquote(prefix)
		if err != nil {
			return nil, false
		}
		phrases = append(phrases, phrase)
		rest = strings.TrimSpace(rest[len(prefix):])
	}
	return phrases, true
}

func holdsAll(message string, phrases []string) bool {
	return !slices.ContainsFunc(phrases, func(p string) bool { return !strings.Contains(message, p) })
}
