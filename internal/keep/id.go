package keep

import (
	"context"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// shortest is the least of an id that stands for the whole.
const shortest = 4

// Short is as much of a finding's id as people need.
func Short(id string) string { return id[:min(finding.ShortID, len(id))] }

// exceptionID is the finding, and which of its exceptions it is. It holds the
// whole id: two findings that begin alike would overwrite each other's.
func exceptionID(finding string, n int) string { return finding + "-x" + strconv.Itoa(n) }

// scanSubject is how the audit log names a scan.
func scanSubject(id int64) string { return "scan:" + strconv.FormatInt(id, 10) }

// Find makes whole ids of what people type: an id, or the beginning of one that
// no other finding shares, or the ARN that Security Hub's finding has.
func Find(ctx context.Context, r store.Reader, names []string) ([]string, error) {
	var ids []string
	for _, name := range names {
		id, err := findOne(ctx, r, strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func findOne(ctx context.Context, r store.Reader, name string) (string, error) {
	if at := strings.LastIndex(name, "arn:"); at >= 0 && strings.Contains(name[at:], ":securityhub:") {
		link, err := r.LinkByARN(ctx, name[at:]) // the product's ARN may stand before it
		return link.Finding, err
	}
	name = strings.ToLower(name)
	if len(name) < shortest || strings.Trim(name, "0123456789abcdef") != "" {
		return "", locale.Errorf("keep.badID", locale.A("id", locale.Clean(name)), locale.A("least", shortest))
	}
	ids, err := r.IDs(ctx, name, 2)
	switch {
	case err != nil:
		return "", err
	case len(ids) == 0:
		return "", &store.NotFound{What: "finding", ID: name}
	case len(ids) > 1 && ids[0] != name:
		return "", locale.Errorf("keep.ambiguous", locale.A("id", name))
	}
	return ids[0], nil
}
