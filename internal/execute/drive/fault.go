package drive

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/kumoban/kumoban/internal/awsclient"
)

// Conflict tells whether a change ran into another one that was under way, so
// that it may be tried again.
func Conflict(err error) bool {
	return slices.Contains([]string{
		"ConflictException",               // API Gateway
		"OperationAbortedException",       // CloudWatch Logs
		"ConcurrentModification",          // IAM
		"WAFUnavailableEntityException",   // WAF, also of a new web ACL
		"DependencyTimeoutException",      // KMS
		"ConcurrentModificationException", // IAM, as newer models name it
	}, Fault(err).Code)
}

// Fault returns an error's fault; that of no error is empty.
func Fault(err error) *awsclient.Fault {
	if err == nil {
		return &awsclient.Fault{}
	}
	return awsclient.AsFault(err)
}

// Missing tells whether the thing that a call was about is not there.
func Missing(err error) bool { return err != nil && Fault(err).Class == awsclient.NotFound }

// AppearAfter is how long a thing may take to appear, and rounds how often it
// is asked for, where answers get lost.
const (
	AppearAfter = 3 * time.Second
	Rounds      = 3
)

// Once makes a thing that AWS would make a second time if it were asked again.
// A call without an answer may have acted: it is repeated only when find, which
// goes by the run's token, does not see the thing after some time.
func Once[T any](ctx context.Context, s *Service, call *awsclient.Call, find func(context.Context) (T, bool, error), make func(context.Context) (T, error)) (T, error) {
	var zero T
	var cause error
	for round := 0; ; round++ {
		if found, there, err := find(ctx); there || err != nil {
			return found, err
		}
		if round == Rounds {
			return zero, unanswered(call, cause)
		}
		lost, repeated := false, false
		made, err := awsclient.Do(ctx, s.Lane, call, func(ctx context.Context) (T, error) {
			if lost {
				repeated = true
				return zero, unanswered(call, nil)
			}
			made, err := make(ctx)
			if err != nil && !refused(err) {
				lost, cause = true, err
			}
			return made, err
		})
		if !repeated {
			if f := (*awsclient.Fault)(nil); cause == nil && errors.As(err, &f) && f.Class != awsclient.Interrupted {
				err = &Refusal{f}
			}
			return made, err
		}
		if awsclient.Sleep(ctx, AppearAfter) != nil {
			return zero, awsclient.Stopped(ctx)
		}
	}
}

// unanswered says that a call may have acted, but nothing of it can be seen; why
// is the answer that came last, if any did.
func unanswered(call *awsclient.Call, why error) *awsclient.Fault {
	const unseen = "what the call makes has not appeared"
	if api := smithy.APIError(nil); errors.As(why, &api) {
		words := awsclient.AsFault(errors.New(strings.TrimRight(api.ErrorMessage(), ". "))).Message
		return &awsclient.Fault{Call: call.Name(), Class: awsclient.Server, Code: api.ErrorCode(), Message: words + "; " + unseen}
	}
	class := awsclient.Unreachable
	if why == nil { // no call was made, and none is to be made again
		class = awsclient.Other
	}
	return &awsclient.Fault{Call: call.Name(), Class: class, Code: "Unanswered", Message: "no answer came, and " + unseen}
}

// refused tells whether the service answered that it did not act.
func refused(err error) bool {
	var answer *smithyhttp.ResponseError
	return errors.As(err, &answer) && answer.HTTPStatusCode()/100 == http.StatusBadRequest/100
}
