package desk

import (
	"context"
	"slices"
	"sync"

	"github.com/kumoban/kumoban/internal/store"
)

// memory is what was read of a store as it is, for all who are at it: every change adds
// to the audit log, so that whatever was read at another head is forgotten.
type memory struct {
	mu   sync.Mutex
	head string
	kept map[string]any
}

// mostKept is how much is remembered: then all is forgotten.
const mostKept = 64

// Once is what make reads of the store, by its name; it is read again where the store
// has changed since. Nobody may change what comes back.
func Once[T any](ctx context.Context, d *Desk, r store.Reader, name string, make func() (T, error)) (T, error) {
	var none T
	head, err := r.Head(ctx)
	if err != nil {
		return none, err
	}
	if kept, ok := d.memory.get(head.Head(), name).(T); ok {
		return kept, nil
	}
	out, err := make()
	if err == nil {
		d.memory.put(head.Head(), name, out)
	}
	return out, err
}

func (m *memory) get(head, name string) any {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.head != head {
		return nil
	}
	return m.kept[name]
}

func (m *memory) put(head, name string, value any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.head != head || len(m.kept) >= mostKept {
		m.head, m.kept = head, map[string]any{}
	}
	m.kept[name] = value
}

// Scans are all scans, the latest first.
func Scans(ctx context.Context, d *Desk, r store.Reader) ([]store.Scan, error) {
	list, err := Once(ctx, d, r, "scans", func() ([]store.Scan, error) { return r.Scans(ctx, 0) })
	return slices.Clone(list), err
}
