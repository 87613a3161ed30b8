package guide

import (
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
)

// InShort returns the paragraph with which a control's guide begins: what is
// wrong, how bad that is and what to do, as plain text in which `code` keeps
// its backticks.
func InShort(c *control.Control, lang locale.Lang) (string, error) {
	g, err := Load(c, lang)
	if err != nil {
		return "", err
	}
	first, _, _ := strings.Cut(g.Sections[0].Blocks[0].Prose, "\n\n")
	return strings.ReplaceAll(plain(first), "\n", " "), nil
}
