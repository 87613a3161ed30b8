package text

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report/internal/stream"
	"github.com/kumoban/kumoban/internal/resource"
)

// gaps lists what could not be read.
func (v *view) gaps() {
	if len(v.Gaps) == 0 {
		return
	}
	v.line(0)
	v.line(0, v.paint(yellow, v.say("gaps", locale.A("n", len(v.Gaps)))))
	for _, g := range v.Gaps {
		what, said := clean(g.Call+" "+g.Code), clean(g.Message)
		if !finding.Reached(g) { // the run's own end: no call failed and nobody said anything
			what, said = clean(v.texts.Message("", finding.Hidden(g))), ""
		}
		v.line(1, v.paint(yellow, "! "), v.target(g), what, v.where(g.Account, g.Region, false))
		if said != "" {
			v.line(2, said)
		}
		types := make([]string, len(g.Hides))
		for i, t := range g.Hides {
			types[i] = string(t)
		}
		key := "hides"
		if g.Parent.Type != "" {
			key = "hidesParts"
		}
		v.line(2, v.say(key, names("types", types), locale.A("parent", cmp.Or(g.Parent.Name, string(g.Parent.Type))), locale.A("id", g.Parent.ID())))
	}
}

// target names an account that nobody could name by the way to it.
func (v *view) target(g *resource.Gap) safe {
	switch {
	case !stream.Unnamed(g):
		return ""
	case g.Name != "":
		return v.say("profile", locale.A("name", g.Name)) + ": "
	}
	return v.say("account", locale.A("account", v.texts.Say("report.noAccount"))) + ": "
}

// next suggests what to type.
func (v *view) next() {
	v.line(0)
	if v.opts.NextCommand != "" {
		v.line(0, v.say("next", locale.A("command", v.opts.NextCommand)))
		return
	}
	failing := v.failing()
	if failing != "" {
		v.line(0, v.say("next", locale.A("command", "kumoban controls explain "+failing)))
	}
	commands := v.remedies()
	if off := v.off(); len(off) > 0 {
		v.line(0, v.say("nextRegion", names("regions", off)))
	}
	switch {
	case v.signIn():
		v.line(0, v.say("nextSignIn", locale.A("command", v.signInCommand())))
	case len(commands) > 0:
	case v.onlyOff():
	case len(v.Gaps) > 0 || v.scan.Incomplete != "", failing == "" && v.here.Total.Unknown+v.away.Total.Unknown > 0:
		commands = []string{"kumoban scan"}
	case v.wrongRegion:
		commands = []string{"kumoban scan --all-regions"}
	case failing == "" && v.scan.Exported:
		commands = []string{"kumoban findings list"}
	case failing == "":
		commands = []string{"kumoban controls list"}
	}
	for _, c := range commands {
		v.line(0, v.say("next", locale.A("command", c)))
	}
}

// failing returns the control to look at first: one that counts in the score,
// then the severest, then the one with the most resources; "" if none fails.
func (v *view) failing() string {
	worst, rank := "", []int{0, 0, 0}
	for _, id := range v.ids {
		counts, n, severity := 1, count(v.here.Tally, id).Failed, control.Severity(0)
		if n == 0 {
			counts, n = 0, count(v.away, id).Failed
		}
		for _, f := range v.named[id] {
			if f.Status == control.Failed {
				severity = max(severity, f.Severity)
			}
		}
		if r := []int{counts, int(severity), n}; n > 0 && slices.Compare(r, rank) > 0 {
			worst, rank = id, r
		}
	}
	return worst
}

// remedies are the commands that print what refused calls lacked.
func (v *view) remedies() []string {
	var scan, regions, assume bool
	for _, g := range v.Gaps {
		switch {
		case !strings.Contains(g.Code, "AccessDenied") && !strings.Contains(g.Code, "Unauthorized") && g.Code != "NotAuthorized" && g.Code != "ForbiddenException":
		case g.Call == "sts:AssumeRole":
			assume = true
		case g.Call == "account:ListRegions":
			regions = true
		default:
			scan = true
		}
	}
	var commands []string
	switch {
	case regions:
		commands = append(commands, "kumoban iam-policy scan --all-regions")
	case scan:
		commands = append(commands, "kumoban iam-policy scan")
	}
	if assume {
		commands = append(commands, "kumoban iam-policy scan --role-name NAME")
	}
	return commands
}

// regionRefuses is awsclient.CodeRegion, as saved scans have it.
const regionRefuses = "RegionRefusesCredentials"

// off are the Regions that refused credentials which others accepted.
func (v *view) off() []string {
	seen := map[string]bool{}
	for _, g := range v.Gaps {
		if g.Code == regionRefuses {
			seen[g.Region] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// onlyOff tells whether that is all there is to do.
func (v *view) onlyOff() bool {
	return len(v.Gaps) > 0 && !slices.ContainsFunc(v.Gaps, func(g *resource.Gap) bool { return g.Code != regionRefuses })
}

// signIn tells whether AWS did not accept the credentials of an account, or
// there were none.
func (v *view) signIn() bool { return slices.ContainsFunc(v.Gaps, needsSignIn) }

func needsSignIn(g *resource.Gap) bool {
	return slices.Contains([]string{
		"NoCredentials", "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure",
	}, g.Code)
}

// signInCommand names the profile where there is only one that asks for it.
func (v *view) signInCommand() string {
	command, profiles := "aws sso login", map[string]bool{}
	for _, g := range v.Gaps {
		if needsSignIn(g) && stream.Unnamed(g) {
			profiles[g.Name] = true
		}
	}
	for name := range profiles {
		if len(profiles) == 1 && name != "" && !strings.ContainsFunc(name, needsQuotes) {
			return command + " --profile " + name
		}
	}
	return command
}

// needsQuotes tells whether a shell may take a character for more than itself.
func needsQuotes(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-_./@+:", r)
}
