package view

import (
	"encoding/json"
	"time"

	"github.com/kumoban/kumoban/internal/app/jobs"
)

// JobBody is work that takes long.
type JobBody struct {
	ID       string          `json:"id"`
	Kind     string          `json:"kind"`
	State    jobs.State      `json:"state" enum:"waiting,running,done,failed,stopped,attention"`
	By       string          `json:"by"`
	Lane     string          `json:"lane" doc:"what it works on: jobs in one lane wait for each other"`
	Request  any             `json:"request" doc:"what was asked for"`
	Progress JobProgressBody `json:"progress"`
	Result   any             `json:"result,omitempty"`
	Fault    *jobFaultBody   `json:"fault" doc:"why it failed, is tried again, or what a person has to do"`
	Notices  []string        `json:"notices" doc:"what is to be told beside the result"`
	Created  time.Time       `json:"created"`
	Started  *time.Time      `json:"started"`
	Updated  time.Time       `json:"updated"`
	Ended    *time.Time      `json:"ended"`
}

// JobProgressBody is how far a job is.
type JobProgressBody struct {
	Done  int    `json:"done"`
	Total int    `json:"total" doc:"0: nobody knows yet"`
	Text  string `json:"text,omitempty"`
}

type jobFaultBody struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// JobsBody is a page of jobs.
type JobsBody struct {
	SchemaVersion int       `json:"schemaVersion"`
	Jobs          []JobBody `json:"jobs"`
	Next          string    `json:"next" doc:"after which the next page begins; empty at the end"`
}

// JobsBody has jobs, and where the next page begins.
func (v *View) JobsBody(list []jobs.Job, next string) JobsBody {
	out := JobsBody{SchemaVersion: schemaVersion, Jobs: []JobBody{}, Next: next}
	for i := range list {
		out.Jobs = append(out.Jobs, v.JobBody(&list[i]))
	}
	return out
}

// JobBody has one job.
func (v *View) JobBody(j *jobs.Job) JobBody {
	out := JobBody{
		ID: j.ID, Kind: j.Kind, State: j.State, By: j.By, Lane: j.Lane, Request: written(j.Request), Result: written(j.Result), Notices: []string{},
		Progress: JobProgressBody{Done: j.Progress.Done, Total: j.Progress.Total}, Created: j.Created, Started: moment(j.Started), Updated: j.Updated, Ended: moment(j.Ended),
	}
	if s := j.Progress.Said; s != nil {
		out.Progress.Text = s.Texts[v.Catalog.Lang]
	}
	if j.Fault != nil {
		out.Fault = &jobFaultBody{j.Fault.Key, j.Fault.Texts[v.Catalog.Lang]}
	}
	for _, n := range j.Notices {
		out.Notices = append(out.Notices, n.Texts[v.Catalog.Lang])
	}
	return out
}

// written is JSON that is written again as it is.
func written(text json.RawMessage) any {
	if len(text) == 0 {
		return nil
	}
	return text
}
