package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// Shapes in the order of the table; their names are the ones that
// internal/awsclient/wire/protocol reads.
type shapeRow struct {
	Members []string `json:"members,omitempty"`
	List    string   `json:"list,omitempty"`
	Key     string   `json:"key,omitempty"`
	Value   string   `json:"value,omitempty"`
	Payload string   `json:"payload,omitempty"`
	Union   bool     `json:"union,omitempty"`
}

type operationRow struct {
	Method   string    `json:"method"`
	Path     string    `json:"path"`
	Status   int       `json:"status,omitempty"`
	Host     string    `json:"host,omitempty"`
	Checksum bool      `json:"checksum,omitempty"`
	In       string    `json:"in,omitempty"`
	Out      string    `json:"out,omitempty"`
	Pager    *pagerRow `json:"pager,omitempty"`
}

type pagerRow struct {
	Why   string   `json:"why,omitempty"` // not in the table
	In    []string `json:"in"`
	Out   []string `json:"out"`
	Items []string `json:"items"`
	More  string   `json:"more,omitempty"`
	Limit string   `json:"limit,omitempty"`
	Size  int      `json:"size,omitempty"`
}

type serviceRow struct {
	ID          string `json:"id"`
	Prefix      string `json:"prefix"`
	Signing     string `json:"signing"`
	Protocol    string `json:"protocol"`
	Version     string `json:"version"`
	JSONVersion string `json:"json,omitempty"`
	Target      string `json:"target,omitempty"`
	Namespace   string `json:"xmlns,omitempty"`
	QueryErrors bool   `json:"queryErrors,omitempty"`
}

// write returns the table: an operation or a shape a line.
func write(data, version string, wanted map[string][]string) ([]byte, error) {
	var hand map[string]*pagerRow
	if err := json.Unmarshal(handPagers, &hand); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "{\"generated\":\"by make models\",\"botocore\":%q,\"services\":{", version)
	for i, service := range slices.Sorted(maps.Keys(wanted)) {
		t := table{service: service, hand: hand, shapes: map[string]*shapeRow{}}
		err := load(data, service, "service-2.json", &t.model)
		if err == nil {
			err = load(data, service, "paginators-1.json", &t.pagers)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) || t.model.Operations == nil {
			return nil, fmt.Errorf("%s: %w", service, err)
		}
		if i > 0 {
			out.WriteByte(',')
		}
		if err := t.write(&out, wanted[service]); err != nil {
			return nil, fmt.Errorf("%s: %w", service, err)
		}
	}
	for name := range hand {
		service, operation, _ := strings.Cut(name, ":")
		if !slices.Contains(wanted[service], operation) {
			return nil, fmt.Errorf("pagers.json: nobody wants %s", name)
		}
	}
	out.WriteString("\n}}\n")
	return out.Bytes(), nil
}

// table is one service's part.
type table struct {
	service string
	model   model
	pagers  pagers
	hand    map[string]*pagerRow
	raw     []string // shapes that are carried as they come
	shapes  map[string]*shapeRow
}

func (t *table) write(out *bytes.Buffer, operations []string) error {
	m := t.model.Metadata
	head := serviceRow{
		ID: m.ServiceID, Prefix: m.EndpointPrefix, Signing: cmp.Or(m.SigningName, m.EndpointPrefix), Protocol: m.Protocol,
		Version: m.APIVersion, JSONVersion: m.JSONVersion, Target: m.TargetPrefix, Namespace: m.XMLNamespace,
		QueryErrors: m.AwsQueryCompatible != nil,
	}
	if slices.Contains(m.Protocols, "query") {
		// CloudWatch's others are younger: not every partition and not every double has them.
		head.Protocol, head.JSONVersion, head.Target, head.QueryErrors = "query", "", "", false
	}
	switch head.Protocol {
	case "json", "query":
	default:
		head.JSONVersion, head.Target = "", ""
	}
	rows := map[string]any{}
	for _, name := range operations {
		if shape, ok := strings.CutSuffix(name, " document"); ok {
			t.raw = append(t.raw, shape)
		}
	}
	for _, name := range operations {
		if strings.Contains(name, " ") {
			continue
		}
		row, err := t.operation(name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		rows[name] = row
	}
	text, err := marshal(head)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%q:%s,\"operations\":{", t.service, bytes.TrimSuffix(text, []byte("}")))
	if err := lines(out, rows); err != nil {
		return err
	}
	out.WriteString("},\"shapes\":{")
	if err := lines(out, t.shapes); err != nil {
		return err
	}
	out.WriteString("}}")
	return nil
}

// lines writes the rows of an object, sorted.
func lines[Row any](out *bytes.Buffer, rows map[string]Row) error {
	for i, name := range slices.Sorted(maps.Keys(rows)) {
		text, err := marshal(rows[name])
		if err != nil {
			return err
		}
		if i > 0 {
			out.WriteByte(',')
		}
		fmt.Fprintf(out, "\n%q:%s", name, text)
	}
	return nil
}

// marshal writes JSON with & and < as they are.
func marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSpace(out.Bytes()), err
}

func (t *table) operation(name string) (*operationRow, error) {
	o, ok := t.model.Operations[name]
	if !ok {
		return nil, errors.New("botocore has no such operation")
	}
	row := &operationRow{
		Method: o.HTTP.Method, Path: o.HTTP.RequestURI, Status: o.HTTP.ResponseCode, Host: o.Endpoint.HostPrefix,
		Checksum: o.HTTPChecksumRequired || o.HTTPChecksum.RequestChecksumRequired,
	}
	if row.Status == 200 {
		row.Status = 0
	}
	if o.Input != nil {
		row.In = t.reference(*o.Input, false)
	}
	if o.Output != nil {
		row.Out = t.reference(*o.Output, false)
		if root := t.root(name, o.Output.Shape); root != "" {
			row.Out += " name=" + root
		}
	}
	var err error
	row.Pager, err = t.pager(name, o)
	return row, err
}

// root is the name of an answer's root where the model does not say it. S3's are
// those of its API reference, by operation.
func (t *table) root(operation, shape string) string {
	if t.service != "s3" || t.model.Shapes[shape].Payload != "" {
		return ""
	}
	return map[string]string{
		"GetBucketAcl":                    "AccessControlPolicy",
		"GetBucketLifecycleConfiguration": "LifecycleConfiguration",
		"GetBucketLocation":               "LocationConstraint",
		"GetBucketLogging":                "BucketLoggingStatus",
		"GetBucketTagging":                "Tagging",
		"GetBucketVersioning":             "VersioningConfiguration",
		"ListBuckets":                     "ListAllMyBucketsResult",
		"ListDirectoryBuckets":            "ListAllMyDirectoryBucketsResult",
	}[operation]
}

// reference writes a use of a shape, and the shape itself unless it is written.
func (t *table) reference(r reference, required bool) string {
	d := t.model.Shapes[r.Shape]
	at := over(r.traits, d.traits)
	words := []string{t.name(r.Shape, d)}
	add := func(key, value string) {
		if value != "" {
			words = append(words, key+"="+value)
		}
	}
	add("name", at.LocationName)
	add("query", at.QueryName)
	if at.HostLabel && at.Location == "" {
		at.Location = "host"
	}
	add("in", at.Location)
	add("wrapper", at.ResultWrapper)
	add("time", strings.ToLower(at.TimestampFormat))
	var space struct{ URI, Prefix string }
	if json.Unmarshal(at.XMLNamespace, &space) != nil {
		_ = json.Unmarshal(at.XMLNamespace, &space.URI) // a text in older models
	}
	add("xmlns", space.URI)
	add("prefix", space.Prefix)
	for _, flag := range []struct {
		name string
		set  bool
	}{{"flat", at.Flattened}, {"attribute", at.XMLAttribute}, {"json", at.JSONValue}, {"token", at.IdempotencyToken}, {"required", required}} {
		if flag.set {
			words = append(words, flag.name)
		}
	}
	return strings.Join(words, " ")
}

// over lays the traits of a place over those of a shape.
func over(place, shape traits) traits {
	first := func(a, b json.RawMessage) json.RawMessage {
		if a != nil {
			return a
		}
		return b
	}
	return traits{
		cmp.Or(place.LocationName, shape.LocationName), cmp.Or(place.QueryName, shape.QueryName), cmp.Or(place.Location, shape.Location),
		cmp.Or(place.TimestampFormat, shape.TimestampFormat), cmp.Or(place.ResultWrapper, shape.ResultWrapper),
		place.Flattened || shape.Flattened, place.XMLAttribute || shape.XMLAttribute, place.JSONValue || shape.JSONValue,
		place.IdempotencyToken || shape.IdempotencyToken, place.HostLabel || shape.HostLabel,
		first(place.XMLNamespace, shape.XMLNamespace),
	}
}

// name is a shape's in the table: what has no parts goes by its kind.
func (t *table) name(name string, d definition) string {
	switch {
	case d.Document, slices.Contains(t.raw, name):
		return "document"
	case d.Type == "character":
		return "string"
	case d.Type == "integer":
		return "long"
	case d.Type == "float":
		return "double"
	case d.Type != "structure" && d.Type != "list" && d.Type != "map":
		return d.Type
	}
	if t.shapes[name] != nil {
		return name
	}
	row := &shapeRow{Payload: d.Payload, Union: d.Union}
	t.shapes[name] = row // before its parts, which may contain it
	switch d.Type {
	case "list":
		row.List = t.reference(*d.Member, false)
	case "map":
		row.Key, row.Value = t.reference(*d.Key, false), t.reference(*d.Value, false)
	default:
		for _, m := range d.Members {
			text := t.reference(m.reference, slices.Contains(d.Required, m.name))
			if name == "GetBucketLocationOutput" {
				text += " in=text" // S3 writes the Region into the root itself
			}
			row.Members = append(row.Members, m.name+" "+text)
		}
	}
	return name
}

// pager is how a listing goes on. One that hands out a token must have one.
func (t *table) pager(name string, o operation) (*pagerRow, error) {
	if p := t.hand[t.service+":"+name]; p != nil {
		p := *p
		if p.Why == "" {
			return nil, errors.New("pagers.json gives no reason")
		}
		p.Why = ""
		return &p, nil
	}
	if p, ok := t.pagers.Pagination[name]; ok {
		return &pagerRow{In: p.InputToken, Out: p.OutputToken, Items: p.ResultKey, More: p.MoreResults, Limit: p.LimitKey}, nil
	}
	if o.Input == nil || o.Output == nil {
		return nil, nil
	}
	for _, m := range t.model.Shapes[o.Output.Shape].Members {
		if pages(m.name) && slices.ContainsFunc(t.model.Shapes[o.Input.Shape].Members, func(in member) bool { return in.name == m.name }) {
			return nil, fmt.Errorf("%s looks like a page's token, and there is no pager: pagers.json lacks one", m.name)
		}
	}
	return nil, nil
}

// pages tells whether a member is named as tokens of pages are.
func pages(name string) bool {
	name = strings.ToLower(name)
	return name != "clienttoken" && (strings.HasSuffix(name, "token") || strings.Contains(name, "marker") || name == "position")
}
