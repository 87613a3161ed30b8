package view

import (
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/resource"
)

// groupJSON counts findings that have something in common.
type groupJSON struct {
	Key        string         `json:"key"` // the control, account, owner …; "" is none
	Name       string         `json:"name,omitempty"`
	Resource   *resource.Ref  `json:"resource,omitempty"`
	Findings   int            `json:"findings"`
	Statuses   map[string]int `json:"statuses"`
	Severities map[string]int `json:"severities"` // of those that fail or are not known
}

// GroupsBody are findings by what they have in common.
type GroupsBody struct {
	SchemaVersion int               `json:"schemaVersion"`
	By            findings.By       `json:"by"`
	Total         int               `json:"total"`           // groups
	After         string            `json:"after,omitempty"` // by resource: asks for the next page
	Groups        []groupJSON       `json:"groups"`
	Titles        map[string]string `json:"titles,omitempty"` // of controls, by control
}

// GroupsBody has groups in their order.
func (v *View) GroupsBody(g *findings.Groups, by findings.By) GroupsBody {
	out := GroupsBody{SchemaVersion: schemaVersion, By: by, Total: g.Total, After: g.Next, Groups: []groupJSON{}}
	if by == findings.ByControl {
		out.Titles = map[string]string{}
	}
	for i := range g.List {
		of := &g.List[i]
		one := groupJSON{of.Key, of.Name, of.Resource, of.N, map[string]int{}, map[string]int{}}
		for k, n := range of.Of {
			one.Statuses[k.Status.String()] += n
			if k.Status == control.Failed || k.Status == control.Unknown {
				one.Severities[k.Severity.String()] += n
			}
		}
		out.Groups = append(out.Groups, one)
		if by == findings.ByControl {
			out.Titles[of.Key] = v.Texts.Title(of.Key)
		}
	}
	return out
}

// exceptedFinding is an exception with the finding that it lets be.
type exceptedFinding struct {
	ID       string       `json:"id"`
	Control  string       `json:"control"`
	Status   string       `json:"status"`
	Severity string       `json:"severity"`
	Resource resource.Ref `json:"resource"`
}

// ExceptionPageBody is one page of exceptions, with their findings by id.
type ExceptionPageBody struct {
	ExceptionsBody
	Total    int                        `json:"total"`
	After    string                     `json:"after,omitempty"` // asks for the next page
	Findings map[string]exceptedFinding `json:"findings"`
}

// ExceptionPageBody has one page of exceptions.
func (v *View) ExceptionPageBody(p *findings.ExceptionPage) ExceptionPageBody {
	return ExceptionPageBody{v.ExceptionsBody(p.List), p.Total, p.Next, exceptedFindings(p.Of)}
}
