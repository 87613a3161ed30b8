// Package hub is Security Hub CSPM, as far as kumoban speaks with it.
package hub

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

// Operations are all operations of the service.
func Operations() []*service.Operation {
	return []*service.Operation{
		operation("GetFindings", http.MethodPost, "/findings", getFindings),
		operation("GetFindingHistory", http.MethodPost, "/findingHistory/get", getFindingHistory),
		operation("BatchImportFindings", http.MethodPost, "/findings/import", batchImport),
		operation("BatchGetSecurityControls", http.MethodPost, "/securityControls/batchGet", batchGetControls),
		operation("BatchUpdateFindings", http.MethodPatch, "/findings/batchupdate", batchUpdate),
	}
}

// operation declares one that locks accounts itself, for an administrator's
// calls reach into others.
func operation(name, method, path string, do func(*service.Request) (any, error)) *service.Operation {
	resource := "hub/default"
	if name == "BatchImportFindings" {
		resource = "product/*/default" // whose finding it is, each finding says
	}
	return &service.Operation{
		Service: "securityhub", Signing: "securityhub", Name: name, Method: method, Path: path, Unlocked: true,
		Write: name == "BatchImportFindings" || name == "BatchUpdateFindings",
		Resource: func(r *service.Request) string {
			if name == "BatchGetSecurityControls" {
				return "*" // IAM knows no resource of it
			}
			return r.Region.AccountARN("securityhub", strings.Replace(resource, "*", r.Account.ID, 1))
		},
		Own: quotas()[name],
		Do:  do,
	}
}

// quotas are those of single operations, by the overview of Security Hub's API.
func quotas() map[string]*service.Rate {
	change := &service.Rate{Rate: 10, Burst: 30}
	return map[string]*service.Rate{
		"GetFindings": {Rate: 3, Burst: 6}, "BatchImportFindings": change, "BatchUpdateFindings": change, "GetFindingHistory": change,
	}
}

func invalidInput(message string) *service.Error {
	return service.Refuse("InvalidInputException", message)
}

func notSubscribed(r *service.Request) *service.Error {
	return &service.Error{Status: 401, Code: "InvalidAccessException", Message: "Account " + r.Account.ID + " is not subscribed to AWS Security Hub"}
}

// enabled returns the caller's hub; its account must not be locked.
func enabled(r *service.Request) (*world.Hub, error) {
	r.Account.Lock()
	defer r.Account.Unlock()
	if r.Region.Hub == nil {
		return nil, notSubscribed(r)
	}
	return r.Region.Hub, nil
}

// visit shows every finding that the caller sees, with its account locked.
func visit(r *service.Request, h *world.Hub, do func(*world.Hub, *world.HubFinding)) {
	for _, id := range slices.Concat([]string{r.Account.ID}, h.Members) {
		a := r.World.Find(id)
		if a == nil {
			continue
		}
		a.Lock()
		regions := []string{r.Region.Name}
		if h.Aggregates {
			regions = a.RegionNames()
		}
		for _, name := range regions {
			if there := a.Region(name).Hub; there != nil {
				for _, f := range there.Findings {
					do(there, f)
				}
			}
		}
		a.Unlock()
	}
}

// identifier names a finding.
type identifier struct{ Id, ProductArn string }

func of(f *world.HubFinding) identifier { return identifier{f.Text("Id"), f.Text("ProductArn")} }

// copied is a deep copy, so that an answer is not changed while it is written.
func copied(f *world.HubFinding) json.RawMessage {
	b, _ := json.Marshal(f) // it came from JSON
	return b
}
