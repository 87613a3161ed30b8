package world

import (
	"maps"
	"time"
)

// Metric is a metric of CloudWatch's, with what was measured.
type Metric struct {
	Namespace  string
	MetricName string
	Dimensions map[string]string
	// PerDay is measured every day in as many samples, for a fixture that
	// shall not name days.
	PerDay float64
	Points []Point `json:",omitempty"`
}

// Point is one measured value.
type Point struct {
	Time  time.Time
	Value float64
}

// Metric returns the metric of exactly these dimensions, or nil.
func (r *Region) Metric(namespace, name string, dimensions map[string]string) *Metric {
	return find(r.Metrics, func(m *Metric) bool {
		return m.Namespace == namespace && m.MetricName == name && maps.Equal(m.Dimensions, dimensions)
	})
}

// Sum adds up what was measured from one time until before another, and counts
// the samples.
func (m *Metric) Sum(from, to time.Time) (sum, samples float64) {
	if m.PerDay > 0 {
		sum = m.PerDay * to.Sub(from).Hours() / 24
		samples = sum
	}
	for _, p := range m.Points {
		if !p.Time.Before(from) && p.Time.Before(to) {
			sum += p.Value
			samples++
		}
	}
	return sum, samples
}
