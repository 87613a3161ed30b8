package sqlite

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/storetest"
)

func opened(t testing.TB, path string, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return opened(t, filepath.Join(t.TempDir(), "a b?#%41.db"), Options{}) })
}

// TestOpenWhileWriting opens a store, and reads it, while another writes.
func TestOpenWhileWriting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.db")
	storetest.OpenWhileWriting(t, func() store.Store { return opened(t, path, Options{Wait: time.Millisecond}) })
}
