package awsclient

import (
	"context"
	"errors"
	"iter"
	"net/http"

	"github.com/kumoban/kumoban/internal/awsclient/wire"
)

// Over is an attempt, for [Do] and [Change], of a call of the wire's table: the
// service as the table names it, the operation of the call. Its tokens are made
// once, so that what is repeated is done once.
//
// Expect is a member by the model's name here. It is looked for after decoding,
// for only then do all protocols have the same names; the guard, which sees bytes
// and knows JSON alone, leaves such answers to it.
func Over(client *wire.Client, call *Call, service string, in map[string]any) func(context.Context) (map[string]any, error) {
	in, bad := wire.Tokens(service, call.Operation, in)
	return func(ctx context.Context) (map[string]any, error) {
		if bad != nil {
			return nil, bad
		}
		if x, ok := ctx.Value(callKey{}).(*exchange); ok {
			x.reads = true
		}
		a, err := client.Ask(ctx, service, call.Operation, in)
		if err != nil {
			return nil, err
		}
		return a.Out, expected(call, a)
	}
}

// expected is whole for an answer that has been decoded. XML whose root names the
// operation may lack an empty list and say other things, such as that no page
// follows: flattened lists leave nothing behind.
func expected(call *Call, a *wire.Answer) error {
	if call.Expect == "" || wire.At(a.Out, call.Expect) != nil {
		return nil
	}
	switch {
	case !call.MayLack && a.Bare:
		return &errGarbled{"the answer names nothing where something must be"}
	case !call.MayLack, !a.Named && !a.Bare:
		return &errGarbled{"the answer has no \"" + call.Expect + "\""}
	case !a.Named && !fromAWS(a.Header):
		return &errGarbled{"the answer names nothing, and does not come from AWS: it has no request id"}
	}
	return nil
}

func fromAWS(header http.Header) bool {
	return header.Get("X-Amzn-Requestid") != "" || header.Get("X-Amz-Request-Id") != ""
}

// List reads a listing of the wire's table page by page, each with a token of the
// lane, by the pager that the table has for it.
func List(ctx context.Context, lane *Lane, call *Call, client *wire.Client, service string, in map[string]any) iter.Seq2[[]any, error] {
	return Pages(ctx, lane, call, func(ctx context.Context, token *string) (p Page[any], err error) {
		o, err := wire.Operation(service, call.Operation)
		if err != nil {
			return p, err
		}
		if o.Pager == nil {
			return p, errors.New(call.Name() + " is no listing of several pages")
		}
		at := ""
		if token != nil {
			at = *token
		}
		turn, err := wire.Turn(o.Pager, in, at)
		if err != nil {
			return p, err
		}
		out, err := Over(client, call, service, turn)(ctx)
		if err != nil {
			return p, err
		}
		next, err := wire.Next(o.Pager, out)
		if err != nil {
			return p, NewGarbled(call, err.Error())
		}
		return Page[any]{wire.Items(o.Pager, out), &next}, nil
	})
}
