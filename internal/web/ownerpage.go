package web

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/web/owner"
)

// Owners is what a listener serves that others than this machine reach: the owner's
// page by its public name, and nothing else.
func (s *Server) Owners() http.Handler {
	host := strings.ToLower(s.options.Public.Host)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, rand.Text()))
		w.Header().Set("X-Request-Id", requestID(r.Context()))
		said := &status{ResponseWriter: w}
		defer s.logged(said, r, s.options.Now())
		switch {
		case !sameHost(r.Host, host, s.options.Public.Scheme):
			s.owner.Refuse(said, r, http.StatusMisdirectedRequest, locale.M("ownerpage.otherHost"))
		case !strings.HasPrefix(r.URL.Path, owner.Root):
			s.owner.Refuse(said, r, http.StatusNotFound, locale.M("ownerpage.otherHost"))
		default:
			r.Pattern = owner.Root // whose paths are secrets: the log has this
			s.owner.ServeHTTP(said, r)
		}
	})
}

// sameHost tells whether a request names a host, with or without the port that its
// scheme has anyway.
func sameHost(asked, host, scheme string) bool {
	usual := map[string]string{"https": ":443", "http": ":80"}[scheme]
	return strings.TrimSuffix(strings.ToLower(asked), usual) == strings.TrimSuffix(host, usual)
}

// ServeOwners answers owners on l until ctx is done, with TLS where a certificate is
// given; else a proxy stands before it.
func (s *Server) ServeOwners(ctx context.Context, l net.Listener, certificate *tls.Certificate) error {
	if s.options.Public == nil {
		return errors.New("no public address")
	}
	server := s.server(ctx, s.Owners())
	server.ReadTimeout, server.WriteTimeout = ownersWithin, ownersAnswerWithin
	if certificate != nil {
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}})
	}
	return s.serve(ctx, server, l)
}
