package cli

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/messages"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/notify"
	"github.com/kumoban/kumoban/internal/outbox"
)

// messagesKey is where kumoban.yaml says where messages go.
const messagesKey = "messages"

// secretLimit is how big a file that holds a secret may be.
const secretLimit = 64 << 10

// channels are those of the kumoban.yaml of a command; nil where it has none. A file
// that merely lies in the working directory may be somebody else's: it would name
// secrets of this machine, and where to send them.
func (p *program) channels(ctx context.Context, c *cobra.Command) (*messages.Channels, error) {
	path, _ := c.Flags().GetString("config")
	path = cmp.Or(path, p.getenv("KUMOBAN_CONFIG"))
	file, err := p.config(ctx, path)
	raw, has := file.nested[messagesKey]
	switch {
	case err != nil || !has:
		return nil, err
	case path == "":
		p.warn("cli.ignoredMessages", locale.A("file", file.path))
		return nil, nil
	}
	wrong := func(err error) error {
		return locale.Errorf("cli.wrongConfig", locale.A("file", file.path), locale.A("error", locale.Cause(err)))
	}
	named, ok := raw.(map[string]any)
	if !ok && raw != nil {
		return nil, wrong(locale.Errorf("messages.wantChannels"))
	}
	var list []messages.Settings
	for _, name := range slices.Sorted(maps.Keys(named)) {
		s, err := p.channel(ctx, name, named[name])
		if err != nil {
			return nil, wrong(locale.Errorf("messages.badChannel", locale.A("name", locale.Clean(name)), locale.A("error", err)))
		}
		list = append(list, s)
	}
	channels, err := messages.Open(list, app.Poster())
	if err != nil {
		return nil, wrong(err)
	}
	return channels, nil
}

// keys are what a channel of each kind may say.
func keys(kind string) []string {
	list := []string{"kind", "lang"}
	switch outbox.Kind(kind) {
	case outbox.Slack:
		list = append(list, "url-env", "url-file")
	case outbox.Webhook:
		list = append(list, "url-env", "url-file", "secret-env", "secret-file")
	case outbox.Mail:
		list = append(list, "server", "from", "user", "password-env", "password-file", "to", "owners")
	}
	return list
}

// channel reads one, with its secrets.
func (p *program) channel(ctx context.Context, name string, raw any) (s messages.Settings, err error) {
	given, ok := raw.(map[string]any)
	if !ok {
		return s, locale.Errorf("messages.wantChannel")
	}
	kind, _ := given["kind"].(string)
	if !slices.Contains(messages.Kinds(), kind) {
		return s, locale.Errorf("messages.badKind", locale.A("kind", locale.Clean(kind)), locale.A("kinds", messages.Kinds()))
	}
	for _, key := range slices.Sorted(maps.Keys(given)) {
		if !slices.Contains(keys(kind), key) {
			return s, locale.Errorf("messages.badKey", locale.A("key", locale.Clean(key)), locale.A("keys", keys(kind)))
		}
	}
	text := func(key string) string {
		value, isText := given[key].(string)
		if given[key] != nil && (!isText || strings.TrimSpace(value) == "") && err == nil {
			err = locale.Errorf("messages.wantText", locale.A("key", key))
		}
		return value
	}
	secret := func(key string) string {
		env, path := text(key+"-env"), text(key+"-file")
		if err != nil {
			return ""
		}
		var value string
		value, err = p.secret(ctx, key, env, path)
		return value
	}
	s.Name, s.Kind, s.Lang = name, outbox.Kind(kind), locale.Lang(cmp.Or(text("lang"), string(p.catalog.Lang)))
	switch s.Kind {
	case outbox.Slack:
		s.URL = secret("url")
	case outbox.Webhook:
		s.URL, s.Secret = secret("url"), secret("secret")
	case outbox.Mail:
		s.Mail = notify.MailServer{Address: text("server"), From: text("from"), User: text("user")}
		if s.Mail.User != "" {
			s.Mail.Password = secret("password")
		}
		if s.Owners, ok = given["owners"].(bool); !ok && given["owners"] != nil {
			return s, locale.Errorf("messages.wantBool", locale.A("key", "owners"))
		}
		if err == nil {
			s.To, err = words(given["to"], "to")
		}
	}
	return s, err
}

// secret reads what a variable of the environment or a file holds.
func (p *program) secret(ctx context.Context, key, env, path string) (string, error) {
	switch {
	case (env == "") == (path == ""):
		return "", locale.Errorf("messages.wantSecret", locale.A("key", key))
	case env != "":
		if value := strings.TrimSpace(p.getenv(env)); value != "" {
			return value, nil
		}
		return "", locale.Errorf("messages.noVariable", locale.A("name", locale.Clean(env)))
	}
	data, err := app.ReadFile(ctx, path, secretLimit)
	if err != nil {
		return "", locale.Errorf("cli.cannotRead", locale.A("file", path), locale.A("error", locale.Cause(err)))
	}
	if value := strings.TrimSpace(string(data)); value != "" {
		return value, nil
	}
	return "", locale.Errorf("messages.emptyFile", locale.A("file", path))
}
