package view

import (
	"time"

	"github.com/kumoban/kumoban/internal/app/schedules"
)

// ScheduleBody is when a scan begins by itself.
type ScheduleBody struct {
	Name     string     `json:"name"`
	Cron     string     `json:"cron" doc:"five fields as crontab has them, in the store's zone"`
	Accounts []string   `json:"accounts" doc:"none: all that the server is set up for"`
	Paused   bool       `json:"paused"`
	By       string     `json:"by" doc:"for whom the scans run"`
	Since    time.Time  `json:"since"`
	Last     *time.Time `json:"last" doc:"when it last came"`
	Job      string     `json:"job,omitempty" doc:"that it started then"`
	Next     *time.Time `json:"next" doc:"null: it is paused"`
}

// SchedulesBody are the schedules of a store.
type SchedulesBody struct {
	SchemaVersion int            `json:"schemaVersion"`
	Zone          string         `json:"zone"`
	Schedules     []ScheduleBody `json:"schedules"`
}

// ScheduleBody has one schedule.
func (v *View) ScheduleBody(s *schedules.Schedule) ScheduleBody {
	return ScheduleBody{s.Name, s.Cron, append([]string{}, s.Accounts...), s.Paused, s.By, s.Since.UTC(), moment(s.Last), s.Job, moment(s.Next)}
}

// SchedulesBody has schedules, by when they were decided.
func (v *View) SchedulesBody(list []schedules.Schedule) SchedulesBody {
	out := SchedulesBody{schemaVersion, v.Zone.String(), []ScheduleBody{}}
	for i := range list {
		out.Schedules = append(out.Schedules, v.ScheduleBody(&list[i]))
	}
	return out
}
