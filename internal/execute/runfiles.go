package execute

import "path/filepath"

// PlanPath is where the plan of a run is kept.
func PlanPath(dir, run string) string { return filepath.Join(dir, run, planFile) }
