package apigateway

import (
	"context"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
	"github.com/kumoban/kumoban/internal/traffic"
	"github.com/kumoban/kumoban/types/apigateway"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

// counted is a stage of an API as CloudWatch names it.
func counted(dimension, api, stage, says string, metrics ...traffic.Metric) drive.Counted {
	return drive.Counted{Subject: traffic.Subject{
		Namespace: "AWS/ApiGateway", Dimensions: [][2]string{{dimension, api}, {"Stage", stage}}, Metrics: metrics, Says: says,
	}}
}

func uncounted(m locale.Message) drive.Counted { return drive.Counted{Why: m} }

// Subjects names stages by their APIs' names. Of a REST API's Count AWS names
// SampleCount as its statistic.
func (d stageDriver) Subjects(ctx context.Context, things []resource.Resource) []drive.Counted {
	out := make([]drive.Counted, len(things))
	all, err := d.names(ctx)
	for i, thing := range things {
		s, ok := thing.(*apigateway.Stage)
		if !ok || s.RestApi == nil {
			out[i] = uncounted(locale.M("cost.requests.noStage"))
			continue
		}
		if err != nil {
			out[i] = uncounted(unnamed(ctx, err))
			continue
		}
		id := idOf(s.RestApi.ARN)
		mine := nameOf(id, all[id])
		out[i] = counted("ApiName", mine, idOf(s.ARN), "cost.requests", traffic.Metric{Name: "Count", Stat: "SampleCount"})
		for other, name := range all {
			if other != id && nameOf(other, name) == mine {
				out[i] = uncounted(locale.M("cost.requests.sameName", locale.A("name", locale.Clean(mine))))
			}
		}
	}
	return out
}

// SubjectsCalls is the listing of the APIs' names.
func (stageDriver) SubjectsCalls() []*awsclient.Call { return []*awsclient.Call{getRestAPIs()} }

// names are those of the REST APIs of the Region, by id.
func (d stageDriver) names(ctx context.Context) (map[string]string, error) {
	apis, err := awsclient.All(d.List(ctx, restAPIs, getRestAPIs(), room.Tree{"limit": int64(500)}))
	names := map[string]string{}
	for _, a := range apis {
		names[room.TextOf(a, "id")] = room.TextOf(a, "name")
	}
	return names, err
}

// unnamed says why the names are not known.
func unnamed(ctx context.Context, err error) locale.Message {
	f := drive.Fault(err)
	if ctx.Err() != nil {
		return locale.M("cost.requests.late")
	}
	return locale.M("cost.requests.names", locale.A("call", f.Call), locale.A("code", locale.Clean(f.Code)))
}

// nameOf is the ApiName under which a REST API's figures stand: without what is
// not ASCII, and the id where nothing is left (developer guide, "Amazon API
// Gateway dimensions and metrics").
func nameOf(id, name string) string {
	ascii := strings.Map(func(r rune) rune {
		if r > 0x7f {
			return -1
		}
		return r
	}, name)
	if ascii == "" {
		return id
	}
	return ascii
}

// idOf is the last part of an ARN's path.
func idOf(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

// Subjects names stages by their APIs' ids. WebSocket APIs have no Count: what they
// log and bill are connections and messages.
func (v2StageDriver) Subjects(_ context.Context, things []resource.Resource) []drive.Counted {
	out := make([]drive.Counted, len(things))
	for i, thing := range things {
		s, ok := thing.(*apigatewayv2.Stage)
		if !ok {
			out[i] = uncounted(locale.M("cost.requests.noStage"))
			continue
		}
		switch protocol, known := s.Api.ProtocolType.Get(); {
		case known != fact.True:
			out[i] = uncounted(locale.M("cost.requests.noStage"))
		case protocol == "WEBSOCKET":
			out[i] = counted("ApiId", idOf(s.Api.ARN), idOf(s.ARN), "cost.messages", traffic.Metric{Name: "ConnectCount", Stat: "Sum"}, traffic.Metric{Name: "MessageCount", Stat: "Sum"})
		default:
			out[i] = counted("ApiId", idOf(s.Api.ARN), idOf(s.ARN), "cost.requests", traffic.Metric{Name: "Count", Stat: "Sum"})
		}
	}
	return out
}

// SubjectsCalls are none: ids are known.
func (v2StageDriver) SubjectsCalls() []*awsclient.Call { return nil }
