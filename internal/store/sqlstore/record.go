package sqlstore

import (
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/resource"
)

// recordColumns are those of a record in the table findings; the two of the
// table seen change with every scan and are kept apart, so that a scan in which
// nothing changed writes little.
func recordColumns() []string {
	return []string{
		"id", "rank", "control", "severity", "override", "partition", "account", "region", "type", "resource", "live",
		"address", "name", "tags", "source", "status", "previous", "not_offered", "workflow", "state", "reopened",
		"first_seen", "changed", "updated", "first_status", "first_scan", "exception", "detail", "assignee", "ticket",
	}
}

// storedColumns are those and what only leads to a record.
func storedColumns() []string { return append(recordColumns(), "tagset") }

func seenColumns() []string { return []string{"last_seen", "last_scan"} }

func selectColumns() string {
	return "f." + strings.Join(recordColumns(), ", f.") + ", s." + strings.Join(seenColumns(), ", s.")
}

// rank sorts the most severe first.
func rank(s control.Severity) int64 { return int64(control.Critical) - int64(s) }

func severityOf(rank int64) control.Severity { return readSeverity(int64(control.Critical) - rank) }

func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// writeRecord fills in values in the order of storedColumns.
func writeRecord(r *lifecycle.Record, t tagged, v []any) error {
	detail, err := writeDetail(r)
	if err != nil {
		return err
	}
	address := r.Resource.Address
	if r.Resource.ARN == "" {
		address = "" // it is the column resource already
	}
	v[0], v[1], v[2], v[3], v[4] = text(r.ID), rank(r.Effective()), text(r.Control), int64(r.Severity), int64(r.Override)
	v[5], v[6], v[7] = text(r.Resource.Partition), text(r.Resource.Account), text(r.Resource.Region)
	v[8], v[9], v[10] = text(string(r.Resource.Type)), text(r.Resource.ID()), number(r.Resource.ARN != "")
	v[11], v[12], v[13], v[14] = text(address), text(r.Resource.Name), t.tags, text(r.Source)
	v[15], v[16], v[17] = int64(r.Status), int64(r.Previous), number(r.NotOffered)
	v[18], v[19], v[20] = text(string(r.Workflow)), text(string(r.State)), int64(r.Reopened)
	v[21], v[22], v[23] = micros(r.FirstSeen), micros(r.Changed), micros(r.Updated)
	v[24], v[25], v[26], v[27] = int64(r.First), r.FirstScan, text(r.Exception), detail
	v[28], v[29] = text(r.Assignee), text(r.Ticket)
	v[30] = t.set
	return nil
}

// readRecord reads the columns of selectColumns.
func readRecord(row Row) (lifecycle.Record, error) {
	var (
		r                                                  lifecycle.Record
		rank, severity, override, live, status, previous   int64
		notOffered, first, firstSeen, changed, updated, at int64
		id, address, detail                                string
		tags                                               *string
	)
	err := row.Scan(&r.ID, &rank, &r.Control, &severity, &override,
		&r.Resource.Partition, &r.Resource.Account, &r.Resource.Region, &r.Resource.Type, &id, &live,
		&address, &r.Resource.Name, &tags, &r.Source, &status, &previous, &notOffered, &r.Workflow, &r.State, &r.Reopened,
		&firstSeen, &changed, &updated, &first, &r.FirstScan, &r.Exception, &detail, &r.Assignee, &r.Ticket, &at, &r.LastScan)
	if err != nil {
		return r, err
	}
	place(&r.Resource, id, address, live)
	r.NotOffered = notOffered != 0
	r.FirstSeen, r.Changed, r.Updated, r.LastSeen = moment(firstSeen), moment(changed), moment(updated), moment(at)
	r.Severity, r.Override = readSeverity(severity), readSeverity(override)
	r.Status, r.Previous, r.First = readStatus(status), readStatus(previous), readStatus(first)
	if r.Tags, err = readTags(tags); err != nil {
		return r, err
	}
	return r, readDetail(detail, &r)
}

func place(ref *resource.Ref, id, address string, live int64) {
	if live != 0 {
		ref.ARN, ref.Address = id, address
	} else {
		ref.Address = id
	}
}

// Numbers that no kumoban wrote become the values that promise nothing.
func readStatus(n int64) control.Status {
	if n < 0 || n > int64(control.NotApplicable) {
		return control.Unknown
	}
	return control.Status(n)
}

func readSeverity(n int64) control.Severity {
	if n < 0 || n > int64(control.Critical) {
		return 0
	}
	return control.Severity(n)
}
