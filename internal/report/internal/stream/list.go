package stream

import (
	"bufio"
	"bytes"
	"encoding/json"
	"iter"
)

// WriteList writes a JSON array, an item a line.
func WriteList(w *bufio.Writer, items iter.Seq[any]) error {
	sep := "\n"
	w.WriteByte('[')
	for item := range items {
		data, err := Encode(item)
		if err != nil {
			return err
		}
		w.WriteString(sep)
		if _, err := w.Write(data); err != nil {
			return err
		}
		sep = ",\n"
	}
	w.WriteByte(']')
	return nil
}

// Mapped applies f to each of items.
func Mapped[T, U any](items []T, f func(T) U) iter.Seq[any] {
	return func(yield func(any) bool) {
		for _, item := range items {
			if !yield(f(item)) {
				return
			}
		}
	}
}

// Encode leaves <, > and & as they are and ends without a line feed.
func Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
