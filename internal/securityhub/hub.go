// Package securityhub speaks with AWS Security Hub CSPM: it reads findings,
// compares them with those that are kept here, imports ours, and keeps the
// workflow on both sides in step.
package securityhub

import (
	"context"
	"errors"
	"iter"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

// Hub is Security Hub in one Region, as one account sees it.
type Hub struct {
	Config aws.Config // with the account's credentials, for the Region
	Lane   *awsclient.Lane
	At     resource.Scope
}

// maxBatch is how many findings the batch operations take, and how many a page
// of GetFindings holds at most.
const maxBatch = 100

func getFindings() *awsclient.Call {
	return hubCall("GetFindings", "Findings", awsclient.Quota{Rate: 3, Burst: 6})
}

func getFindingHistory() *awsclient.Call {
	return hubCall("GetFindingHistory", "Records", awsclient.Quota{Rate: 10, Burst: 30})
}

func batchImport() *awsclient.Call {
	c := hubCall("BatchImportFindings", "SuccessCount", awsclient.Quota{Rate: 10, Burst: 30})
	c.Resource = ":*:product/*/default"
	return c
}

func batchUpdate() *awsclient.Call {
	return hubCall("BatchUpdateFindings", "ProcessedFindings", awsclient.Quota{Rate: 10, Burst: 30})
}

// hubCall declares a call; the quotas are those that AWS's overview of the API
// gives for each operation.
func hubCall(operation, expect string, q awsclient.Quota) *awsclient.Call {
	return &awsclient.Call{Service: "securityhub", Operation: operation, Action: operation, Resource: ":*:hub/default", Expect: expect, Quota: &q}
}

// PullCalls are the calls of [Hub.Pull], for the policy that allows them.
func PullCalls() []*awsclient.Call { return []*awsclient.Call{getFindings()} }

// PushCalls are the calls of [Hub.Push].
func PushCalls() []*awsclient.Call { return []*awsclient.Call{batchImport()} }

// DecidedCalls are the calls of [Hub.Decided].
func DecidedCalls() []*awsclient.Call { return []*awsclient.Call{getFindingHistory()} }

// SyncCalls are the calls of keeping the workflow in step.
func SyncCalls() []*awsclient.Call {
	return []*awsclient.Call{getFindings(), getFindingHistory(), batchUpdate()}
}

// NotEnabled is an account and Region whose Security Hub is off, or does not
// accept findings of the account's own.
type NotEnabled struct {
	At    resource.Scope
	Fault error
}

// Error returns the English sentence.
func (e *NotEnabled) Error() string { return e.sentence().Error() }

// Unwrap returns the sentence as a [locale.Error], and the failed call.
func (e *NotEnabled) Unwrap() []error { return []error{e.sentence(), e.Fault} }

func (e *NotEnabled) sentence() error {
	return locale.Errorf("hub.notEnabled", locale.A("account", e.At.Account), locale.A("region", e.At.Region))
}

// do makes one call. A failure is a [NotEnabled] or an [awsclient.Fault].
func do[Out any](ctx context.Context, h *Hub, call *awsclient.Call, method, path string, in any) (Out, error) {
	out, err := awsclient.Do(ctx, h.Lane, call, func(ctx context.Context) (Out, error) {
		var out Out
		err := wire.New(h.Config).REST(ctx, wire.SecurityHub(), method, path, in, &out)
		return out, err
	})
	return out, h.failed(err)
}

func (h *Hub) failed(err error) error {
	var fault *awsclient.Fault
	if errors.As(err, &fault) && fault.Code == "InvalidAccessException" {
		return &NotEnabled{h.At, fault}
	}
	return err
}

// list reads the pages of a listing; in makes the request, from takes the items
// and the next page's token out of an answer. The errors are those of do.
func list[Item, Out any](ctx context.Context, h *Hub, call *awsclient.Call, path string, in func(token *string) any, from func(*Out) ([]Item, *string)) iter.Seq2[[]Item, error] {
	pages := awsclient.Pages(ctx, h.Lane, call, func(ctx context.Context, token *string) (p awsclient.Page[Item], err error) {
		var out Out
		err = wire.New(h.Config).REST(ctx, wire.SecurityHub(), "POST", path, in(token), &out)
		p.Items, p.Next = from(&out)
		return p, err
	})
	return func(yield func([]Item, error) bool) {
		for items, err := range pages {
			if !yield(items, h.failed(err)) {
				return
			}
		}
	}
}

func post[Out any](ctx context.Context, h *Hub, call *awsclient.Call, path string, in any) (Out, error) {
	return do[Out](ctx, h, call, "POST", path, in)
}
