package web

import (
	"context"
	"net/http"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/schedules"
	"github.com/kumoban/kumoban/internal/view"
)

// Scheduled is when to scan what.
type Scheduled struct {
	Cron     string   `json:"cron" maxLength:"200" doc:"five fields as crontab has them, in the store's zone"`
	Accounts []string `json:"accounts,omitempty" maxItems:"1000" doc:"none: all that the server is set up for"`
	Paused   bool     `json:"paused,omitempty"`
}

type oneSchedule struct {
	Name string `path:"name" maxLength:"200"`
}

// schedules registers when scans begin by themselves.
func (a *api) schedules() {
	add(a, operation{"list-schedules", http.MethodGet, "/schedules", access.FindingsRead, "When scans begin by themselves, and when they do next."},
		func(ctx context.Context, at *asked, _ *none) (*body[view.SchedulesBody], error) {
			list, err := schedules.List(ctx, at.desk)
			return &body[view.SchedulesBody]{at.view.SchedulesBody(list)}, err
		})
	add(a, operation{"put-schedule", http.MethodPut, "/schedules/{name}", access.ScansRun, "Decide a schedule by its name, anew or again. Its scans run for whoever does."},
		func(ctx context.Context, at *asked, in *struct {
			Name string `path:"name" maxLength:"200"`
			Body Scheduled
		}) (*body[view.ScheduleBody], error) {
			s, err := schedules.Put(ctx, at.desk, schedules.Schedule{Name: in.Name, Cron: in.Body.Cron, Accounts: in.Body.Accounts, Paused: in.Body.Paused})
			return &body[view.ScheduleBody]{at.view.ScheduleBody(&s)}, err
		})
	add(a, operation{"remove-schedule", http.MethodDelete, "/schedules/{name}", access.ScansRun, "End a schedule."},
		func(ctx context.Context, at *asked, in *oneSchedule) (*struct{}, error) {
			return nil, schedules.Remove(ctx, at.desk, in.Name)
		})
}
