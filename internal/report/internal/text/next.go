package text

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report/internal/stream"
	"github.com/kumoban/kumoban/internal/resource"
)

// next suggests one thing to type.
func (v *view) next() {
	v.line(0, v.say("next", locale.A("command", v.command())))
}

// command is what to do next: what fails comes before what could not be read.
func (v *view) command() string {
	failing, advice := v.failing(), v.advice()
	switch {
	case v.opts.NextCommand != "":
		return v.opts.NextCommand
	case failing != "":
		return "kumoban controls explain " + failing
	case len(advice) > 0:
		return cmp.Or(advice[0].command, v.texts.Say("report."+advice[0].key, advice[0].args...))
	case len(v.Gaps) > 0 || v.scan.Incomplete != "", v.here.Total.Unknown+v.away.Total.Unknown > 0:
		return "kumoban scan"
	case v.wrongRegion:
		return "kumoban scan --all-regions"
	case v.scan.Exported:
		return "kumoban findings list" + v.opts.Store
	}
	return "kumoban controls list"
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
		for k := range v.held.kind[id] {
			if k.rank == failed {
				severity = max(severity, k.severity)
			}
		}
		if r := []int{counts, int(severity), n}; n > 0 && slices.Compare(r, rank) > 0 {
			worst, rank = id, r
		}
	}
	return worst
}

// advice is what helps to read what could not be read.
type advice struct {
	key     string
	command string // to type as it is; "": a person has to do something first
	args    []locale.Arg
}

// advice lists what helps, the most urgent first.
func (v *view) advice() (list []advice) {
	if v.signIn() {
		list = append(list, advice{key: "adviceSignIn", args: []locale.Arg{locale.A("command", v.signInCommand())}})
	}
	for _, c := range v.remedies() {
		list = append(list, advice{"advicePolicy", c, []locale.Arg{locale.A("command", c)}})
	}
	if off := v.off(); len(off) > 0 {
		list = append(list, advice{key: "adviceRegion", args: []locale.Arg{names("regions", off)}})
	}
	return list
}

// roleName finds the name of the role that nobody let the caller assume.
var roleName = regexp.MustCompile(`:role/(?:[\w+=,.@-]+/)*([\w+=.@-]+)`)

// remedies are the commands that print what refused calls lacked.
func (v *view) remedies() []string {
	var scan, regions bool
	assume := ""
	for _, g := range v.Gaps {
		switch {
		case !strings.Contains(g.Code, "AccessDenied") && !strings.Contains(g.Code, "Unauthorized") && g.Code != "NotAuthorized" && g.Code != "ForbiddenException":
		case g.Call == "sts:AssumeRole":
			if role := roleName.FindStringSubmatch(g.Message); role != nil {
				assume = role[1]
			}
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
	if assume != "" {
		commands = append(commands, "kumoban iam-policy scan --role-name "+assume)
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
