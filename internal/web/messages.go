package web

import (
	"context"
	"net/http"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/messages"
	"github.com/kumoban/kumoban/internal/view"
)

// Again are messages that shall be sent again.
type Again struct {
	IDs []string `json:"ids,omitempty" maxItems:"1000" doc:"none: all that have not arrived"`
}

// Posted is of how many messages something was done.
type Posted struct {
	SchemaVersion int `json:"schemaVersion"`
	Messages      int `json:"messages"`
}

// messages registers what people are told, and what is overdue.
func (a *api) messages() {
	add(a, operation{"list-messages", http.MethodGet, "/messages", access.MessagesRead, "Messages in some states, the last due first, and the channels; without a state, those that have not arrived."},
		func(ctx context.Context, at *asked, in *struct {
			States []string `query:"state,explode" enum:"waiting,failed,sent,given-up"`
			Limit  int      `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		}) (*body[view.MessagesBody], error) {
			box, err := messages.List(ctx, at.desk, in.States, in.Limit)
			if err != nil {
				return nil, err
			}
			return &body[view.MessagesBody]{at.view.MessagesBody(box)}, nil
		})
	add(a, operation{"retry-messages", http.MethodPost, "/messages/retry", access.MessagesSend, "Have messages sent again at once, also those that were given up."},
		func(ctx context.Context, at *asked, in *body[Again]) (*body[Posted], error) {
			n, err := messages.Retry(ctx, at.desk, in.Body.IDs)
			if err != nil {
				return nil, err
			}
			return &body[Posted]{Posted{1, n}}, nil
		})
	add(a, operation{"test-channel", http.MethodPost, "/messages/channels/{name}/test", access.MessagesSend, "Send a test message to a channel, at once and once."},
		func(ctx context.Context, at *asked, in *struct {
			Name string `path:"name" maxLength:"40"`
		}) (*body[Posted], error) {
			n, err := messages.Test(ctx, at.desk, a.options.Messages, in.Name)
			if err != nil {
				return nil, err
			}
			return &body[Posted]{Posted{1, n}}, nil
		})
	add(a, operation{"count-overdue", http.MethodGet, "/overdue", access.FindingsRead, "How many findings fail past the deadline of their severity."},
		func(ctx context.Context, at *asked, _ *none) (*body[view.OverdueBody], error) {
			counts, err := messages.Overdue(ctx, at.desk)
			if err != nil {
				return nil, err
			}
			return &body[view.OverdueBody]{at.view.OverdueBody(counts)}, nil
		})
}
