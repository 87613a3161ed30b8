package awsclient

import (
	"context"
	"fmt"
	"iter"
)

// mostEmpty is how many pages in a row may hold nothing although more are said
// to follow. AWS does that where it searches; a listing that is nothing else
// has no end.
const mostEmpty = 1000

// Page is one answer of a listing.
type Page[Item any] struct {
	Items []Item
	Next  *string // the token of the page that follows; nil or "": none does
}

// Truncated is the token of an answer that says apart from it whether more
// follows. One that does, but does not say how to get it, is no whole answer.
func Truncated(call *Call, more bool, token string) (*string, error) {
	if more && token == "" {
		return nil, NewGarbled(call, "the listing is cut off without saying how it goes on")
	}
	return &token, nil
}

// Pages makes one call after the other until a page names none to follow; the
// caller may stop before. The last pair may hold an error, an [*Fault]: a call
// failed, a token came a second time, or there was no end of empty pages. The
// token handed to ask is nil at first.
//
// It is the one way to read a listing: a loop of one's own would ask for ever
// where AWS, or what stands in for it, gives the same token again.
func Pages[Item any](ctx context.Context, lane *Lane, call *Call, ask func(ctx context.Context, token *string) (Page[Item], error)) iter.Seq2[[]Item, error] {
	return func(yield func([]Item, error) bool) {
		var token *string
		seen, empty := map[string]bool{}, 0
		for {
			page, err := Do(ctx, lane, call, func(ctx context.Context) (Page[Item], error) { return ask(ctx, token) })
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(page.Items, nil) || page.Next == nil || *page.Next == "" {
				return
			}
			if empty++; len(page.Items) > 0 {
				empty = 0
			}
			switch {
			case seen[*page.Next]:
				yield(nil, NewGarbled(call, "the listing goes round in circles"))
				return
			case empty == mostEmpty:
				yield(nil, NewGarbled(call, fmt.Sprintf("%d pages of the listing in a row are empty", mostEmpty)))
				return
			}
			seen[*page.Next] = true
			token = page.Next
		}
	}
}

// All gathers the items of a listing. It returns what came even where a later
// page failed.
func All[Item any](pages iter.Seq2[[]Item, error]) ([]Item, error) {
	var all []Item
	for items, err := range pages {
		if err != nil {
			return all, err
		}
		all = append(all, items...)
	}
	return all, nil
}
