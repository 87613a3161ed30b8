package web

import (
	"context"
	"net/http"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/asking"
	"github.com/kumoban/kumoban/internal/view"
)

// MadeLink is a link of an owner, told once.
type MadeLink struct {
	view.LinkBody
	Head string `json:"auditHead" doc:"whoever keeps it can prove later that nothing was cut off"`
}

// RevokedLinks are those of a question that are open no more.
type RevokedLinks struct {
	Revoked int    `json:"revoked" doc:"how many"`
	Head    string `json:"auditHead" doc:"whoever keeps it can prove later that nothing was cut off"`
}

// Revoked says why a link is taken back.
type Revoked struct {
	Reason string `json:"reason,omitempty" maxLength:"20000"`
}

// links registers what is done with the links by which owners answer.
func (a *api) links() {
	add(a, operation{"make-link", http.MethodPost, "/questions/{id}/link", access.QuestionsAsk, "Make the link by which the owner of a question answers without signing in; those made before end with it."},
		func(ctx context.Context, at *asked, in *struct {
			ID string `path:"id" maxLength:"40"`
		}) (*body[MadeLink], error) {
			l, err := asking.MakeLink(ctx, at.desk, in.ID, a.options.Public)
			if err != nil {
				return nil, err
			}
			return &body[MadeLink]{MadeLink{at.view.LinkBody(l), l.Head.Head()}}, nil
		})
	add(a, operation{"revoke-links", http.MethodPost, "/questions/{id}/link/revoke", access.QuestionsAsk, "Take back the links of a question that are open."},
		func(ctx context.Context, at *asked, in *struct {
			ID   string `path:"id" maxLength:"40"`
			Body Revoked
		}) (*body[RevokedLinks], error) {
			n, head, err := asking.RevokeLinks(ctx, at.desk, in.ID, in.Body.Reason)
			if err != nil {
				return nil, err
			}
			return &body[RevokedLinks]{RevokedLinks{n, head.Head()}}, nil
		})
}
