package story

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/kumoban/kumoban/internal/awsclient/wire"
)

// changes are what happens in the company's accounts, by name: what its people do
// there with other tools than this one.
//
//go:embed changes.json
var changes []byte

// happening is one of them: things that are there now, and calls that were made.
type happening struct {
	Account string `json:"-"`
	Region  string
	Load    json.RawMessage // a fixture of the double
	Calls   []call
}

type call struct {
	Service   string
	Operation string
	In        map[string]any
}

// happen lets something happen.
func (t *teller) happen(ctx context.Context, account, name string) error {
	h, ok := t.changes[name]
	if !ok {
		return fmt.Errorf("nothing is called %s", name)
	}
	if h.Account = account; h.Account == "" {
		h.Account = t.demo.Account
	}
	if h.Region == "" {
		h.Region = t.demo.Region
	}
	if h.Load != nil {
		if err := t.demo.Double.Load(h.Account, h.Region, h.Load); err != nil {
			return err
		}
	}
	client := wire.New(t.demo.Within(h.Account, h.Region))
	for _, c := range h.Calls {
		if _, err := client.Call(ctx, c.Service, c.Operation, c.In); err != nil {
			return fmt.Errorf("%s: %s: %w", name, c.Operation, err)
		}
	}
	return nil
}
