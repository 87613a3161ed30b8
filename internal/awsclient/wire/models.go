package wire

import (
	"bytes"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/kumoban/kumoban/internal/awsclient/wire/protocol"
	"github.com/kumoban/kumoban/internal/packed"
)

// modelsFile is models.json, which `make models` makes from botocore's service
// models, in a sixth of the bytes.
//
//go:generate go run ../../tool/pack models.json
//go:embed models.json.gz
var modelsFile []byte

// models finds the services of the table when one is first called, and reads each
// when it is; `kumoban version` reads none.
var models = sync.OnceValue(func() map[string]func() (*protocol.Service, error) {
	text, err := packed.Open(modelsFile)
	if err != nil {
		panic("models.json: " + err.Error()) // the tests read it whole
	}
	all := map[string]func() (*protocol.Service, error){}
	for name, text := range services(text) {
		all[name] = sync.OnceValues(func() (*protocol.Service, error) { return protocol.Parse(text) })
	}
	return all
})

// services are the parts of the file, by the line that each begins with. The file
// is not parsed to find them, for which every command would wait.
func services(file []byte) map[string][]byte {
	all := map[string][]byte{}
	name, from, at := "", 0, 0
	file = bytes.TrimSuffix(bytes.TrimSpace(file), []byte("}}")) // of the whole
	take := func() {
		if name != "" {
			all[name] = bytes.TrimRight(file[from:at], ",\n")
		}
	}
	for line := range bytes.Lines(file) {
		if head, _, ok := bytes.Cut(line, []byte(`":{"id":`)); ok {
			take()
			name, from = string(head[1:]), at+len(head)+len(`":`)
		}
		at += len(line)
	}
	take()
	return all
}

// Services are the names of the table's services, as botocore has them.
func Services() []string { return slices.Sorted(maps.Keys(models())) }

// Model returns a service of the table.
func Model(service string) (*protocol.Service, error) {
	read, ok := models()[service]
	if !ok {
		return nil, fmt.Errorf("the table of operations has no service %q", service)
	}
	return read()
}

// Operation returns an operation of the table.
func Operation(service, operation string) (*protocol.Operation, error) {
	s, err := Model(service)
	if err != nil {
		return nil, err
	}
	o := s.Operation(operation)
	if o == nil {
		return nil, fmt.Errorf("the table of operations has no %s:%s", service, operation)
	}
	return o, nil
}
