package stream

import (
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
)

// mostPlaces is how many places a parameter of Security Hub is named with.
const mostPlaces = 4

// JudgedWith are the parameters that a control was judged with: those that the user
// set, or all of them where all is true, and those that an account has in its
// Security Hub. Where that is not so in all of a scan, it says where it is.
func (t *Texts) JudgedWith(s *Scan, id string, all bool) []string {
	var params []string
	for _, c := range s.Controls {
		for _, p := range c.Params {
			if c.ID == id && p.Value != "" && (p.Custom || all) {
				params = append(params, p.Name+"="+p.Value)
			}
		}
	}
	places, order := map[string][]string{}, []string(nil)
	for _, tuned := range s.Tuned {
		if tuned.Control != id {
			continue
		}
		for _, p := range tuned.Params {
			if text := p.Name + "=" + p.Value; p.Hub {
				if places[text] == nil {
					order = append(order, text)
				}
				places[text] = append(places[text], s.place(tuned.Account, tuned.Region))
			}
		}
	}
	for _, text := range order {
		at := places[text]
		args := []locale.Arg{locale.A("parameter", text), locale.A("places", strings.Join(at[:min(len(at), mostPlaces)], ", ")), locale.A("n", len(at)-mostPlaces)}
		switch {
		case len(at) == s.scopes():
			params = append(params, t.Say("report.hubParameter", args...))
		case len(at) > mostPlaces:
			params = append(params, t.Say("report.hubParameterMany", args...))
		default:
			params = append(params, t.Say("report.hubParameterAt", args...))
		}
	}
	return params
}

// Defaulted says in a line where parameters have AWS's defaults because no Security
// Hub told of others; nil where each did, or nobody asked.
func (t *Texts) Defaulted(s *Scan) []string {
	var places []string
	key := "report.hubOff"
	for _, u := range s.Untuned {
		places = append(places, s.place(u.Account, u.Region))
		if !u.NotEnabled() {
			key = "report.hubUnread"
		}
	}
	if places == nil {
		return nil
	}
	more := len(places) - mostPlaces
	if more > 0 {
		key += "More"
	}
	return []string{t.Say(key, locale.A("places", strings.Join(places[:min(len(places), mostPlaces)], ", ")), locale.A("n", more))}
}

// place names an account's Region; where the scan has one account, the Region
// alone.
func (s *Scan) place(account, region string) string {
	if len(s.Accounts) < 2 {
		return region
	}
	return account + " " + region
}

// scopes is how many accounts and Regions were looked at.
func (s *Scan) scopes() int {
	n := 0
	for _, a := range s.Accounts {
		n += len(a.Regions)
	}
	return n
}
