package packed_test

import (
	"bytes"
	"testing"

	"github.com/kumoban/kumoban/internal/packed"
)

func TestPack(t *testing.T) {
	for _, data := range [][]byte{nil, []byte("x"), bytes.Repeat([]byte("a table "), 10000)} {
		file, err := packed.Pack(data)
		if err != nil {
			t.Fatal(err)
		}
		again, err := packed.Pack(data)
		if err != nil || !bytes.Equal(file, again) {
			t.Errorf("packed twice: %v", err)
		}
		got, err := packed.Open(file)
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("%d bytes came back as %d, %v", len(data), len(got), err)
		}
		if _, err := packed.Open(file[:len(file)-1]); err == nil {
			t.Error("a file that is cut was opened")
		}
	}
	if _, err := packed.Open([]byte("{}")); err == nil {
		t.Error("what is not packed was opened")
	}
}
