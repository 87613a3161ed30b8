package asking

import (
	"context"
	"strings"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/notify"
)

// posts tells whether kumoban itself sends what goes out by a channel.
func posts(channel string) bool { return channel == "slack" || channel == "webhook" }

// post sends to the address of a webhook.
func post(channel, webhook string) (Send, error) {
	if strings.TrimSpace(webhook) == "" {
		return nil, locale.Errorf("keep.needsWebhook", locale.A("via", channel))
	}
	target, err := notify.ParseTarget(webhook)
	if err != nil {
		return nil, err
	}
	poster := app.Poster()
	return func(ctx context.Context, m *ask.Message) error {
		body, err := m.Webhook()
		post := poster.Webhook
		if channel == "slack" {
			body, err = m.Slack()
			post = poster.Slack
		}
		if err != nil {
			return err
		}
		return post(ctx, target, body)
	}, nil
}
