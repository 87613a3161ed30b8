package postgres

import (
	"context"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/sqlstore"
)

// odd are texts with all that has a meaning in lists and in COPY.
func odd() []string {
	return []string{"", "NULL", `\N`, `\.`, `a\b`, `"quoted", {braced}`, "a\tb\nc\rd", `\t`, " spaces ", "é日本\u2028", strings.Repeat(`x\`, 70_000)}
}

type place string

// TestValues sends each value as an argument, in a list and by COPY: it comes
// back as it was.
func TestValues(t *testing.T) {
	url := address(t)
	s := opened(t, url, Options{})
	admin(t, url, `CREATE TABLE odd (n BIGINT, "text" TEXT, bytes BYTEA, doc JSONB)`)
	blobs := [][]byte{nil, {}, {0, 1, 2, '\\', 'n', 255}, []byte(`\x00`)}
	texts := odd()
	at := func(i int) []any {
		return []any{int64(i) - 1<<62, texts[i], blobs[i%len(blobs)], nil}
	}
	err := s.transact(t.Context(), "begin", func(c *conn) error {
		if err := c.Insert(t.Context(), "odd", []string{"n", "text", "bytes", "doc"}, len(texts), func(i int, values []any) error {
			copy(values, at(i))
			return nil
		}); err != nil {
			return err
		}
		for i := range texts {
			var found int
			var text *string
			var bytes []byte
			var doc *string
			var listed bool
			want := at(i)
			if err := c.Query(t.Context(), `SELECT n, "text", bytes, doc, "text" = ANY(?) AND n = ANY(?) FROM odd WHERE "text" = ? AND n = ? AND bytes IS NOT DISTINCT FROM ?`,
				[]any{append(slices.Clone(texts[:i]), texts[i]), []int64{3, want[0].(int64)}, place(texts[i]), want[0], want[2]},
				func(row sqlstore.Row) error {
					found++
					var n int64
					err := row.Scan(&n, &text, &bytes, &doc, &listed)
					if n != want[0] || text == nil || *text != texts[i] || (bytes == nil) != (blobs[i%len(blobs)] == nil) || string(bytes) != string(blobs[i%len(blobs)]) || doc != nil || !listed {
						t.Errorf("%d: %d %q %q %v %t", i, n, *text, bytes, doc, listed)
					}
					return err
				}); err != nil {
				return err
			}
			if found != 1 {
				t.Errorf("%.40q: %d rows", texts[i], found)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestMisread reads answers into what they are not.
func TestMisread(t *testing.T) {
	s := opened(t, address(t), Options{})
	for query, into := range map[string]any{
		"SELECT 'x'": new(int64), "SELECT 70000": new(int16), "SELECT NULL": new(string), "SELECT NULL::int": new(int64), "SELECT 1": new(bool), "SELECT 't'": new(bool), "SELECT 1.5": new(float64),
	} {
		err := s.transact(t.Context(), "begin", func(c *conn) error {
			return c.Query(t.Context(), query, nil, func(row sqlstore.Row) error { return row.Scan(into) })
		})
		refused(t, err, store.Damaged)
	}
	err := s.transact(t.Context(), "begin", func(c *conn) error {
		return c.Query(t.Context(), "SELECT 1, 2", nil, func(row sqlstore.Row) error { return row.Scan(new(int)) })
	})
	refused(t, err, store.Damaged)
	if _, err := parameters([]any{1.5}); err == nil {
		t.Error("a float was sent")
	}
}

// TestPrepared uses a statement again and again; when its table changes under it
// it fails once, and is read anew.
func TestPrepared(t *testing.T) {
	url := address(t)
	admin(t, url, "CREATE TABLE wide (n INT); INSERT INTO wide VALUES (1)")
	for _, mode := range []string{"", "&default_query_exec_mode=exec", "&statement_cache_capacity=0"} {
		want := 0
		if mode == "" {
			want = 1
		}
		s := opened(t, url+mode, Options{})
		columns := func() (n int, err error) {
			err = s.transact(t.Context(), "begin", func(c *conn) error {
				rows, end, err := c.start(t.Context(), "SELECT * FROM wide WHERE n = ?", []any{int64(1)})
				if err == nil {
					n = len(rows.FieldDescriptions())
					_, err = end()
				}
				return err
			})
			return n, err
		}
		first, err := columns()
		for range 3 {
			again, err2 := columns()
			if err != nil || err2 != nil || again != first {
				t.Errorf("%s: %d, then %d columns: %v, %v", mode, first, again, err, err2)
			}
		}
		prepared := 0
		if err := s.transact(t.Context(), "begin", func(c *conn) error {
			return c.Query(t.Context(), "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT * FROM wide%'", nil, func(row sqlstore.Row) error { return row.Scan(&prepared) })
		}); err != nil || prepared != want {
			t.Errorf("%s: %d are prepared, %v", mode, prepared, err)
		}
		admin(t, url, "ALTER TABLE wide ADD COLUMN more"+strings.Repeat("x", len(mode))+" INT")
		if _, err := columns(); (err != nil) != (want == 1) {
			t.Errorf("%s: %v", mode, err)
		}
		if again, err := columns(); err != nil || again != first+1 {
			t.Errorf("%s: %d columns, %v", mode, again, err)
		}
	}
}

// TestInsertFails: what a row says is what the insert says, and no row is asked
// for after that; the next transaction has the connection.
func TestInsertFails(t *testing.T) {
	url := address(t)
	s := opened(t, url, Options{})
	admin(t, url, "CREATE TABLE one (n INT CHECK (n < 1000))")
	here := &store.NotFound{}
	insert := func(fail int) error {
		return s.transact(t.Context(), "begin", func(c *conn) error {
			return c.Insert(t.Context(), "one", []string{"n"}, 200_000, func(i int, values []any) error {
				if i == fail {
					return here
				}
				values[0] = int64(i % 1001)
				return nil
			})
		})
	}
	if err := insert(500); !errors.Is(err, here) {
		t.Error(err)
	}
	refused(t, insert(-1), store.Broken)
	if got := s.pool.Stats().OpenConnections; got != 1 {
		t.Errorf("%d connections", got)
	}
}

// TestRolledBack: the commit of a transaction in which a statement failed keeps
// nothing, and says so.
func TestRolledBack(t *testing.T) {
	s := opened(t, address(t), Options{})
	err := s.transact(t.Context(), "begin", func(c *conn) error {
		_, _ = c.Exec(t.Context(), "SELECT 1/0", nil)
		return nil
	})
	refused(t, err, store.Broken)
}

func TestPool(t *testing.T) {
	url := address(t)
	s := opened(t, url+"&pool_max_conns=2&pool_min_conns=1&default_query_exec_mode=exec", Options{})
	if got := s.pool.Stats().MaxOpenConnections; got != 2 {
		t.Errorf("%d connections at most", got)
	}
	for _, n := range []string{"0", "many"} {
		if _, err := Open(t.Context(), url+"&pool_max_conns="+n, Options{}); err == nil || !strings.Contains(err.Error(), "address of PostgreSQL") {
			t.Errorf("%s: %v", n, err)
		}
	}
	// One that waits for a connection goes when its caller does.
	err := s.View(t.Context(), func(store.Reader) error {
		return s.View(t.Context(), func(store.Reader) error {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			return s.View(ctx, func(store.Reader) error { return nil })
		})
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// FuzzCopied reads lines in pieces of any size.
func FuzzCopied(f *testing.F) {
	for _, text := range odd() {
		f.Add(text, 7)
	}
	f.Fuzz(func(t *testing.T, text string, size int) {
		rows := &copied{n: 2, values: make([]any, 2), row: func(i int, values []any) error {
			values[0], values[1] = text, int64(i)
			return nil
		}}
		var read strings.Builder
		for p := make([]byte, 1+max(size, 0)%100); ; {
			n, err := rows.Read(p)
			read.Write(p[:n])
			if err != nil {
				break
			}
		}
		unescaped := strings.NewReplacer(`\\`, `\`, `\t`, "\t", `\n`, "\n", `\r`, "\r")
		var got []string
		for line := range strings.Lines(read.String()) {
			first, second, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
			got = append(got, unescaped.Replace(first), second)
		}
		if want := []string{text, "0", text, "1"}; !reflect.DeepEqual(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		if n, err := rows.Read(make([]byte, 9)); n != 0 || err != io.EOF {
			t.Errorf("%d, %v after the end", n, err)
		}
	})
}
