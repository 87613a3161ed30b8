package casefile

import (
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/kumoban/kumoban/internal/fact"
)

// scalar is a plain value. Moments are in UTC.
func scalar(n *yaml.Node) (any, error) {
	var v any
	if err := n.Decode(&v); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case int:
		return int64(v), nil
	case time.Time:
		return fact.Time(v.Unix()), nil
	case string:
		if t, err := time.Parse(time.RFC3339, v); err == nil && n.Style == 0 {
			return fact.Time(t.Unix()), nil
		}
	}
	return v, nil
}
