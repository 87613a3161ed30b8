package hub

import (
	"fmt"
	"strings"

	"github.com/kumoban/kumoban/controls/metadata"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

// securityControl is what Security Hub says of a control, as far as anybody asks.
type securityControl struct {
	SecurityControlId, SecurityControlArn, Title, SeverityRating, SecurityControlStatus, UpdateStatus string
	Parameters                                                                                        map[string]parameter `json:",omitempty"`
}

type parameter struct {
	ValueType string
	Value     map[string]any `json:",omitempty"`
}

type unknownControl struct{ SecurityControlId, ErrorCode, ErrorReason string }

func batchGetControls(r *service.Request) (any, error) {
	var in struct{ SecurityControlIds []string }
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	h, err := enabled(r)
	if err != nil {
		return nil, err
	}
	if n := len(in.SecurityControlIds); n == 0 || n > maxBatch {
		return nil, invalidInput(fmt.Sprintf("SecurityControlIds must hold between 1 and %d ids", maxBatch))
	}
	out := struct {
		SecurityControls []securityControl
		UnprocessedIds   []unknownControl
	}{SecurityControls: []securityControl{}, UnprocessedIds: []unknownControl{}}
	for i, id := range in.SecurityControlIds {
		id = id[strings.LastIndexByte(id, '/')+1:] // of an ARN
		known := metadata.Of(id)
		switch {
		case r.Partial && i%partialEvery == 0:
			out.UnprocessedIds = append(out.UnprocessedIds, unknownControl{id, "ACCESS_DENIED", "Access denied"})
		case known == nil:
			out.UnprocessedIds = append(out.UnprocessedIds, unknownControl{id, "RESOURCE_NOT_FOUND", "The security control was not found"})
		default:
			out.SecurityControls = append(out.SecurityControls, describe(r, h, known))
		}
	}
	return out, nil
}

func describe(r *service.Request, h *world.Hub, known *metadata.Control) securityControl {
	c := securityControl{
		SecurityControlId: known.ID, SecurityControlArn: r.Region.AccountARN("securityhub", "security-control/"+known.ID), Title: known.Title,
		SeverityRating: known.Severity, SecurityControlStatus: "ENABLED", UpdateStatus: "READY",
	}
	for _, p := range known.Parameters {
		if c.Parameters == nil {
			c.Parameters = map[string]parameter{}
		}
		c.Parameters[p.Name] = parameter{ValueType: "DEFAULT"}
	}
	for name, value := range h.Parameters[known.ID] {
		if c.Parameters == nil {
			c.Parameters = map[string]parameter{}
		}
		c.Parameters[name] = parameter{"CUSTOM", value}
	}
	return c
}
