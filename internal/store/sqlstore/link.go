package sqlstore

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/store"
)

func linkColumns() []string {
	return []string{"arn", "finding", "product", "digest", "pushed", "workflow", "compliance", "state", "seen"}
}

func (r *Reader) links(ctx context.Context, c *condition) (list []store.Link, err error) {
	query := strings.Replace(r.d.Queries["links"], "{link}", strings.Join(linkColumns(), ", "), 1)
	err = r.query(ctx, c.with(query), c.args, func(row Row) error {
		var l store.Link
		var pushed, seen int64
		err := row.Scan(&l.ARN, &l.Finding, &l.ProductArn, &l.Digest, &pushed, &l.Workflow, &l.Compliance, &l.State, &seen)
		l.UpdatedAt, l.SeenAt = moment(pushed), moment(seen)
		list = append(list, l)
		return err
	})
	return list, err
}

// Links implements [store.Reader].
func (r *Reader) Links(ctx context.Context, ids []string) ([]store.Link, error) {
	var list []store.Link
	for chunk := range slices.Chunk(ids, batch) {
		c := &condition{}
		c.add(fmt.Sprintf(r.d.Within, "finding"), r.list(chunk))
		more, err := r.links(ctx, c)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

// LinkByARN implements [store.Reader].
func (r *Reader) LinkByARN(ctx context.Context, arn string) (store.Link, error) {
	c := &condition{}
	c.add("arn = ?", arn)
	list, err := r.links(ctx, c)
	if err != nil || len(list) == 0 {
		return store.Link{}, missing(err, "link", arn)
	}
	return list[0], nil
}

// PutLinks implements [store.Writer].
func (w *Writer) PutLinks(ctx context.Context, links []store.Link) error {
	last := map[string]int{}
	for i := range links {
		last[text(links[i].ARN)] = i
	}
	var all []int
	var arns []string
	for i := range links {
		if arn := text(links[i].ARN); last[arn] == i {
			all, arns = append(all, i), append(arns, arn)
		}
	}
	remove := strings.Replace(w.d.Queries["clearLinks"], "{within}", fmt.Sprintf(w.d.Within, "arn"), 1)
	for chunk := range slices.Chunk(arns, batch) {
		if _, err := w.c.Exec(ctx, remove, []any{w.list(chunk)}); err != nil {
			return err
		}
	}
	return w.insert(ctx, "links", linkColumns(), len(all), func(i int, v []any) error {
		l := &links[all[i]]
		v[0], v[1], v[2], v[3], v[4] = l.ARN, l.Finding, l.ProductArn, l.Digest, micros(l.UpdatedAt)
		v[5], v[6], v[7], v[8] = l.Workflow, l.Compliance, l.State, micros(l.SeenAt)
		tidy(v)
		return nil
	})
}
