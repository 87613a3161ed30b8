package sqlstore

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

// narrowed is where, along the way to few records where there is one.
func (r *Reader) narrowed(ctx context.Context, f *store.Filter) (where *condition, rare bool, err error) {
	where, _, err = r.where(ctx, f)
	if err != nil {
		return nil, false, err
	}
	found, rare, err := r.narrow(ctx, f, where)
	if err == nil && rare {
		r.only(where, found)
	}
	return where, rare, err
}

// tallied tells whether the index of what is counted has all that a filter looks at.
func tallied(f *store.Filter, where *condition) bool {
	return len(f.Types)+len(f.Resources)+len(f.Assignees) == 0 && (len(f.Tags) == 0 || where.tagged != nil && len(f.Tags) == 1)
}

// placed tells so of the index of resources.
func placed(f *store.Filter) bool {
	return len(f.Types)+len(f.Resources)+len(f.Assignees)+len(f.Tags)+len(f.Sources)+len(f.Severities) == 0
}

// along puts a condition into a query that walks along an index, if that has all.
func (r *Reader) along(query string, where *condition, index string, has bool) string {
	if !has {
		return where.with(r.d.Queries[query])
	}
	return strings.Replace(where.with(r.d.Queries[query]), "findings f", "findings f"+r.d.Use(index), 1)
}

// Resources implements [store.Reader].
func (r *Reader) Resources(ctx context.Context, f store.Filter, after string, limit int) (list []store.OfResource, next string, total int, err error) {
	where, rare, err := r.narrowed(ctx, &f)
	if err != nil {
		return nil, "", 0, err
	}
	last, err := resourceMark(after)
	if err != nil {
		return nil, "", 0, err
	}
	args := append(slices.Clone(where.args), last.args()...)
	err = r.query(ctx, r.along("resources", where, "findings_resource", placed(&f) && !rare), append(args, int64(limit+1)), func(row Row) error {
		var one store.OfResource
		err := row.Scan(&one.Resource.Account, &one.Resource.Region, &one.Resource.ARN, &one.N, &total)
		one.By = map[store.Graded]int{}
		list = append(list, one)
		return err
	})
	if err != nil || len(list) == 0 {
		return nil, "", total, err
	}
	if len(list) > limit {
		list = list[:limit]
		next, err = markOf(&list[limit-1])
	}
	if err == nil {
		err = r.grade(ctx, where, list)
	}
	return list, next, total, err
}

// mark is where a page of resources ended.
type mark struct {
	N                         int64
	Account, Region, Resource string
}

// args are those of the query's condition; all pages begin after the most there can be.
func (m *mark) args() []any {
	return []any{m.N, m.N, m.Account, m.Account, m.Region, m.Account, m.Region, m.Resource}
}

func markOf(o *store.OfResource) (string, error) {
	data, err := json.Marshal(mark{int64(o.N), o.Resource.Account, o.Resource.Region, o.Resource.ARN})
	return base64.RawURLEncoding.EncodeToString(data), err
}

func resourceMark(after string) (*mark, error) {
	m := &mark{N: 1 << 60}
	if after == "" {
		return m, nil
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(after)
	if err != nil || json.Unmarshal(data, m) != nil || m.N == 1<<60 {
		return nil, badCursor(after)
	}
	return m, nil
}

func badCursor(after string) error {
	return locale.Errorf("store.cursor", locale.A("after", locale.Clean(after)))
}

// grade counts the records of resources by severity and status, and tells their names.
func (r *Reader) grade(ctx context.Context, where *condition, list []store.OfResource) error {
	type key struct{ account, region, resource string }
	of := map[key]*store.OfResource{}
	var ids []string
	for i := range list {
		ref := &list[i].Resource
		of[key{ref.Account, ref.Region, ref.ARN}], ids = &list[i], append(ids, ref.ARN)
	}
	c := &condition{sql: slices.Clone(where.sql), args: slices.Clone(where.args)}
	c.add(fmt.Sprintf(r.d.Within, "f.resource"), r.list(ids))
	return r.query(ctx, c.with(r.d.Queries["gradeResources"]), c.args, func(row Row) error {
		var k key
		var ref resource.Ref
		var live, rank, status int64
		var address string
		var n int
		if err := row.Scan(&k.account, &k.region, &k.resource, &rank, &status, &n, &ref.Partition, &ref.Type, &live, &address, &ref.Name); err != nil {
			return err
		}
		one := of[k]
		if one == nil {
			return nil // of another place
		}
		one.By[store.Graded{Severity: severityOf(rank), Status: readStatus(status)}] += n
		ref.Account, ref.Region = k.account, k.region
		place(&ref, k.resource, address, live)
		one.Resource = ref
		return nil
	})
}

// Alike implements [store.Reader].
func (r *Reader) Alike(ctx context.Context, f store.Filter, apart bool, do func(*store.Alike) error) error {
	where, rare, err := r.narrowed(ctx, &f)
	if err != nil {
		return err
	}
	type row struct {
		store.Alike
		set *int64
	}
	var list []row
	sets := map[int64]map[string]string{}
	query := "alike"
	if apart {
		query = "apart"
	}
	err = r.query(ctx, r.along(query, where, "findings_tally", tallied(&f, where) && !rare && !apart), where.args, func(from Row) error {
		var one row
		var live, rank, status int64
		var id, address string
		err := from.Scan(&one.Account, &one.set, &rank, &status, &one.N, &id, &live, &address, &one.Resource.Name, &one.ID, &one.Resource.Partition, &one.Resource.Region, &one.Resource.Type)
		if apart {
			one.Resource.Account = one.Account
			place(&one.Resource, id, address, live)
		}
		one.Severity, one.Status = severityOf(rank), readStatus(status)
		if one.set != nil {
			sets[*one.set], one.Set = nil, *one.set
		}
		list = append(list, one)
		return err
	})
	if err == nil {
		err = r.tagsets(ctx, sets)
	}
	for i := 0; err == nil && i < len(list); i++ {
		if set := list[i].set; set != nil {
			list[i].Tags = sets[*set]
		}
		err = do(&list[i].Alike)
	}
	return err
}

// tagsets fills in the tags of sets.
func (r *Reader) tagsets(ctx context.Context, sets map[int64]map[string]string) error {
	ids := make([]int64, 0, len(sets))
	for id := range sets {
		ids = append(ids, id)
	}
	query := strings.Replace(r.d.Queries["someTagsets"], "{within}", fmt.Sprintf(r.d.Within, "id"), 1)
	for chunk := range slices.Chunk(ids, batch) {
		err := r.query(ctx, query, []any{r.d.Numbers(chunk)}, func(row Row) error {
			var id int64
			var doc string
			err := row.Scan(&id, &doc)
			if err == nil {
				sets[id], err = readTags(&doc)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// EachID implements [store.Reader].
func (r *Reader) EachID(ctx context.Context, f store.Filter, do func(id string) error) error {
	where, rare, err := r.narrowed(ctx, &f)
	if err != nil {
		return err
	}
	return r.query(ctx, r.along("eachID", where, "findings_resource", placed(&f) && !rare), where.args, func(row Row) error {
		var id string
		if err := row.Scan(&id); err != nil {
			return err
		}
		return do(id)
	})
}

// DecidedAt implements [store.Reader].
func (r *Reader) DecidedAt(ctx context.Context, at time.Time, f store.Filter) (list []lifecycle.Event, err error) {
	where, _, err := r.where(ctx, &f)
	if err != nil {
		return nil, err
	}
	of := "1 = 1"
	if len(where.sql) > 0 {
		of = "finding IN (SELECT f.id FROM findings f WHERE " + where.String() + ")"
	}
	return r.events(ctx, strings.Replace(r.d.Queries["decidedAt"], "{of}", of, 1), append([]any{micros(at)}, where.args...)...)
}
