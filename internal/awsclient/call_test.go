package awsclient

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	v1 "github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
)

// counted counts the requests that an answer was given to.
type counted struct {
	next     aws.HTTPClient
	requests int
}

func (c *counted) Do(r *http.Request) (*http.Response, error) {
	c.requests++
	return c.next.Do(r)
}

// getStages asks an SDK client that has one answer.
func getStages(t *testing.T, l *Lane, client aws.HTTPClient) (*v1.GetStagesOutput, error) {
	t.Helper()
	cfg := Static("ap-northeast-1", "https://apigateway.example.com", credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""), client)
	call := &Call{Service: "apigateway", Operation: "GetStages", Expect: "item", MayLack: true}
	return Do(t.Context(), l, call, func(ctx context.Context) (*v1.GetStagesOutput, error) {
		return v1.NewFromConfig(cfg).GetStages(ctx, &v1.GetStagesInput{RestApiId: aws.String("a1")})
	})
}

// TestRefusalsThatNobodyCanRead keep their status and how they begin, and are
// asked for again only where the status says that this may help.
func TestRefusalsThatNobodyCanRead(t *testing.T) {
	page := "<html>\r\n<head><title>403 Forbidden</title></head>\n\x1b[2J<body>\u202eyour proxy says no " + strings.Repeat("and no ", 30)
	secret := "<p>token " + strings.Repeat("aZ09", 30)
	for name, c := range map[string]struct {
		answer   answer
		class    Class
		code     string
		message  string // how it begins
		requests int
	}{
		"a proxy's page":       {answer{403, page, nil}, Other, "HTTP403", "status 403: <html> <head><title>403 Forbidden</title></head> [2J<body> your proxy says no and no", 1},
		"cut off":              {answer{400, `{"message":"Inva`, nil}, Other, "HTTP400", `status 400: {"message":"Inva`, 1},
		"nothing":              {answer{404, "", nil}, Other, "HTTP404", "status 404 without a word", 1},
		"no code":              {answer{403, `{"message":"Forbidden"}`, nil}, Other, "HTTP403", `status 403: {"message":"Forbidden"}`, 1},
		"a gateway's 401":      {answer{401, "Unauthorized", nil}, Other, "HTTP401", "status 401: Unauthorized", 1},
		"too many":             {answer{429, "slow down", nil}, Throttled, "HTTP429", "status 429: slow down", attempts},
		"a load balancer's":    {answer{503, "<html>", nil}, Server, "HTTP503", "status 503: <html>", attempts},
		"what may be a secret": {answer{403, secret, nil}, Other, "HTTP403", "status 403: <p>token [removed]", 1},
		"one that can be read": {answer{403, `{"message":"no"}`, http.Header{"X-Amzn-Errortype": {"AccessDeniedException"}}}, Refused, "AccessDeniedException", "no", 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := &counted{next: c.answer}
				_, err := getStages(t, lane(t, ""), client)
				f := AsFault(errOr(err))
				if f.Class != c.class || f.Code != c.code || !strings.HasPrefix(f.Message, c.message) || client.requests != c.requests {
					t.Errorf("class %d, %s, %q after %d requests;\nwant %d, %s, %q after %d", f.Class, f.Code, f.Message, client.requests, c.class, c.code, c.message, c.requests)
				}
				if n := len([]rune(f.Message)); n > len("status 403: ")+101 {
					t.Errorf("%d characters", n)
				}
			})
		})
	}
}

// TestRefusalsThatBreakOff are no answers, and asked for again.
func TestRefusalsThatBreakOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := &counted{next: broken{}}
		_, err := getStages(t, lane(t, ""), client)
		if f := AsFault(errOr(err)); f.Class != Garbled || client.requests != attempts {
			t.Errorf("%v after %d requests", err, client.requests)
		}
	})
}

type broken struct{}

func (broken) Do(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 400, Header: http.Header{}, Body: io.NopCloser(io.MultiReader(strings.NewReader(`{"mess`), failing{io.ErrUnexpectedEOF}))}, nil
}

// TestRetryAfter waits as long as AWS asks for, in either form, but not for ever.
func TestRetryAfter(t *testing.T) {
	for name, c := range map[string]struct {
		header      http.Header
		least, most time.Duration // for nine waits
	}{
		"seconds":              {http.Header{"Retry-After": {"30"}}, 9 * 30 * time.Second, 9 * 30 * time.Second},
		"a date":               {http.Header{"Retry-After": {"Sat, 01 Jan 2000 00:10:00 GMT"}, "Date": {"Sat, 01 Jan 2000 00:09:40 GMT"}}, 9 * 20 * time.Second, 9 * 20 * time.Second},
		"a date, by our clock": {http.Header{"Retry-After": {"Sat, 01 Jan 2000 00:00:50 GMT"}}, 50 * time.Second, 50*time.Second + 9*10*time.Second},
		"an hour":              {http.Header{"Retry-After": {"3600"}}, 9 * mostAsked, 9 * mostAsked},
		"more than fits":       {http.Header{"Retry-After": {"99999999999999999999"}}, 0, 9 * 10 * time.Second},
		"a date gone by":       {http.Header{"Retry-After": {"Sat, 01 Jan 1999 00:00:00 GMT"}}, 0, 9 * 10 * time.Second},
		"nonsense":             {http.Header{"Retry-After": {"soon"}}, 0, 9 * 10 * time.Second},
		"less than nothing":    {http.Header{"Retry-After": {"-5"}}, 0, 9 * 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c.header.Set("X-Amzn-Errortype", "ServiceUnavailableException")
				client, start := &counted{next: answer{503, `{}`, c.header}}, time.Now()
				if _, err := getStages(t, lane(t, ""), client); err == nil || client.requests != attempts {
					t.Errorf("%v after %d requests", err, client.requests)
				}
				if took := time.Since(start); took < c.least || took > c.most {
					t.Errorf("waited %v, want %v to %v", took, c.least, c.most)
				}
			})
		})
	}
}

// TestRetryAfterEndsWithTheRun does not outwait --timeout.
func TestRetryAfterEndsWithTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		start := time.Now()
		_, err := Do(ctx, lane(t, ""), &Call{Service: "sts"}, func(ctx context.Context) (int, error) {
			x, _ := ctx.Value(callKey{}).(*exchange)
			x.status, x.asked = 503, time.Hour
			return 0, io.ErrUnexpectedEOF
		})
		if f := AsFault(errOr(err)); f.Class != Interrupted || time.Since(start) != 5*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

// TestDebugNamesTheField says which member of an answer could not be decoded,
// and never what it holds.
func TestDebugNamesTheField(t *testing.T) {
	for body, want := range map[string]string{
		`{"item":[{"stageName":"a"},{"stageName":"b","methodSettings":{"*/*":{"cachingEnabled":"wJalrXUtnFEMI"}}}]}`: `item[1].methodSettings.*/*.cachingEnabled: string`,
		`{"item":{"stageName":"a"}}`:                                        `item: object`,
		`{"item":[{"stageName":7}]}`:                                        `item[0].stageName: number`,
		`{"item":[{"canarySettings":{"percentTraffic":true}}]}`:             `item[0].canarySettings.percentTraffic: bool`,
		`{"item":[{"methodSettings":{"a/GET":{"cacheTtlInSeconds":1.5}}}]}`: `item[0].methodSettings.a/GET.cacheTtlInSeconds: number`,
		`{"item":[{"createdDate":"yesterday","stageName":"x"}]}`:            `expected Timestamp`,
	} {
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			r, err := ParseRate("")
			if err != nil {
				t.Fatal(err)
			}
			l := NewLimits(r, slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))).Lane("111122223333", "ap-northeast-1")
			if _, err := getStages(t, l, answer{200, body, nil}); AsFault(errOr(err)).Class != Garbled {
				t.Fatalf("%s: %v", body, err)
			}
			if !strings.Contains(log.String(), want) || strings.Contains(log.String(), "wJalrXUtnFEMI") {
				t.Errorf("%s: want %s in\n%s", body, want, log.String())
			}
		})
	}
}

// TestUnfit looks at types that the SDK's answers are made of.
func TestUnfit(t *testing.T) {
	x := &exchange{call: &Call{}, body: []byte(`{"items":[{"id":"a","apiKeySource":3}],"next":null,"more":{}}`)}
	if got := misfit[Page[types.RestApi]](x, io.EOF); got != "items[0].apiKeySource: number" {
		t.Error(got)
	}
	x.body = []byte(`{"items":[{"id":"a","tags":{"k":null}}]`)
	if got := misfit[Page[types.RestApi]](x, io.EOF); got != "EOF" {
		t.Error(got)
	}
}
