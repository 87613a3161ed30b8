package wire

import (
	_ "embed"
	"encoding/json"
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

// models reads a service of the table when it is first called; `kumoban
// version` reads none.
var models = sync.OnceValue(func() map[string]func() (*protocol.Service, error) {
	var file struct{ Services map[string]json.RawMessage }
	text, err := packed.Open(modelsFile)
	if err == nil {
		err = json.Unmarshal(text, &file)
	}
	if err != nil {
		panic("models.json: " + err.Error()) // the tests read it whole
	}
	all := map[string]func() (*protocol.Service, error){}
	for name, text := range file.Services {
		all[name] = sync.OnceValues(func() (*protocol.Service, error) { return protocol.Parse(text) })
	}
	return all
})

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
