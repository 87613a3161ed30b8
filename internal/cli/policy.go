package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/condition"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/rules"
)

// fileRules reads kumoban.yaml, or the file that is named instead.
func (p *program) fileRules(ctx context.Context, path string) (*desk.Config, error) {
	if path == "" {
		path = p.getenv("KUMOBAN_CONFIG")
	}
	out := &desk.Config{}
	var err error
	if out.Controls, err = control.Select(p.controls(), control.Selection{}); err != nil {
		return nil, err
	}
	file, err := p.config(ctx, path)
	if err != nil {
		return nil, err
	}
	wrong := func(err error) error {
		return locale.Errorf("cli.wrongConfig", locale.A("file", file.path), locale.A("error", locale.Cause(err)))
	}
	var ids []string
	for _, c := range p.controls() {
		ids = append(ids, c.ID)
	}
	if out.Rules, err = rules.Parse(file.nested["rules"], ids); err != nil {
		return nil, wrong(err)
	}
	if err := rules.Readable(out.Rules, condition.Models(out.Controls.Models())); err != nil {
		return nil, wrong(err)
	}
	exceptions, err := rules.ParseExceptions(file.nested["exceptions"])
	if err != nil {
		return nil, wrong(err)
	}
	out.File, out.FourEyes = file.path, exceptions.FourEyes
	if out.OwnerTags, err = words(file.nested["owner-tags"], "owner-tags"); err != nil {
		return nil, wrong(err)
	}
	if out.Disabled, err = words(file.nested["disabled-controls"], "disabled-controls"); err != nil {
		return nil, wrong(err)
	}
	for i, id := range out.Disabled {
		at := slices.IndexFunc(ids, func(known string) bool { return strings.EqualFold(known, id) })
		if at < 0 {
			return nil, wrong(control.NoSuch(ids, id))
		}
		out.Disabled[i] = ids[at]
	}
	return out, nil
}

// words reads a list of words; nil where there is none.
func words(raw any, key string) ([]string, error) {
	if raw == nil {
		return nil, nil
	}
	if word, ok := raw.(string); ok {
		raw = []any{word}
	}
	list, ok := raw.([]any)
	if !ok {
		return nil, locale.Errorf("keep.wantWords", locale.A("key", key))
	}
	out := []string{}
	for _, item := range list {
		word, ok := item.(string)
		if !ok || strings.TrimSpace(word) == "" {
			return nil, locale.Errorf("keep.wantWords", locale.A("key", key))
		}
		out = append(out, fmt.Sprint(word))
	}
	return out, nil
}
