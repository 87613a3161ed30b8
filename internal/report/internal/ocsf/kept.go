package ocsf

import "github.com/kumoban/kumoban/internal/finding"

// keptStatus is the workflow status in the schema's words: who was notified is
// at work on it.
func keptStatus(k *finding.Kept) value {
	switch {
	case k.Archived:
		return value{5, "Archived"}
	case k.Workflow == "NOTIFIED":
		return value{2, "In Progress"}
	case k.Workflow == "SUPPRESSED":
		return value{3, "Suppressed"}
	case k.Workflow == "RESOLVED":
		return value{4, "Resolved"}
	}
	return value{1, "New"}
}

// stand puts in place what a store knows, where an event of a scan has the
// times of the scan.
func (b *builder) stand(e *event, k *finding.Kept) {
	updated := k.Updated
	if k.LastSeen.After(updated) {
		updated = k.LastSeen
	}
	i := &e.FindingInfo
	i.CreatedTime, i.FirstSeenTime = k.FirstSeen.UnixMilli(), k.FirstSeen.UnixMilli()
	i.LastSeenTime, i.ModifiedTime = k.LastSeen.UnixMilli(), updated.UnixMilli()
	switch x := k.Exception; {
	case k.Note != nil:
		e.Comment = k.Note.Text
	case x != nil:
		e.Comment = x.Reason
	}
	if says := b.texts.Excepted(k); says != "" {
		e.Compliance.StatusDetails = append(e.Compliance.StatusDetails, says)
	}
}
