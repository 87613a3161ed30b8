package hub

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

// Limits of both batch operations, and those of an import in bytes.
const (
	maxBatch      = 100
	maxFinding    = 240 << 10
	maxBatchBytes = 6 << 20
	maxNote       = 512
)

// Every partialEvery-th item of a batch fails where a fault wants some to.
const partialEvery = 3

type importError struct{ Id, ErrorCode, ErrorMessage string }

func batchImport(r *service.Request) (any, error) {
	var in struct{ Findings []json.RawMessage }
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	switch {
	case len(in.Findings) == 0 || len(in.Findings) > maxBatch:
		return nil, invalidInput("Findings must hold between 1 and 100 findings")
	case len(r.Body) > maxBatchBytes:
		return nil, invalidInput("The batch is larger than 6 MB")
	}
	r.Account.Lock()
	defer r.Account.Unlock()
	var failed []importError
	seen := map[string]bool{}
	done := 0
	for i, raw := range in.Findings {
		f := &world.HubFinding{}
		_ = json.Unmarshal(raw, f)
		id := f.Text("Id")
		var code, message string
		switch {
		case r.Partial && i%partialEvery == 0:
			code, message = "InternalFailure", "Internal service failure"
		case seen[id]:
			continue // only the first of duplicates is processed
		default:
			code, message = refuse(r, f, len(raw))
		}
		seen[id] = true
		if code != "" {
			failed = append(failed, importError{id, code, message})
			continue
		}
		done++
		take(r, f)
	}
	return struct {
		FailedCount, SuccessCount int
		FailedFindings            []importError
	}{len(failed), done, append([]importError{}, failed...)}, nil
}

// refuse says why a finding is not imported, or "".
func refuse(r *service.Request, f *world.HubFinding, size int) (code, message string) {
	product := r.Region.AccountARN("securityhub", "product/"+r.Account.ID+"/default")
	switch {
	case size > maxFinding:
		return "InvalidInput", "Finding size exceeded 240 KB"
	case r.Region.Hub == nil || f.Text("AwsAccountId") != r.Account.ID || f.Text("ProductArn") != product:
		return "InvalidAccess", "Account " + r.Account.ID + " is not authorized to import findings of " + f.Text("ProductArn")
	}
	if problem := invalid(f); problem != "" {
		return "InvalidInput", "Finding does not adhere to Amazon Finding Format. " + problem
	}
	return "", ""
}

// kept are what an import cannot change on a finding that exists.
func kept() []string { return []string{"Note", "UserDefinedFields", "VerificationState", "Workflow"} }

// take creates or updates a finding.
func take(r *service.Request, f *world.HubFinding) {
	h := r.Region.Hub
	now := r.Now.UTC().Format("2006-01-02T15:04:05.000Z")
	old := h.Finding(f.Text("Id"), f.Text("ProductArn"))
	if old == nil {
		f.Fields["ProcessedAt"] = now
		f.Fields["Region"] = r.Region.Name
		for name, value := range map[string]any{"RecordState": "ACTIVE", "WorkflowState": "NEW", "Workflow": map[string]any{"Status": "NEW"}} {
			if f.Fields[name] == nil {
				f.Fields[name] = value
			}
		}
		f.History = []world.HubChange{{At: r.Now, Source: "BATCH_IMPORT_FINDINGS", By: r.Caller.ARN, Created: true}}
		h.Findings = append(h.Findings, f)
		return
	}
	was, _ := parse(old.Text("UpdatedAt"))
	is, _ := parse(f.Text("UpdatedAt"))
	if !is.After(was) {
		return // accepted and ignored
	}
	workflow := old.Text("Workflow", "Status")
	archived, compliance := old.Text("RecordState") == "ARCHIVED", old.Text("Compliance", "Status")
	for name, value := range f.Fields {
		if !slices.Contains(kept(), name) {
			old.Fields[name] = value
		}
	}
	old.Fields["ProcessedAt"] = now
	back := archived && old.Text("RecordState") == "ACTIVE" || compliance == "PASSED" && old.Text("Compliance", "Status") != "PASSED"
	if back && (workflow == "NOTIFIED" || workflow == "RESOLVED") {
		old.Fields["Workflow"] = map[string]any{"Status": "NEW"}
		old.History = append(old.History, world.HubChange{At: r.Now, Source: "BATCH_IMPORT_FINDINGS", By: r.Caller.ARN, Field: "Workflow.Status", Before: workflow, Then: "NEW"})
	}
}

type unprocessed struct {
	FindingIdentifier       identifier
	ErrorCode, ErrorMessage string
}

type update struct {
	FindingIdentifiers []identifier
	Note               *struct{ Text, UpdatedBy string }
	Workflow           *struct{ Status string }
}

func (u *update) check() error {
	switch {
	case len(u.FindingIdentifiers) == 0 || len(u.FindingIdentifiers) > maxBatch:
		return invalidInput("FindingIdentifiers must hold between 1 and 100 identifiers")
	case u.Note != nil && (strings.TrimSpace(u.Note.Text) == "" || strings.TrimSpace(u.Note.UpdatedBy) == "" || units(u.Note.Text) > maxNote):
		return invalidInput("Invalid parameter Note")
	case u.Workflow != nil && !slices.Contains(workflows(), u.Workflow.Status):
		return invalidInput("Invalid parameter Workflow.Status")
	case u.Note == nil && u.Workflow == nil:
		return invalidInput("There is nothing to update")
	}
	return nil
}

func batchUpdate(r *service.Request) (any, error) {
	var in update
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	h, err := enabled(r)
	if err != nil {
		return nil, err
	}
	wanted, outcome := map[identifier]bool{}, map[identifier]string{}
	var failed []unprocessed
	for i, id := range in.FindingIdentifiers {
		switch {
		case wanted[id]:
			failed = append(failed, unprocessed{id, "DuplicatedFindingIdentifier", "Finding Identifier is duplicated"})
		case r.Partial && i%partialEvery == 0:
			wanted[id], outcome[id] = true, "ConcurrentUpdateError"
			failed = append(failed, unprocessed{id, "ConcurrentUpdateError", "Concurrent finding updates detected"})
		default:
			wanted[id], outcome[id] = true, "FindingNotFound"
		}
	}
	processed := []identifier{}
	visit(r, h, func(_ *world.Hub, f *world.HubFinding) {
		if outcome[of(f)] == "FindingNotFound" {
			outcome[of(f)] = ""
			processed = append(processed, of(f))
			in.apply(r, f)
		}
	})
	for _, id := range in.FindingIdentifiers {
		if outcome[id] == "FindingNotFound" {
			outcome[id] = ""
			failed = append(failed, unprocessed{id, "FindingNotFound", "Finding Not Found"})
		}
	}
	return struct {
		ProcessedFindings   []identifier
		UnprocessedFindings []unprocessed
	}{processed, append([]unprocessed{}, failed...)}, nil
}

// apply changes a finding; UpdatedAt stays.
func (u *update) apply(r *service.Request, f *world.HubFinding) {
	change := world.HubChange{At: r.Now, Source: "BATCH_UPDATE_FINDINGS", By: r.Caller.ARN}
	if u.Note != nil {
		f.Fields["Note"] = map[string]any{"Text": u.Note.Text, "UpdatedBy": u.Note.UpdatedBy, "UpdatedAt": r.Now.UTC().Format("2006-01-02T15:04:05.000Z")}
		note := change
		note.Field, note.Then = "Note", u.Note.Text
		f.History = append(f.History, note)
	}
	if u.Workflow != nil {
		change.Field, change.Before, change.Then = "Workflow.Status", f.Text("Workflow", "Status"), u.Workflow.Status
		f.Fields["Workflow"] = map[string]any{"Status": u.Workflow.Status}
		f.History = append(f.History, change)
	}
}
