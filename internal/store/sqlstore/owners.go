package sqlstore

import (
	"context"
	"encoding/json"

	"github.com/kumoban/kumoban/internal/ask"
)

// listings reads the directory; docs are the entries as they are kept, by id.
func (r *Reader) listings(ctx context.Context) (list []ask.Listing, docs map[string]string, err error) {
	docs = map[string]string{}
	err = r.query(ctx, r.d.Queries["owners"], nil, func(row Row) error {
		var id, doc string
		if err := row.Scan(&id, &doc); err != nil {
			return err
		}
		var l ask.Listing
		err := json.Unmarshal([]byte(doc), &l)
		docs[id], list = doc, append(list, l)
		return err
	})
	return list, docs, err
}

// Owners implements [store.Reader].
func (r *Reader) Owners(ctx context.Context) ([]ask.Listing, error) {
	list, _, err := r.listings(ctx)
	return list, err
}

// SetOwners implements [store.Writer]. What is as it was is not written again.
func (w *Writer) SetOwners(ctx context.Context, list []ask.Listing) error {
	former, docs, err := w.listings(ctx)
	if err != nil {
		return err
	}
	now := map[string]bool{}
	for i := range list {
		id := text(list[i].Name())
		doc, err := json.Marshal(&list[i])
		if err != nil {
			return err
		}
		if now[id] = true; docs[id] == text(string(doc)) {
			continue
		}
		if err := w.put(ctx, "owners", w.d.Queries["putOwner"], id, int64(1), string(doc)); err != nil {
			return err
		}
	}
	for i := range former {
		id := text(former[i].Name())
		if now[id] {
			continue
		}
		if err := w.put(ctx, "owners", w.d.Queries["putOwner"], id, int64(0), docs[id]); err != nil {
			return err
		}
	}
	return nil
}
