package wire

import (
	_ "embed"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// endpointsFile is made by `make endpoints` from what botocore answers.
//
//go:embed endpoints.json
var endpointsFile []byte

// table says where AWS's services are called.
type table struct {
	partitions []*partition
	byRegion   map[string]*partition
	services   map[string]*location // by the SDK's id
}

// partition is a part of AWS with accounts, Regions and domains of its own.
type partition struct {
	Name    string
	Pattern string // of its Regions, those to come included
	Suffix  string // of hosts
	Dual    string // of hosts with IPv6, too
	Lacks   string // "fips", "dual": that it has no such hosts but where a rule names it
	Global  string // the Region that global services are in
	Regions string

	pattern *regexp.Regexp
}

// location is a service's name in hosts and in signatures, and where its hosts
// are other than usual.
type location struct {
	prefix, signing string
	rules           []rule
}

// rule is a host for a variant, in some partitions and Regions or in all others.
type rule struct {
	When, In string
	Host     string // "" where there is none
	Sign     string // the Region in signatures; "" is the client's
}

// fits tells whether the rule is for a variant in a Region.
func (r *rule) fits(variant, region string, p *partition) bool {
	in := strings.Fields(r.In)
	return r.When == variant && (len(in) == 0 && !p.lacks(variant) || slices.Contains(in, p.Name) || slices.Contains(in, region))
}

func (p *partition) lacks(variant string) bool {
	return slices.ContainsFunc(strings.Fields(variant), func(v string) bool { return strings.Contains(p.Lacks, v) })
}

// endpoints reads the table when it is first needed: `kumoban version` does not.
//
//nolint:gochecknoglobals // it is read once, and nothing changes it
var endpoints = sync.OnceValue(func() *table {
	var file struct {
		Partitions []*partition
		Services   []struct {
			IDs   map[string]string
			Rules []rule
		}
	}
	if err := json.Unmarshal(endpointsFile, &file); err != nil {
		panic("endpoints.json: " + err.Error()) // the tests read it whole
	}
	t := &table{file.Partitions, map[string]*partition{}, map[string]*location{}}
	for _, p := range t.partitions {
		p.pattern = regexp.MustCompile(p.Pattern)
		for _, region := range strings.Fields(p.Regions) {
			t.byRegion[region] = p
		}
	}
	for _, s := range file.Services {
		for id, names := range s.IDs {
			prefix, signing, other := strings.Cut(names, " ")
			if !other {
				signing = prefix
			}
			t.services[id] = &location{prefix, signing, s.Rules}
		}
	}
	return t
})

// Partition returns the partition that a Region lies in: aws where its name is
// like none of any, as the SDKs have it.
func Partition(region string) string { return endpoints().partition(region).Name }

// Suffix returns what the names of AWS's hosts end in where a Region lies, without
// a dot before it.
func Suffix(region string) string { return endpoints().partition(region).Suffix }

// Global returns the Region in which the global services of a Region's partition
// are: its own, such as us-east-1.
func Global(region string) string { return endpoints().partition(region).Global }

func (t *table) partition(region string) *partition {
	if p := t.byRegion[region]; p != nil {
		return p
	}
	for _, p := range t.partitions {
		if p.pattern.MatchString(region) {
			return p
		}
	}
	return t.partitions[0]
}

// signing is the service's name in signatures.
func (t *table) signing(s Service) string {
	if at := t.services[s.ID]; at != nil {
		return at.signing
	}
	return s.Name
}

// locate is where a service is called in a Region. It refuses FIPS and dual
// stack where AWS has neither.
func (t *table) locate(id, region string, fips, dual bool) (place, error) {
	at := t.services[id]
	switch {
	case region == "":
		return place{}, &EndpointError{"no Region is set for calls to " + id}
	case !hostLabel(region):
		return place{}, &EndpointError{"the Region " + region + " cannot be part of a host's name"}
	case at == nil:
		return place{}, &EndpointError{"there is no endpoint of " + id + " in kumoban's table"}
	}
	p := t.partition(region)
	host := rule{Host: "{prefix}.{region}.{suffix}"}
	var variants []string
	if fips {
		variants, host.Host = append(variants, "fips"), "{prefix}-fips.{region}.{suffix}"
	}
	if dual {
		variants, host.Host = append(variants, "dual"), strings.Replace(host.Host, "{suffix}", "{dual}", 1)
	}
	variant := strings.Join(variants, " ")
	if i := slices.IndexFunc(at.rules, func(r rule) bool { return r.fits(variant, region, p) }); i >= 0 {
		host = at.rules[i]
	} else if p.lacks(variant) {
		host = rule{}
	}
	if host.Host == "" {
		name := strings.NewReplacer("fips", "FIPS", "dual", "dual-stack").Replace(variant)
		return place{}, &EndpointError{"the partition " + p.Name + " has no " + name + " endpoint of " + id}
	}
	if host.Sign == "" {
		host.Sign = "{region}"
	}
	fill := strings.NewReplacer("{prefix}", at.prefix, "{region}", region, "{global}", p.Global, "{suffix}", p.Suffix, "{dual}", p.Dual)
	return place{"https://" + fill.Replace(host.Host) + "/", fill.Replace(host.Sign), at.signing}, nil
}
