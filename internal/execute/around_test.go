package execute_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/execute/drive"
)

// TestSurvey tells an account without a role from one that could not be looked at.
func TestSurvey(t *testing.T) {
	look := func(t *testing.T, double *awsdouble.Double) (*drive.Survey, error) {
		t.Helper()
		return drivers(t, double)[accountType].(drive.Surveyor).Survey(t.Context()) //nolint:forcetypeassert // it is one
	}
	for role, with := range map[string]string{logsRole: fixture, "": `{}`} {
		seen, err := look(t, newDouble(t, awsdouble.Options{}, with))
		if err != nil || seen.Values["CloudWatchRoleArn"] != role || seen.Values["CloudWatchRole.Gone"] != false || len(seen.Notes(nil)) > 0 {
			t.Errorf("%q: %v, %v", role, seen, err)
		}
	}
	for kind, want := range map[awsdouble.Kind]awsclient.Class{
		awsdouble.Deny: awsclient.Refused, awsdouble.Empty: awsclient.Garbled, awsdouble.Cut: awsclient.Garbled, awsdouble.Garble: awsclient.Garbled,
	} {
		synctest.Test(t, func(t *testing.T) {
			double := newDouble(t, awsdouble.Options{}, fixture)
			double.Fault(awsdouble.Fault{Operation: "GetAccount", Kind: kind})
			var f *awsclient.Fault
			if seen, err := look(t, double); !errors.As(err, &f) || f.Class != want {
				t.Errorf("%s: %v, %v", kind, seen, err)
			}
		})
	}
}
