package desktest

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/locale"
)

// Env makes an account that has what a fixture says, and the way to it, on the
// clock of the test.
func Env(t testing.TB, fixture string) (*awsdouble.Double, *app.Env, app.FixOptions) {
	t.Helper()
	double := awsdouble.New(awsdouble.Options{})
	if err := double.Load(Account, Region, []byte(fixture)); err != nil {
		t.Fatal(err)
	}
	catalog, err := locale.New(locale.English)
	if err != nil {
		t.Fatal(err)
	}
	rate, err := awsclient.ParseRate("max")
	if err != nil {
		t.Fatal(err)
	}
	key, secret := double.CredentialsFor(Account)
	return double, &app.Env{
		Version: "test", Controls: controls.All(), Catalog: catalog, Log: slog.New(slog.DiscardHandler), Now: time.Now, Tell: func(string, ...locale.Arg) {},
		Load: func(context.Context, string) (aws.Config, error) {
			return awsclient.Static(Region, "", credentials.NewStaticCredentialsProvider(key, secret, ""), &http.Client{Transport: double.Transport()}), nil
		},
	}, app.FixOptions{Region: Region, Rate: rate}
}
