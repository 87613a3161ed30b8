package web

import (
	"context"
	"net/http"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/rulings"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/rules"
	"github.com/kumoban/kumoban/internal/view"
)

// Ruled is what rules did.
type Ruled struct {
	SchemaVersion int `json:"schemaVersion"`
	Changed       int `json:"changed" doc:"findings"`
	Told
}

// SettingValue is what a setting shall be.
type SettingValue struct {
	Value  string `json:"value" maxLength:"200"`
	Reason string `json:"reason,omitempty" maxLength:"20000"`
}

// SettingChange is what became of a setting.
type SettingChange struct {
	view.SettingsBody
	Told
}

// rulings registers what is decided for all findings: rules and settings.
func (a *api) rulings() {
	add(a, operation{"list-rules", http.MethodGet, "/rules", access.FindingsRead, "The rules of kumoban.yaml, in their order."},
		func(ctx context.Context, at *asked, _ *none) (*body[view.RulesBody], error) {
			list, err := rulings.Rules(at.desk)
			if err != nil {
				return nil, err
			}
			lame := ""
			if err := rulings.Lame(ctx, at.desk); err != nil {
				m := sentence(err, requestID(ctx))
				lame = at.view.Catalog.Text(m.Key, m.Args...)
			}
			return &body[view.RulesBody]{at.view.RulesBody(list, lame)}, nil
		})
	add(a, operation{"try-rules", http.MethodGet, "/rules/trial", access.FindingsRead, "What each rule would decide now, without deciding it."},
		func(ctx context.Context, at *asked, _ *none) (*body[view.TrialBody], error) {
			if err := rulings.Lame(ctx, at.desk); err != nil {
				return nil, err
			}
			list, err := rulings.Rules(at.desk)
			if err != nil {
				return nil, err
			}
			trial := at.view.Trial(list)
			err = rulings.Try(ctx, at.desk, func(r *lifecycle.Record, hits []rules.Hit) error {
				trial.Add(r, hits)
				return nil
			})
			if err != nil {
				return nil, err
			}
			return &body[view.TrialBody]{trial.Body()}, nil
		})
	add(a, operation{"apply-rules", http.MethodPost, "/rules/apply", access.RulesApply, "Let the rules act on what is kept."},
		func(ctx context.Context, at *asked, _ *none) (*body[Ruled], error) {
			if err := at.who.May(access.FindingsRead); err == nil {
				if err := rulings.Lame(ctx, at.desk); err != nil {
					return nil, err
				}
			}
			n, head, err := rulings.Apply(ctx, at.desk)
			if err != nil {
				return nil, err
			}
			return &body[Ruled]{Ruled{1, n, Told{headOf(head), []string{}}}}, nil
		})
	add(a, operation{"list-settings", http.MethodGet, "/settings", access.FindingsRead, "What the store decides for all who work on it."},
		func(ctx context.Context, at *asked, _ *none) (*body[view.SettingsBody], error) {
			values, err := rulings.Settings(ctx, at.desk)
			if err != nil {
				return nil, err
			}
			return &body[view.SettingsBody]{at.view.SettingsBody(values, "")}, nil
		})
	add(a, operation{"set-setting", http.MethodPut, "/settings/{name}", access.SettingsWrite, "Decide one setting for all who work on the store."},
		func(ctx context.Context, at *asked, in *struct {
			Name string `path:"name" maxLength:"60"`
			Body SettingValue
		}) (*body[SettingChange], error) {
			head, err := rulings.Set(ctx, at.desk, in.Name, in.Body.Value, in.Body.Reason)
			if err != nil {
				return nil, err
			}
			return &body[SettingChange]{SettingChange{at.view.SettingsBody(map[string]string{in.Name: in.Body.Value}, in.Name), Told{headOf(head), []string{}}}}, nil
		})
}
