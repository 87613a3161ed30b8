package kms

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

// Adopt keeps a resource of the catalogue as this package does; false: it has no
// code for it.
func Adopt(at *world.Region, t *world.Thing) bool {
	if !strings.HasPrefix(t.ARN, at.AccountARN("kms", "key/")) {
		return false
	}
	k := &world.Key{}
	keys, tagged := t.Tree["Tags"].(map[string]any) // as templates may have them
	if tagged {
		delete(t.Tree, "Tags")
	}
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		value, _ := keys[name].(string)
		k.Tags = append(k.Tags, world.KeyTag{TagKey: name, TagValue: value})
	}
	b, err := json.Marshal(t.Tree)
	if err != nil || json.Unmarshal(b, k) != nil {
		return false
	}
	at.CompleteKey(k)
	at.Keys = append(at.Keys, k)
	return true
}

// kmsPage is a page of a KMS listing.
func kmsPage[T any](list []T, scope, marker string, limit *int, standard, most int) (page []T, next string, err error) {
	size := standard
	if limit != nil {
		size = *limit
	}
	if size < 1 || size > most {
		return nil, "", service.Refuse("ValidationException", "1 validation error detected: Value at 'limit' failed to satisfy constraint")
	}
	page, next, ok := service.Page(list, scope, marker, size)
	if !ok {
		return nil, "", service.Refuse("InvalidMarkerException", "Could not deserialize marker")
	}
	if page == nil {
		page = []T{}
	}
	return page, next, nil
}

func listKeys(r *service.Request) (any, error) {
	var in struct {
		Limit  *int
		Marker string
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	type entry struct {
		KeyID  string `json:"KeyId"`
		KeyArn string
	}
	list := make([]entry, len(r.Region.Keys))
	for i, k := range r.Region.Keys {
		list[i] = entry{k.KeyID, k.Arn}
	}
	page, next, err := kmsPage(list, "keys"+r.Account.ID+r.Region.Name, in.Marker, in.Limit, 100, 1000)
	return struct {
		Keys       []entry
		NextMarker string `json:",omitempty"`
		Truncated  bool
	}{page, next, next != ""}, err
}

// listResourceTags takes a key's id or ARN, but no alias.
func listResourceTags(r *service.Request) (any, error) {
	var in struct {
		KeyID  string `json:"KeyId"`
		Limit  *int
		Marker string
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	k, err := key(r, in.KeyID)
	if err != nil {
		return nil, err
	}
	if in.KeyID != k.KeyID && in.KeyID != k.Arn {
		return nil, service.Refuse("InvalidArnException", "Invalid keyId '"+in.KeyID+"'")
	}
	page, next, err := kmsPage(k.Tags, "tags"+k.Arn, in.Marker, in.Limit, 50, 50)
	return struct {
		Tags       []world.KeyTag
		NextMarker string `json:",omitempty"`
		Truncated  bool
	}{page, next, next != ""}, err
}

func disableKeyRotation(r *service.Request) (any, error) {
	var in struct {
		KeyID string `json:"KeyId"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	k, err := key(r, in.KeyID)
	switch {
	case err != nil:
		return nil, err
	case !k.Enabled:
		return nil, service.Refuse("DisabledException", k.Arn+" is disabled.")
	}
	k.KeyRotationEnabled, k.RotationPeriodInDays = false, 0
	return nil, nil
}
