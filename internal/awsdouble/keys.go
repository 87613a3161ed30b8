package awsdouble

import (
	"strings"
	"sync"
	"time"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

// keyring knows whose an access key is.
type keyring struct {
	world *world.World

	mu   sync.Mutex
	keys map[string]key
}

type key struct {
	caller  service.Caller
	token   string    // of temporary credentials
	expires time.Time // zero: never
}

func newKeyring(w *world.World) *keyring { return &keyring{world: w, keys: map[string]key{}} }

// The id of a static key carries the account, so that a key is the same in
// every run.
const staticPrefix = "AKIADBLE"

func (k *keyring) static(account string) (id, secret string) {
	id = staticPrefix + account
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, known := k.keys[id]; !known {
		k.keys[id] = key{caller: service.Caller{
			AccessKeyID: id, Account: account,
			ARN: "arn:aws:iam::" + account + ":user/kumoban", UserID: "AIDADBLE" + account,
		}}
	}
	return id, "double-secret-of-" + account
}

// temporary issues credentials to a caller. Issuer of AssumeRole.
func (k *keyring) temporary(c service.Caller, expires time.Time) (id, secret, token string) {
	id = "ASIADBLE" + strings.ToUpper(k.world.NewID(12))
	token = "double-session-" + k.world.NewUUID()
	c.AccessKeyID = id
	k.mu.Lock()
	defer k.mu.Unlock()
	k.keys[id] = key{caller: c, token: token, expires: expires}
	return id, "double-secret-" + k.world.NewUUID(), token
}

// find identifies a caller. code is the generic name of the refusal: "unknown"
// or "expired".
func (k *keyring) find(id, token string, now time.Time) (c service.Caller, refused string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	found, ok := k.keys[id]
	switch {
	case !ok || found.token != token:
		return c, "unknown"
	case !found.expires.IsZero() && now.After(found.expires):
		return c, "expired"
	}
	return found.caller, ""
}
