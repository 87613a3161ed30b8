package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/condition"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/rules"
)

// fileRules is what kumoban.yaml says of keeping findings.
type fileRules struct {
	set       control.Set // all controls
	rules     []rules.Rule
	disabled  []string
	said      said     // of what the store decides now
	ownerTags []string // nil: the usual ones
}

// fileRules reads kumoban.yaml, or the file that is named instead.
func (p *program) fileRules(ctx context.Context, path string) (fileRules, error) {
	if path == "" {
		path = p.getenv("KUMOBAN_CONFIG")
	}
	var out fileRules
	var err error
	if out.set, err = control.Select(p.controls(), control.Selection{}); err != nil {
		return out, err
	}
	file, err := p.config(ctx, path)
	if err != nil {
		return out, err
	}
	wrong := func(err error) error {
		return locale.Errorf("cli.wrongConfig", locale.A("file", file.path), locale.A("error", locale.Cause(err)))
	}
	var ids []string
	for _, c := range p.controls() {
		ids = append(ids, c.ID)
	}
	if out.rules, err = rules.Parse(file.nested["rules"], ids); err != nil {
		return out, wrong(err)
	}
	if err := rules.Readable(out.rules, condition.Models(out.set.Models())); err != nil {
		return out, wrong(err)
	}
	exceptions, err := rules.ParseExceptions(file.nested["exceptions"])
	if err != nil {
		return out, wrong(err)
	}
	out.said = said{file.path, exceptions.FourEyes}
	if out.ownerTags, err = words(file.nested["owner-tags"], "owner-tags"); err != nil {
		return out, wrong(err)
	}
	if out.disabled, err = words(file.nested["disabled-controls"], "disabled-controls"); err != nil {
		return out, wrong(err)
	}
	for i, id := range out.disabled {
		at := slices.IndexFunc(ids, func(known string) bool { return strings.EqualFold(known, id) })
		if at < 0 {
			return out, wrong(control.NoSuch(ids, id))
		}
		out.disabled[i] = ids[at]
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
