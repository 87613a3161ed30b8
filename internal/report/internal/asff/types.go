package asff

// The parts of the AWS Security Finding Format that kumoban fills in. Empty
// texts are refused by the API, so what may be empty is left out.

type securityFinding struct {
	SchemaVersion         string            `json:"SchemaVersion"`
	ID                    string            `json:"Id"`
	ProductArn            string            `json:"ProductArn"`
	ProductName           string            `json:"ProductName"`
	CompanyName           string            `json:"CompanyName"`
	Region                string            `json:"Region"`
	GeneratorID           string            `json:"GeneratorId"`
	AwsAccountID          string            `json:"AwsAccountId"`
	Types                 []string          `json:"Types"`
	FirstObservedAt       string            `json:"FirstObservedAt"`
	LastObservedAt        string            `json:"LastObservedAt"`
	CreatedAt             string            `json:"CreatedAt"`
	UpdatedAt             string            `json:"UpdatedAt"`
	Severity              severity          `json:"Severity"`
	Title                 string            `json:"Title"`
	Description           string            `json:"Description"`
	Remediation           remediation       `json:"Remediation"`
	ProductFields         map[string]string `json:"ProductFields"`
	Resources             []affected        `json:"Resources"`
	Compliance            compliance        `json:"Compliance"`
	WorkflowState         string            `json:"WorkflowState"`
	Workflow              workflow          `json:"Workflow"`
	RecordState           string            `json:"RecordState"`
	Note                  *written          `json:"Note,omitempty"`
	FindingProviderFields providerFields    `json:"FindingProviderFields"`
}

type severity struct {
	Label      string `json:"Label"`
	Normalized *int   `json:"Normalized,omitempty"` // the provider's own severity has none
	Original   string `json:"Original"`
}

type remediation struct {
	Recommendation recommendation `json:"Recommendation"`
}

type recommendation struct {
	Text string `json:"Text"`
	URL  string `json:"Url"`
}

type affected struct {
	Type      string   `json:"Type"`
	ID        string   `json:"Id"`
	Partition string   `json:"Partition"`
	Region    string   `json:"Region"`
	Details   *details `json:"Details,omitempty"`
}

type details struct {
	Other map[string]string `json:"Other"`
}

type compliance struct {
	Status                    string               `json:"Status"`
	SecurityControlID         string               `json:"SecurityControlId"`
	RelatedRequirements       []string             `json:"RelatedRequirements,omitempty"`
	AssociatedStandards       []associatedStandard `json:"AssociatedStandards,omitempty"`
	StatusReasons             []statusReason       `json:"StatusReasons,omitempty"`
	SecurityControlParameters []parameter          `json:"SecurityControlParameters,omitempty"`
}

type associatedStandard struct {
	StandardsID string `json:"StandardsId"`
}

type statusReason struct {
	ReasonCode  string `json:"ReasonCode"`
	Description string `json:"Description"`
}

type parameter struct {
	Name  string   `json:"Name"`
	Value []string `json:"Value"`
}

// written is a note; it has no place in an import of a finding that is there.
type written struct {
	Text      string `json:"Text"`
	UpdatedBy string `json:"UpdatedBy"`
	UpdatedAt string `json:"UpdatedAt"`
}

type workflow struct {
	Status string `json:"Status"`
}

type providerFields struct {
	Severity severity `json:"Severity"`
	Types    []string `json:"Types"`
}
