package notify

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/kumoban/kumoban/internal/locale"
)

// Signer signs messages as Standard Webhooks has it. It shows nothing of its secret.
type Signer struct{ hook *standardwebhooks.Webhook }

// The bytes that the specification wants a secret to have.
const leastSecret, mostSecret = 24, 64

// NewSigner reads a secret: whsec_ and 24 to 64 bytes in base64.
func NewSigner(secret string) (*Signer, error) {
	bad := locale.Errorf("messages.badSecret")
	encoded, ok := strings.CutPrefix(strings.TrimSpace(secret), "whsec_")
	key, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil || len(key) < leastSecret || len(key) > mostSecret {
		return nil, bad // the decoder would quote some of it
	}
	hook, err := standardwebhooks.NewWebhookRaw(key)
	if err != nil {
		return nil, bad
	}
	return &Signer{hook}, nil
}

// Headers are those of one attempt to deliver a message: its id, which stays the same
// however often it is sent, the time of the attempt, and the signature over both and
// the body.
func (s *Signer) Headers(id string, at time.Time, body []byte) (http.Header, error) {
	signature, err := s.hook.Sign(id, at, body)
	h := http.Header{}
	h.Set(standardwebhooks.HeaderWebhookID, id)
	h.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	h.Set(standardwebhooks.HeaderWebhookSignature, signature)
	return h, err
}

// String shows nothing.
func (s *Signer) String() string { return "notify.Signer" }

// GoString shows nothing.
func (s *Signer) GoString() string { return s.String() }
