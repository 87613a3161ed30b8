package iam

import (
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/iam"
)

// longest is how old the last use of a credential may be, in seconds: 90 days,
// which AWS lets nobody change.
const longest = 90 * 24 * 60 * 60

func unusedCredentials() *control.Control {
	return &control.Control{
		ID: "IAM.8", Folder: "unusedcredentials", Checks: []control.Check{control.OnGiven(used).By("Credentials")},
		Remedies:  []remedy.Remedy{deactivate(), remedy.ByHand("remove-password", iam.UserType, remedy.Interrupts)},
		Questions: control.Ask("still-here", "rare-use", "replaceable"),
	}
}

// credential is one of a user in the report.
type credential struct {
	key     string // of its messages: "unused.password"
	number  int    // of an access key
	active  fact.Value[bool]
	last    fact.Value[fact.Time]
	changed fact.Value[fact.Time]
}

func credentials(r iam.CredentialReport) []credential {
	return []credential{
		{"unused.password", 0, r.PasswordEnabled, r.PasswordLastUsed, r.PasswordLastChanged},
		{"unused.key", 1, r.AccessKey1Active, r.AccessKey1LastUsed, r.AccessKey1LastRotated},
		{"unused.key", 2, r.AccessKey2Active, r.AccessKey2LastUsed, r.AccessKey2LastRotated},
	}
}

// used judges as of the run's time by a report that may be four hours old. What was
// never used counts from when it was made or set: AWS's pages are silent, and a key
// of yesterday must not fail. Exactly 90 days ago passes.
func used(u *iam.User, g control.Given) control.Verdict {
	row, read := u.Credentials.Get()
	if read != fact.True || g.Now == 0 {
		return control.Unread("Credentials", u.Credentials.Origin())
	}
	var notes []locale.Message
	total, hidden := 0, fact.Is(row.AdditionalCredentials, "").Or(row.AdditionalCredentials.Present().Not()) != fact.True
	for _, c := range credentials(row) {
		active := fact.Is(c.active, true)
		if active == fact.Unknown {
			hidden = true
		}
		if active != fact.True {
			continue
		}
		total++
		at, key, known := c.last.Or(0), c.key, c.last.Present()
		if known == fact.False {
			at, known = c.changed.Get()
			key += "Never"
		}
		switch {
		case known != fact.True:
			hidden = true
		case int64(g.Now)-int64(at) > longest:
			notes = append(notes, locale.M(key, locale.A("date", at.Day()), locale.A("number", c.number)))
		}
	}
	v := verdict(total, len(notes), hidden, u.Credentials.Origin())
	v.Notes = append(v.Notes, notes...)
	if made, known := row.GeneratedTime.Get(); known == fact.True {
		v = v.Note("age", locale.A("date", made.Day()))
	}
	if fact.Filled(row.AdditionalCredentials) == fact.True {
		v = v.Note("more")
	}
	return v
}

func verdict(total, unused int, hidden bool, o *fact.Origin) control.Verdict {
	switch {
	case unused > 0:
		return control.Fail("fail", locale.A("n", unused), locale.A("of", total))
	case hidden:
		return control.Unread("Credentials", o)
	case total == 0:
		return control.Pass("pass.none")
	}
	return control.Pass("pass")
}

// deactivate makes the keys inactive that nobody used for so long, by what IAM says
// of them just now: the report has no ids of keys. A key is never deleted.
func deactivate() remedy.Remedy {
	return remedy.Sets(remedy.Remedy{
		Name: "deactivate-keys", Does: []remedy.Effect{remedy.Interrupts},
		Touches: []remedy.Touch{{Type: iam.UserType, Properties: []string{`AccessKeys["*"].Status`}, Guards: []string{`AccessKeyUses["*"].LastUsedDate`}}},
	}, []string{"AccessKeys", "AccessKeyUses", "Credentials"}, func(u *iam.User, _ remedy.Case) (w remedy.Wish, err error) {
		row, _ := u.Credentials.Get()
		for _, k := range u.AccessKeys.Or(nil) {
			id := k.AccessKeyId.Or("")
			at, used := k.CreateDate, any(nil)
			for _, use := range u.AccessKeyUses.Or(nil) {
				if use.AccessKeyId.Or("") == id && use.LastUsedDate.Present() != fact.False {
					at, used = use.LastUsedDate, use.LastUsedDate.Or(0).Text()
				}
			}
			last, known := at.Get()
			if fact.Is(k.Status, "Active") == fact.True && known == fact.True && int64(row.GeneratedTime.Or(0))-int64(last) > longest {
				w.Set = append(w.Set, remedy.Property{Name: `AccessKeys["` + id + `"].Status`, Value: "Inactive"})
				w.Guards = append(w.Guards, remedy.Guard{
					Property: `AccessKeyUses["` + id + `"].LastUsedDate`, OneOf: []any{used}, Why: locale.M("guard.used", locale.A("key", id)),
				})
			}
		}
		return w, nil
	})
}
