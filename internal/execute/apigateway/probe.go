package apigateway

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

// probePath is no path that an API would give a meaning to.
const probePath = "/kumoban-probe"

// probeTimeout is longer than API Gateway waits for a back end.
const probeTimeout = 35 * time.Second

var (
	apiID     = regexp.MustCompile(`^[a-z0-9]+$`)
	stageName = regexp.MustCompile(`^(\$default|[A-Za-z0-9_-]+)$`)
)

// StageURL returns the URL that callers reach a stage of an HTTP API under, or
// one of a WebSocket API, which begins with wss. It is API Gateway's own: an API
// may have switched it off in favour of a domain name.
func StageURL(stage resource.Ref, webSocket bool) (string, error) {
	a, ok := resource.ParseARN(stage.ARN)
	parts := strings.Split(a.Resource, "/")
	if !ok || a.Service != "apigateway" || awsclient.CheckRegion(a.Region) != nil ||
		len(parts) != 5 || parts[1] != "apis" || parts[3] != "stages" || !apiID.MatchString(parts[2]) || !stageName.MatchString(parts[4]) {
		return "", drive.Wrong("%q is not the ARN of a stage of an HTTP or WebSocket API", stage.ARN)
	}
	u := url.URL{Scheme: "https", Host: parts[2] + ".execute-api." + a.Region + "." + wire.Suffix(a.Region)}
	if webSocket {
		u.Scheme = "wss"
	}
	if parts[4] != "$default" {
		u.Path = "/" + parts[4]
	}
	return u.String(), nil
}

// Probe sends one request to a stage, so that there is something to log: an
// OPTIONS request, which changes nothing, for a path that no route names, and
// to a WebSocket API a plain GET request, which opens no connection. It carries
// no credentials, no cookies and no body, and redirects are not followed. An API
// with a catch-all route passes it to its back end.
//
// Any answer will do. The error is a [*locale.Error] where none came, and an
// [*awsclient.Fault] where the run was stopped.
func Probe(ctx context.Context, client *http.Client, stageURL string) error {
	u, err := url.Parse(stageURL)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Scheme != "https" && u.Scheme != "wss" {
		return drive.Wrong("what was given is not the URL of a stage")
	}
	method := http.MethodGet
	if u.Scheme == "https" {
		method, u.Path = http.MethodOptions, u.Path+probePath
	}
	u.Scheme = "https"
	limited, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(limited, method, u.String(), http.NoBody)
	if err != nil {
		return drive.Wrong("what was given is not the URL of a stage")
	}
	r.Header.Set("User-Agent", "kumoban")
	bare := *client
	bare.Jar = nil
	bare.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := bare.Do(r)
	if err == nil {
		return response.Body.Close()
	}
	if ctx.Err() != nil {
		return awsclient.Stopped(ctx)
	}
	var failed *url.Error
	if errors.As(err, &failed) {
		err = failed.Err // without the method and the URL
	}
	return locale.Errorf("fix.probe.failed", locale.A("url", stageURL), locale.A("error", locale.Cause(err)))
}
