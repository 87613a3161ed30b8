package ocsf

import (
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
)

// The class, as the schema's events/findings/compliance_finding.json has it.
const (
	categoryUID  = 2
	categoryName = "Findings"
	classUID     = 2003
	className    = "Compliance Finding"
)

// value is a number of an enum with its caption.
type value struct {
	id      int
	caption string
}

// activityOf closes what does not concern the resource and is archived in
// Security Hub too; one scan does not know whether a finding is an update.
func activityOf(f *finding.Finding) value {
	switch k := f.Kept; {
	case k != nil && (k.Archived || k.Workflow == "RESOLVED"), k == nil && f.Status == control.NotApplicable:
		return value{3, "Close"}
	case k != nil && k.Updated.After(k.FirstSeen):
		return value{2, "Update"}
	}
	return value{1, "Create"}
}

// statusOf is the finding's own status, as workflow and record state have it in
// the AWS Security Finding Format.
func statusOf(f *finding.Finding) value {
	if k := f.Kept; k != nil {
		return keptStatus(k)
	}
	switch f.Status {
	case control.Passed:
		return value{4, "Resolved"}
	case control.NotApplicable:
		return value{5, "Archived"}
	}
	return value{1, "New"}
}

// complianceOf is the verdict. Warning is the schema's word for a check without
// a result because something was missing; where there was nothing to check,
// the schema has no word, so ours is given.
func complianceOf(s control.Status) value {
	switch s {
	case control.Passed:
		return value{1, "Pass"}
	case control.Failed:
		return value{3, "Fail"}
	case control.NotApplicable:
		return value{99, s.String()}
	}
	return value{2, "Warning"}
}

func severityOf(f *finding.Finding) value {
	if f.Status != control.Failed {
		return value{1, "Informational"}
	}
	switch f.Severity {
	case control.Low:
		return value{2, "Low"}
	case control.Medium:
		return value{3, "Medium"}
	case control.High:
		return value{4, "High"}
	case control.Critical:
		return value{5, "Critical"}
	}
	return value{0, "Unknown"}
}

// The attributes that kumoban fills in; times are milliseconds since 1970.

type event struct {
	ActivityID     int         `json:"activity_id"`
	ActivityName   string      `json:"activity_name"`
	CategoryUID    int         `json:"category_uid"`
	CategoryName   string      `json:"category_name"`
	ClassUID       int         `json:"class_uid"`
	ClassName      string      `json:"class_name"`
	TypeUID        int         `json:"type_uid"`
	TypeName       string      `json:"type_name"`
	Time           int64       `json:"time"`
	TimezoneOffset int         `json:"timezone_offset"` // minutes
	SeverityID     int         `json:"severity_id"`
	Severity       string      `json:"severity"`
	StatusID       int         `json:"status_id"`
	Status         string      `json:"status"`
	Comment        string      `json:"comment,omitempty"`
	StatusCode     string      `json:"status_code"`
	StatusDetail   string      `json:"status_detail"`
	Message        string      `json:"message"`
	Metadata       metadata    `json:"metadata"`
	Cloud          cloud       `json:"cloud"`
	FindingInfo    findingInfo `json:"finding_info"`
	Compliance     compliance  `json:"compliance"`
	Resources      []affected  `json:"resources"`
	Remediation    remediation `json:"remediation"`
	Evidences      []evidence  `json:"evidences,omitempty"`
}

type metadata struct {
	Version      string      `json:"version"` // of the schema
	Product      productInfo `json:"product"`
	Profiles     []string    `json:"profiles"`
	OriginalTime string      `json:"original_time"`
	Labels       []string    `json:"labels,omitempty"`
}

type productInfo struct {
	UID     string `json:"uid"`
	Name    string `json:"name"`
	Vendor  string `json:"vendor_name"`
	Version string `json:"version,omitempty"`
	Lang    string `json:"lang"`
}

type cloud struct {
	Provider  string   `json:"provider"`
	Partition string   `json:"cloud_partition,omitempty"`
	Region    string   `json:"region,omitempty"`
	Account   *account `json:"account,omitempty"`
}

type account struct {
	UID    string `json:"uid"`
	Name   string `json:"name,omitempty"`
	TypeID int    `json:"type_id"`
	Type   string `json:"type"`
}

type findingInfo struct {
	UID           string   `json:"uid"`
	Title         string   `json:"title"`
	Desc          string   `json:"desc"`
	Types         []string `json:"types"`
	Analytic      analytic `json:"analytic"`
	CreatedTime   int64    `json:"created_time"`
	FirstSeenTime int64    `json:"first_seen_time"`
	LastSeenTime  int64    `json:"last_seen_time"`
	ModifiedTime  int64    `json:"modified_time"`
}

type analytic struct {
	UID    string `json:"uid"`
	Name   string `json:"name"`
	TypeID int    `json:"type_id"`
	Type   string `json:"type"`
}

type compliance struct {
	Control       string     `json:"control"`
	Desc          string     `json:"desc"`
	Category      string     `json:"category,omitempty"`
	Standards     []string   `json:"standards"`
	Requirements  []string   `json:"requirements,omitempty"`
	Parameters    []keyValue `json:"control_parameters,omitempty"`
	StatusID      int        `json:"status_id"`
	Status        string     `json:"status"`
	StatusCode    string     `json:"status_code,omitempty"`
	StatusDetails []string   `json:"status_details"`
}

type keyValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type affected struct {
	UID       string `json:"uid,omitempty"`
	Name      string `json:"name,omitempty"`
	Type      string `json:"type"`
	Region    string `json:"region,omitempty"`
	Partition string `json:"cloud_partition,omitempty"`
	Provider  string `json:"provider"`
	RoleID    int    `json:"role_id"`
	Role      string `json:"role"`
	Owner     *owner `json:"owner,omitempty"`
}

type owner struct {
	Account *account `json:"account"`
}

type remediation struct {
	Desc       string   `json:"desc"`
	References []string `json:"references"`
}

type evidence struct {
	Data seen `json:"data"`
}

type seen struct {
	Call string `json:"call,omitempty"`
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
}
