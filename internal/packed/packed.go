// Package packed opens files that are part of the program in few bytes:
// internal/tool/pack makes them.
package packed

import (
	"bytes"
	"compress/gzip"
	"io"
)

// Open returns what was packed. An error means that the program was built of a
// broken file.
func Open(file []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// Pack packs a file; what it makes of the same bytes is always the same.
func Pack(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}
