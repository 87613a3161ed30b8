package kms

import (
	"time"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

const pendingDeletion = "PendingDeletion"

// usable tells whether a key can be switched on and off.
func usable(k *world.Key) bool { return k.KeyState == "Enabled" || k.KeyState == "Disabled" }

// keyState brings a key into a state out of those that AWS lets it leave.
func keyState(from func(*world.Key) bool, to string, answers bool) func(*service.Request) (any, error) {
	return func(r *service.Request) (any, error) {
		var in struct {
			KeyID string `json:"KeyId"`
		}
		if err := r.Decode(&in); err != nil {
			return nil, err
		}
		k, err := key(r, in.KeyID)
		if err != nil {
			return nil, err
		}
		if !from(k) {
			return nil, service.Refuse("KMSInvalidStateException", k.Arn+" is "+k.KeyState+".")
		}
		k.KeyState, k.Enabled, k.DeletionDate = to, to == "Enabled", nil
		if answers {
			return struct {
				KeyID string `json:"KeyId"`
			}{k.Arn}, nil
		}
		return nil, nil //nolint:nilnil // AWS answers nothing
	}
}

func scheduleKeyDeletion(r *service.Request) (any, error) {
	var in struct {
		KeyID               string `json:"KeyId"`
		PendingWindowInDays *int
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	k, err := key(r, in.KeyID)
	if err != nil {
		return nil, err
	}
	days := 30
	if in.PendingWindowInDays != nil {
		days = *in.PendingWindowInDays
	}
	if days < 7 || days > 30 {
		return nil, service.Refuse("ValidationException", "PendingWindowInDays must be between 7 and 30")
	}
	if !usable(k) {
		return nil, service.Refuse("KMSInvalidStateException", k.Arn+" is "+k.KeyState+".")
	}
	k.KeyState, k.Enabled, k.DeletionDate = pendingDeletion, false, &world.Epoch{Time: r.Now.Add(time.Duration(days) * 24 * time.Hour)}
	return struct {
		KeyID               string `json:"KeyId"`
		DeletionDate        *world.Epoch
		KeyState            string
		PendingWindowInDays int
	}{k.Arn, k.DeletionDate, k.KeyState, days}, nil
}
