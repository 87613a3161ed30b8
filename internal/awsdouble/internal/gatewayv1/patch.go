package gatewayv1

import (
	"strconv"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
)

// patch is one operation of a PATCH request.
type patch struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value string `json:"value"`
	From  string `json:"from"`
}

// patches reads the operations of a request. AWS applies all of them or none,
// so callers work on a copy.
func patches(r *service.Request) ([]patch, error) {
	var in struct {
		PatchOperations []patch `json:"patchOperations"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	for i, p := range in.PatchOperations {
		switch p.Op {
		case "add", "remove", "replace", "copy":
		case "move", "test":
			return nil, service.BadRequest("Invalid patch operation specified. Must be one of: [add, remove, replace, copy]")
		default:
			return nil, service.Refuse("ValidationException", "1 validation error detected: Value '"+p.Op+"' at 'patchOperations."+strconv.Itoa(i+1)+
				".member.op' failed to satisfy constraint: Member must satisfy enum value set: [add, remove, move, test, replace, copy]")
		}
	}
	return in.PatchOperations, nil
}

// only refuses any operation but these.
func (p patch) only(ops ...string) error {
	for _, op := range ops {
		if p.Op == op {
			return nil
		}
	}
	return service.BadRequest("Invalid " + p.Op + " operation with path: " + p.Path)
}

// unknown is the refusal of a path that a resource does not have.
func (p patch) unknown(paths string) error {
	return service.BadRequest("Invalid patch path  '" + p.Path + "' specified for op '" + p.Op + "'. Must be one of: [" + paths + "]")
}

func (p patch) boolean() (bool, error) {
	switch p.Value {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, service.BadRequest("Invalid boolean value '" + p.Value + "' specified for path: " + p.Path)
}

func (p patch) integer(lowest, highest int) (int, error) {
	n, err := strconv.Atoi(p.Value)
	if err != nil || n < lowest || n > highest {
		return 0, service.BadRequest("Invalid value '" + p.Value + "' specified for path: " + p.Path +
			". Must be between " + strconv.Itoa(lowest) + " and " + strconv.Itoa(highest))
	}
	return n, nil
}

func (p patch) number(lowest float64) (float64, error) {
	n, err := strconv.ParseFloat(p.Value, 64)
	if err != nil || n < lowest {
		return 0, service.BadRequest("Invalid value '" + p.Value + "' specified for path: " + p.Path)
	}
	return n, nil
}
