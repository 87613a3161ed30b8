package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// answers are those of ask.py.
type answers struct {
	Boto3, Botocore string
	Partitions      []partition
	Services        map[string]struct{ ID, Prefix string }
	Answers         map[string]map[string]map[string][]string // service, variant, Region: host, signing name and Region
}

type partition struct {
	Name, Pattern, Suffix, DualSuffix, Global, Nowhere string
	Regions                                            []string
	FIPS, Dual                                         bool
}

// rule is a line of the table: the first that fits says where a call goes.
type rule struct {
	When string `json:"when,omitempty"` // the variant
	In   string `json:"in,omitempty"`   // partitions and Regions; all where empty
	Host string `json:"host"`           // "" where botocore refuses the variant
	Sign string `json:"sign,omitempty"` // the Region's own where empty
}

// service is one of the table before those that have the same rules are put
// together.
type service struct {
	id, name string // the name in hosts; and in signatures, where that differs
	rules    []rule
}

var variants = []string{"", "fips", "dual", "fips dual"}

// usual are the hosts of most services.
var usual = map[string]string{
	"": "{prefix}.{region}.{suffix}", "fips": "{prefix}-fips.{region}.{suffix}",
	"dual": "{prefix}.{region}.{dual}", "fips dual": "{prefix}-fips.{region}.{dual}",
}

// derive returns the file's text.
func derive(a *answers) ([]byte, error) {
	for i := range a.Partitions {
		p := &a.Partitions[i]
		p.FIPS, p.Dual = p.FIPS && a.anywhere(p, "fips"), p.Dual && a.anywhere(p, "dual")
	}
	var all []service
	for name, s := range a.Services {
		signing, err := a.signing(name)
		if err != nil {
			return nil, err
		}
		x := service{id: s.ID, name: s.Prefix}
		if signing != s.Prefix {
			x.name += " " + signing
		}
		for _, variant := range variants {
			x.rules = append(x.rules, a.rules(name, variant)...)
		}
		all = append(all, x)
	}
	slices.SortFunc(all, func(x, y service) int { return cmp.Compare(x.id, y.id) })
	return write(a, all)
}

// anywhere tells whether botocore gives any service a host of the variant.
func (a *answers) anywhere(p *partition, variant string) bool {
	for _, s := range a.Answers {
		if len(s[variant][p.Nowhere]) > 1 {
			return true
		}
	}
	return false
}

// signing is the service's one name in signatures.
func (a *answers) signing(name string) (string, error) {
	found := ""
	for _, regions := range a.Answers[name] {
		for region, x := range regions {
			if len(x) > 1 && found != "" && x[1] != found {
				return "", fmt.Errorf("%s is signed as %s and, in %s, as %s: the table cannot say that", name, found, region, x[1])
			}
			if len(x) > 1 {
				found = x[1]
			}
		}
	}
	return found, nil
}

// rules are those of one service and variant: what holds in whole partitions
// after what holds in Regions by their names.
func (a *answers) rules(name, variant string) []rule {
	byRule, best := map[rule][]string{}, map[string][]rule{}
	for i := range a.Partitions {
		p := &a.Partitions[i]
		fits := map[string][]rule{}
		for _, region := range append([]string{p.Nowhere}, p.Regions...) {
			fits[region] = a.explain(name, variant, p, region)
		}
		// The Region that nobody has tells what the partition's rule is.
		best[p.Name] = mostly(fits[p.Nowhere], fits)
		for _, region := range p.Regions {
			if !slices.Contains(fits[region], best[p.Name][0]) {
				byRule[fits[region][0]] = append(byRule[fits[region][0]], region)
			}
		}
	}
	for i := range a.Partitions {
		if p := &a.Partitions[i]; p.without(variant) && slices.Contains(best[p.Name], rule{When: variant}) {
			delete(best, p.Name) // what it lacks, it lacks for all but those that are named
		}
	}
	return append(sorted(byRule), partitionRules(best, variant)...)
}

// without tells whether the partition lacks a part of the variant.
func (p *partition) without(variant string) bool {
	return strings.Contains(variant, "fips") && !p.FIPS || strings.Contains(variant, "dual") && !p.Dual
}

// mostly returns those of the rules that explain most Regions.
func mostly(rules []rule, fits map[string][]rule) []rule {
	count := func(r rule) (n int) {
		for _, f := range fits {
			if slices.Contains(f, r) {
				n++
			}
		}
		return n
	}
	most := 0
	for _, r := range rules {
		most = max(most, count(r))
	}
	return slices.DeleteFunc(slices.Clone(rules), func(r rule) bool { return count(r) < most })
}

// partitionRules says the same for as many partitions at once as possible, and
// nothing of those that are as usual. Where none is, what holds in most comes
// last and names none.
func partitionRules(best map[string][]rule, variant string) []rule {
	byRule, asked := map[rule][]string{}, len(best)
	for name, rules := range best {
		if slices.Contains(rules, rule{When: variant, Host: usual[variant]}) {
			delete(best, name)
		}
	}
	usually := len(best) < asked
	for len(best) > 0 {
		count := map[rule]int{}
		var most rule
		for _, rules := range best {
			for _, r := range rules {
				count[r]++
				if n := cmp.Compare(count[r], count[most]); n > 0 || n == 0 && less(r, most) < 0 {
					most = r
				}
			}
		}
		for name, rules := range best {
			if slices.Contains(rules, most) {
				byRule[most] = append(byRule[most], name)
				delete(best, name)
			}
		}
		if !usually {
			byRule[most], usually = nil, true
		}
	}
	return sorted(byRule)
}

func sorted(byRule map[rule][]string) []rule {
	var rules []rule
	for r, in := range byRule {
		slices.Sort(in)
		r.In = strings.Join(in, " ")
		rules = append(rules, r)
	}
	slices.SortFunc(rules, func(x, y rule) int {
		// "~" comes after all names.
		return cmp.Or(cmp.Compare(cmp.Or(x.In, "~"), cmp.Or(y.In, "~")), less(x, y))
	})
	return rules
}

// explain returns the rules that give botocore's answer, those that name fewer
// things by hand first.
func (a *answers) explain(name, variant string, p *partition, region string) []rule {
	x := a.Answers[name][variant][region]
	if len(x) == 1 {
		return []rule{{When: variant}}
	}
	host, sign := x[0], x[2]
	if at := a.partitionOf(sign); at != "" && at != p.Name {
		// botocore asks its older list for dual stack in aws-iso and aws-iso-b,
		// which gives it what holds in aws.
		sign = a.Answers[name][strings.TrimSpace(strings.TrimSuffix(variant, "dual"))][region][2]
	}
	if rest, ok := strings.CutSuffix(host, "."+p.DualSuffix); ok && strings.Contains(variant, "dual") {
		host = rest + ".{dual}"
	} else if rest, ok := strings.CutSuffix(host, "."+p.Suffix); ok {
		host = rest + ".{suffix}"
	}
	if rest, ok := strings.CutPrefix(host, a.Services[name].Prefix); ok && strings.ContainsAny(rest[:1], ".-") {
		host = "{prefix}" + rest
	}
	hosts := []string{""}
	for i, label := range strings.Split(host, ".") {
		var longer []string
		for _, h := range hosts {
			for _, word := range words(label, p, region) {
				if i > 0 {
					word = "." + word
				}
				longer = append(longer, h+word)
			}
		}
		hosts = longer
	}
	var rules []rule
	for _, h := range hosts {
		for _, s := range words(sign, p, region) {
			if s == "{region}" {
				s = ""
			}
			rules = append(rules, rule{When: variant, Host: h, Sign: s})
		}
	}
	slices.SortFunc(rules, less)
	return rules
}

// words are the ways to write a label that may be a Region.
func words(label string, p *partition, region string) []string {
	all := []string{label}
	if label == region {
		all = append(all, "{region}")
	}
	if label == p.Global {
		all = append(all, "{global}")
	}
	return all
}

func (a *answers) partitionOf(region string) string {
	for _, p := range a.Partitions {
		if region == p.Nowhere || slices.Contains(p.Regions, region) {
			return p.Name
		}
	}
	return ""
}

// less orders rules: those that name fewer things by hand first, and a host by
// its Region before one by the partition's.
func less(x, y rule) int {
	weight := func(r rule) int {
		return 100*len(strings.NewReplacer("{prefix}", "", "{region}", "", "{global}", "", "{suffix}", "", "{dual}", "").Replace(r.Host+r.Sign)) +
			10*strings.Count(r.Host+r.Sign, "{global}") + strings.Count(r.Host+r.Sign, "{")
	}
	return cmp.Or(cmp.Compare(weight(x), weight(y)), cmp.Compare(x.Host, y.Host), cmp.Compare(x.Sign, y.Sign))
}

// write puts services of the same rules together, and each thing on a line.
func write(a *answers, all []service) ([]byte, error) {
	var b bytes.Buffer
	line := func(v any, indent, comma string) error {
		text, err := json.Marshal(v)
		b.WriteString(indent + string(text) + comma + "\n")
		return err
	}
	comma := func(more bool) string {
		if more {
			return ","
		}
		return ""
	}
	fmt.Fprintf(&b, "{\"generated\": \"by make endpoints (internal/tool/endpointsgen) from botocore %s; do not edit\",\n\"partitions\": [\n", a.Botocore)
	for i, p := range a.Partitions {
		if err := line(struct {
			Name    string `json:"name"`
			Pattern string `json:"pattern"`
			Suffix  string `json:"suffix"`
			Dual    string `json:"dual"`
			Lacks   string `json:"lacks,omitempty"`
			Global  string `json:"global"`
			Regions string `json:"regions"`
		}{p.Name, p.Pattern, p.Suffix, p.DualSuffix, p.lacks(), p.Global, strings.Join(p.Regions, " ")}, "", comma(i < len(a.Partitions)-1)); err != nil {
			return nil, err
		}
	}
	b.WriteString("],\n\"services\": [\n")
	groups := grouped(all)
	for i, g := range groups {
		ids := map[string]string{}
		for _, s := range g {
			ids[s.id] = s.name
		}
		text, err := json.Marshal(ids)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "{\"ids\": %s,\n\"rules\": [\n", text)
		for j, r := range g[0].rules {
			if err := line(r, "\t", comma(j < len(g[0].rules)-1)); err != nil {
				return nil, err
			}
		}
		b.WriteString("]}" + comma(i < len(groups)-1) + "\n")
	}
	b.WriteString("]}\n")
	return b.Bytes(), nil
}

// lacks names the variants that the partition has none of, but where a rule
// names it.
func (p *partition) lacks() string {
	var lacks []string
	if !p.FIPS {
		lacks = append(lacks, "fips")
	}
	if !p.Dual {
		lacks = append(lacks, "dual")
	}
	return strings.Join(lacks, " ")
}

// grouped puts services with the same rules together, in the order of the first
// of each; those without any rule come first.
func grouped(all []service) [][]service {
	var groups [][]service
	for _, s := range all {
		if i := slices.IndexFunc(groups, func(g []service) bool { return slices.Equal(g[0].rules, s.rules) }); i >= 0 {
			groups[i] = append(groups[i], s)
		} else {
			groups = append(groups, []service{s})
		}
	}
	slices.SortStableFunc(groups, func(x, y []service) int { return cmp.Compare(min(len(x[0].rules), 1), min(len(y[0].rules), 1)) })
	return groups
}
