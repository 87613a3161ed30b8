package ask

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kumoban/kumoban/internal/locale"
)

// MostListed is how many entries a directory has at most.
const MostListed = 5000

// Line is an entry with the line of the file that it stands in.
type Line struct {
	Listing
	Number int
}

// CheckDirectory refuses, with a [locale.Error] that names the line, entries
// that could not be used, and two owners for one resource of which neither is
// the more specific.
func CheckDirectory(lines []Line) error {
	switch {
	case len(lines) == 0:
		return locale.Errorf("ask.directory.empty")
	case len(lines) > MostListed:
		return locale.Errorf("ask.directory.many", locale.A("n", len(lines)), locale.A("most", MostListed))
	}
	first := map[string]int{}
	for i := range lines {
		l := &lines[i]
		if err := l.check(); err != nil {
			return locale.Errorf("ask.directory.line", locale.A("line", l.Number), locale.A("error", err))
		}
		if before, twice := first[l.Name()]; twice {
			return locale.Errorf("ask.directory.twice", locale.A("one", before), locale.A("other", l.Number), locale.A("what", locale.Clean(l.Name())))
		}
		first[l.Name()] = l.Number
	}
	return oneOwner(lines)
}

// CheckListing refuses an entry that could not be used among others of a directory,
// with a [locale.Error].
func CheckListing(others []Listing, l *Listing) error {
	lines := []Line{{Listing: *l}}
	if err := lines[0].check(); err != nil {
		return err
	}
	for i := range others {
		lines = append(lines, Line{Listing: others[i]})
	}
	if len(lines) > MostListed {
		return locale.Errorf("ask.directory.many", locale.A("n", len(lines)), locale.A("most", MostListed))
	}
	return oneOwner(lines)
}

func (l *Line) check() error {
	refused := func(key, value string, more ...locale.Arg) error {
		return locale.Errorf("ask.directory."+key, append(more, locale.A("value", locale.Clean(short(value))))...)
	}
	for _, field := range [][2]string{
		{"account", l.Account}, {"stack", l.Stack}, {"resource", l.Resource}, {"team", l.Team}, {"address", l.Address}, {"deputy", l.Deputy},
	} {
		if n := utf8.RuneCountInString(field[1]); n > MostName {
			return locale.Errorf("ask.directory.long", locale.A("field", field[0]), locale.A("n", n), locale.A("most", MostName))
		}
	}
	switch {
	case l.Account == "" && l.Stack == "" && l.Resource == "" && len(l.Tags) == 0:
		return locale.Errorf("ask.directory.noMatch")
	case l.Account != "" && (len(l.Account) != 12 || strings.Trim(l.Account, "0123456789") != ""):
		return refused("badAccount", l.Account)
	case l.Team == "":
		return locale.Errorf("ask.directory.noTeam")
	case strings.Contains(l.Address, "://"):
		return locale.Errorf("ask.directory.secret") // which it does not show
	case l.Address != "" && !address(l.Address):
		return refused("badAddress", l.Address)
	case l.Channel != "" && !slices.Contains(Channels(), l.Channel):
		return refused("badChannel", l.Channel, locale.A("channels", Channels()))
	case l.Channel == "mail" && l.Address == "":
		return locale.Errorf("ask.directory.noAddress")
	case l.Lang != "" && !slices.Contains(locale.Langs(), l.Lang):
		return refused("badLanguage", string(l.Lang))
	}
	for key, value := range l.Tags {
		if key == "" || value == "" || len(key) > MostName || len(value) > MostName {
			return refused("badTag", key+"="+value)
		}
	}
	return nil
}

// oneOwner refuses two entries of one rank that a resource may both fit, and that
// name different owners, unless a third decides there.
func oneOwner(lines []Line) error {
	ranks := map[string][]*Line{}
	var order []string
	for i := range lines {
		rank := fmt.Sprint(lines[i].rank())
		if ranks[rank] == nil {
			order = append(order, rank)
		}
		ranks[rank] = append(ranks[rank], &lines[i])
	}
	for _, rank := range order {
		for i, a := range ranks[rank] {
			for _, b := range ranks[rank][i+1:] {
				if a.Team == b.Team && a.Contact == b.Contact || !a.meets(&b.Listing) {
					continue
				}
				if slices.ContainsFunc(lines, func(l Line) bool { return l.settles(&a.Listing, &b.Listing) }) {
					continue
				}
				key := "ask.directory.two"
				if a.Number == 0 { // they stand in no file
					key = "ask.directory.clash"
				}
				return locale.Errorf(key, locale.A("one", a.Number), locale.A("other", b.Number),
					locale.A("team", locale.Clean(short(a.Team))), locale.A("otherTeam", locale.Clean(short(b.Team))),
					locale.A("what", locale.Clean(a.Name())), locale.A("otherWhat", locale.Clean(b.Name())))
			}
		}
	}
	return nil
}

// Tag adds a tag to what the entry is about.
func (l *Line) Tag(key, value string) {
	if l.Tags == nil {
		l.Tags = map[string]string{}
	}
	l.Tags[key] = value
}
