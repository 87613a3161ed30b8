package apigateway

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/room"
)

// TestMethodSettingInJournals holds the form in which runs have always written
// method settings down: an undo compares what it wrote with what is there.
func TestMethodSettingInJournals(t *testing.T) {
	for want, m := range map[string]room.Tree{
		`{"CacheDataEncrypted":false,"CacheTtlInSeconds":0,"CachingEnabled":false,"DataTraceEnabled":false,"LoggingLevel":"OFF","MetricsEnabled":false,` +
			`"RequireAuthorizationForCacheControl":false,"ThrottlingBurstLimit":0,"ThrottlingRateLimit":0,"UnauthorizedCacheControlHeaderStrategy":""}`: {"loggingLevel": ""},
		`{"CacheDataEncrypted":true,"CacheTtlInSeconds":60,"CachingEnabled":true,"DataTraceEnabled":false,"LoggingLevel":"ERROR","MetricsEnabled":true,` +
			`"RequireAuthorizationForCacheControl":true,"ThrottlingBurstLimit":7,"ThrottlingRateLimit":12.5,"UnauthorizedCacheControlHeaderStrategy":"SUCCEED_WITH_RESPONSE_HEADER"}`: {
			"metricsEnabled": true, "loggingLevel": "ERROR", "throttlingBurstLimit": int64(7), "throttlingRateLimit": 12.5, "cachingEnabled": true,
			"cacheTtlInSeconds": int64(60), "cacheDataEncrypted": true, "requireAuthorizationForCacheControl": true,
			"unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
		},
	} {
		got := methodSetting(room.Tree{"methodSettings": room.Tree{"v1.0/GET": m}}, "v1.0/GET")
		var journal any
		if err := json.Unmarshal([]byte(want), &journal); err != nil {
			t.Fatal(err)
		}
		if !plan.Equal(journal, got) {
			t.Errorf("an undo takes it for changed: %s", cmp.Diff(journal, any(got)))
		}
		if text, err := json.Marshal(got); err != nil || string(text) != want {
			t.Errorf("%v, want %s, got\n%s", err, want, text)
		}
	}
	if m := methodSetting(room.Tree{}, "*/*"); m != nil {
		t.Errorf("a stage without settings has %v", m)
	}
}
