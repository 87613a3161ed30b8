package awsclient

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"unicode"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"

	"github.com/kumoban/kumoban/internal/awsclient/wire"
)

// Class says what a failed call means to the person who has to act.
type Class uint8

// The classes.
const (
	Other       Class = iota
	Refused           // the caller lacks a permission
	Credentials       // no credentials, or ones that AWS does not accept
	Throttled         // too many requests, still after all attempts
	Server            // AWS failed, still after all attempts
	Unreachable       // no connection
	Timeout           // no answer in time
	Garbled           // an answer that is no whole answer
	NotFound          // the thing is not there
	Interrupted       // the run was stopped
	RegionOff         // credentials that another Region accepts: this one may not be enabled
)

// Fault is a failed call. Its message is safe to show: what could be a secret
// has been taken out.
type Fault struct {
	Call    string
	Class   Class
	Code    string // AWS's error code, or the class's name
	Message string // one line, AWS's words or ours
}

// Error returns "apigateway:GetStages: AccessDeniedException: …".
func (f *Fault) Error() string { return f.Call + ": " + f.Code + ": " + f.Message }

// Ours tells whether the message is kumoban's or the system's, not AWS's answer.
func (f *Fault) Ours() bool {
	switch f.Class {
	case Unreachable, Timeout, Garbled, Interrupted:
		return true
	}
	return f.Code == codeNone
}

// attempts is how often a call that fails so is worth making.
func (f *Fault) attempts() int {
	switch {
	case f.Code == codeNoSuchHost, f.Code == codeBadEndpoint:
		return 1
	case f.Code == codeRefused || f.Class == Timeout:
		return fewAttempts
	case f.Class == Throttled, f.Class == Server, f.Class == Unreachable, f.Class == Garbled:
		return attempts
	}
	return 1
}

// CodeRegion is the code of faults of class RegionOff, in the place of AWS's,
// which are those of credentials that nobody knows.
const CodeRegion = "RegionRefusesCredentials"

// Codes of ours, where no answer came that could hold one of AWS's.
const (
	codeNoSuchHost = "NoSuchHost"
	codeRefused    = "ConnectionRefused"

	codeBadEndpoint = "BadEndpoint"

	codeNone = "NoCredentials"
)

// AsFault returns err as a Fault; one that no call made is of class Other.
func AsFault(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return &Fault{Call: "kumoban", Code: "Error", Message: scrub(err.Error())}
}

// Stopped returns the Fault of a run whose context has ended.
func Stopped(ctx context.Context) *Fault {
	return interrupted(ctx, &Call{Service: "kumoban", Operation: "scan"})
}

func interrupted(ctx context.Context, call *Call) *Fault {
	if errors.Is(ctx.Err(), context.Canceled) {
		return &Fault{call.Name(), Interrupted, "Interrupted", "the run was interrupted"}
	}
	// The limiter gives up before the deadline when no token would come in time.
	return &Fault{call.Name(), Interrupted, "Timeout", "the time given with --timeout is over"}
}

// errGarbled marks an answer that arrived but is no whole answer.
type errGarbled struct{ why string }

func (e *errGarbled) Error() string { return e.why }

// NewGarbled returns a Fault for an answer that could be read but makes no
// sense, such as a stage without a name.
func NewGarbled(call *Call, why string) *Fault {
	return &Fault{call.Name(), Garbled, "Garbled", why}
}

func classify(x *exchange, err error) *Fault {
	f := &Fault{Call: x.call.Name(), Code: "Error", Message: scrub(err.Error())}
	var api smithy.APIError
	var garbled *errGarbled
	var noCredentials *errNoCredentials
	var ready *Fault
	switch {
	case errors.As(err, &ready):
		return ready
	case errors.As(err, &noCredentials):
		f.Class, f.Code, f.Message = Credentials, codeNone, scrub(noCredentials.Error())
	case errors.As(err, &garbled):
		f.Class, f.Code, f.Message = Garbled, "Garbled", garbled.why
	case x.status >= 300 && !x.broken && codeOf(err) == "":
		f.Class, f.Code, f.Message = statusClass(x.status), fmt.Sprintf("HTTP%d", x.status), x.said()
	case errors.As(err, &api):
		f.Code, f.Message = api.ErrorCode(), scrub(api.ErrorMessage())
		f.Class = classOf(x.status, err, api)
	case errors.Is(err, context.DeadlineExceeded):
		f.Class, f.Code, f.Message = Timeout, "Timeout", "no answer within "+attemptTimeout.String()
	case undecoded(err):
		f.Class, f.Code, f.Message = Garbled, "Garbled", "the answer could not be decoded"
	default:
		network(f, err)
	}
	return f
}

// codeOf is the code of a refusal; "" where it has none that AWS gave it.
func codeOf(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) && api.ErrorCode() != "UnknownError" { // the SDK's word for none
		return api.ErrorCode()
	}
	return ""
}

// statusClass is the class of a refusal that nobody can read, which has its
// status alone: perhaps it is not AWS's. Asking again helps where it says so.
func statusClass(status int) Class {
	switch {
	case status == http.StatusTooManyRequests:
		return Throttled
	case status >= http.StatusInternalServerError:
		return Server
	}
	return Other
}

// said quotes the first 100 characters of a refusal, on one line.
func (x *exchange) said() string {
	const most = 100
	words := []rune(scrub(strings.Join(strings.FieldsFunc(string(x.body), invisible), " ")))
	text := string(words)
	if len(words) > most {
		text = string(words[:most]) + "…"
	}
	if text == "" {
		return fmt.Sprintf("status %d without a word", x.status)
	}
	return fmt.Sprintf("status %d: %s", x.status, text)
}

// invisible tells what is no letter on a screen: spaces, and what a terminal
// would obey.
func invisible(r rune) bool {
	return !unicode.IsGraphic(r) || unicode.IsSpace(r) || r == utf8.RuneError
}

// Stranger tells whether a code means that AWS does not know the caller: by
// credentials that are none, or in a Region that the account has not enabled.
func Stranger(code string) bool {
	return in(code, "InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure", "OptInRequired")
}

func classOf(status int, err error, api smithy.APIError) Class {
	code := api.ErrorCode()
	switch {
	case throttles(err), status == http.StatusTooManyRequests:
		return Throttled
	case status == http.StatusRequestTimeout:
		return Server
	case in(code, "AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "NotAuthorized", "ForbiddenException", "UnauthorizedException"):
		return Refused
	case Stranger(code), in(code, "ExpiredToken", "ExpiredTokenException", "SignatureDoesNotMatch", "InvalidSignatureException",
		"MissingAuthenticationToken", "MissingAuthenticationTokenException", "IncompleteSignature"):
		return Credentials
	case in(code, "NotFoundException", "ResourceNotFoundException", "NoSuchEntity"):
		return NotFound
	case retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err) == aws.TrueTernary:
		return Server
	}
	return Other
}

func throttles(err error) bool {
	return retry.IsErrorThrottles(retry.DefaultThrottles).IsErrorThrottle(err) == aws.TrueTernary
}

func network(f *Fault, err error) {
	var dns *net.DNSError
	var op net.Error
	var u *url.Error
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		f.Class, f.Code, f.Message = Unreachable, codeNoSuchHost, "there is no host "+dns.Name+": check the Region and the endpoint"
	case hopeless(err):
		f.Class, f.Code, f.Message = Unreachable, codeBadEndpoint, scrub(innermost(err).Error())
	case errors.Is(err, syscall.ECONNREFUSED):
		f.Class, f.Code, f.Message = Unreachable, codeRefused, scrub(innermost(err).Error())
	case errors.As(err, &op) && op.Timeout():
		f.Class, f.Code = Timeout, "Timeout"
	case errors.As(err, &op), errors.As(err, &u), retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err) == aws.TrueTernary:
		f.Class, f.Code = Unreachable, "Unreachable"
		f.Message = scrub(innermost(err).Error())
	}
}

// hopeless tells whether a connection cannot come about however often it is
// tried: an address that is none, an endpoint that AWS does not have, a
// certificate that nobody trusts, a proxy that refuses.
func hopeless(err error) bool {
	var certificate *tls.CertificateVerificationError
	var address *net.AddrError
	var parse *url.Error
	var endpoint *wire.EndpointError
	if errors.As(err, &certificate) || errors.As(err, &address) || errors.As(err, &endpoint) {
		return true
	}
	if errors.As(err, &parse) && parse.Op == "parse" {
		return true
	}
	// net/http has no types for these.
	text := err.Error()
	for _, sign := range []string{"unsupported protocol scheme", "no Host in request URL", "invalid port", "Failed to parse uri", "Forbidden", "Proxy Authentication Required"} {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}

// innermost drops the SDK's wrapping, which repeats the call and the URL.
func innermost(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op
	}
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

func in(s string, list ...string) bool {
	for _, x := range list {
		if s == x {
			return true
		}
	}
	return false
}

var (
	secrets  = regexp.MustCompile(`(?:AKIA|ASIA)[A-Z0-9]{12,}|(?i:signature|security-token)[=:]\s*\S+`)
	userInfo = regexp.MustCompile(`://[^/\s"]*@`)
	longRun  = regexp.MustCompile(`[A-Za-z0-9+/=%]{40,}`)
	// What an ARN or a path of AWS's may begin with where a long run of such letters is none of a key's.
	ownPath = regexp.MustCompile(`^(?:/?(?:v2/)?(?:restapis|apis|domainnames|vpclinks|tags)/|/|role/|user/|stages/)`)
)

// longSegment tells whether a part between slashes is as long as a key.
func longSegment(path string) bool {
	for _, part := range strings.Split(path, "/") {
		if len(part) >= 40 {
			return true
		}
	}
	return false
}

// scrub makes an error one line of at most 300 characters without anything
// that could be a key, token or signature: AWS quotes whole headers when a
// signature does not match, on lines of their own. Paths and ARNs survive,
// their parts being shorter than a token's.
func scrub(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	s = userInfo.ReplaceAllString(s, "://[removed]@")
	s = secrets.ReplaceAllString(s, "[removed]")
	s = longRun.ReplaceAllStringFunc(s, func(run string) string {
		if ownPath.MatchString(run) && !longSegment(run) {
			return run
		}
		return "[removed]"
	})
	const most = 300
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return strings.TrimSpace(s)
}
