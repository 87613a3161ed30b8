package apigatewayv2

import "github.com/kumoban/kumoban/internal/fact"

// MappedStage implements [resource.Mapped]: any stage will do.
func (r *Api) MappedStage() fact.Value[string] { return fact.Absent[string](r.Origin) }

// MappedStage implements [resource.Mapped].
func (r *Stage) MappedStage() fact.Value[string] { return r.StageName }

// MappedStage implements [resource.Mapped]: any stage of its API will do.
func (r *Route) MappedStage() fact.Value[string] { return fact.Absent[string](r.Origin) }

// MappedStage implements [resource.Mapped]: any stage of its API will do.
func (r *Integration) MappedStage() fact.Value[string] { return fact.Absent[string](r.Origin) }
