package controls_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/casefile"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/controltest"
	"github.com/kumoban/kumoban/internal/forms"
	"github.com/kumoban/kumoban/internal/outside"
	"github.com/kumoban/kumoban/internal/room"
)

// needed are the arguments that Terraform demands beside what cases say, by type;
// "*" is what each block of that name needs.
const needed = `{
	"aws_account_alternate_contact": {},
	"aws_cloudfront_distribution": {
		"enabled": true, "restrictions": [{"geo_restriction": [{"restriction_type": "none"}]}], "viewer_certificate": [{"cloudfront_default_certificate": true}],
		"*origin": {"domain_name": "example.com", "origin_id": "o"},
		"*custom_origin_config": {"http_port": 80, "https_port": 443, "origin_protocol_policy": "https-only", "origin_ssl_protocols": ["TLSv1.2"]},
		"*vpc_origin_config": {"vpc_origin_id": "vo_1"},
		"*s3_origin_config": {"origin_access_identity": ""},
		"*default_cache_behavior": {"allowed_methods": ["GET", "HEAD"], "cached_methods": ["GET", "HEAD"], "target_origin_id": "o", "viewer_protocol_policy": "https-only"},
		"*ordered_cache_behavior": {"allowed_methods": ["GET", "HEAD"], "cached_methods": ["GET", "HEAD"], "target_origin_id": "o"},
		"origin": [{}], "default_cache_behavior": [{}]
	},
	"aws_cloudtrail": {"name": "audit", "s3_bucket_name": "logs"},
	"aws_db_instance": {"instance_class": "db.t3.micro", "allocated_storage": 20, "username": "u", "password": "secret-secret", "skip_final_snapshot": true, "engine": "postgres"},
	"aws_db_snapshot": {"db_instance_identifier": "orders", "db_snapshot_identifier": "s"},
	"aws_db_cluster_snapshot": {"db_cluster_identifier": "shop", "db_cluster_snapshot_identifier": "s"},
	"aws_default_security_group": {
		"vpc_id": "vpc-1",
		"*ingress": {"from_port": 0, "to_port": 0, "description": "", "cidr_blocks": [], "ipv6_cidr_blocks": [], "prefix_list_ids": [], "security_groups": [], "self": false},
		"*egress": {"from_port": 0, "to_port": 0, "description": "", "cidr_blocks": [], "ipv6_cidr_blocks": [], "prefix_list_ids": [], "security_groups": [], "self": false}
	},
	"aws_security_group": {
		"*ingress": {"from_port": 0, "to_port": 0, "description": "", "cidr_blocks": [], "ipv6_cidr_blocks": [], "prefix_list_ids": [], "security_groups": [], "self": false}
	},
	"aws_elb": {"availability_zones": ["ap-northeast-1a"], "listener": [{"instance_port": 80, "instance_protocol": "http", "lb_port": 80, "lb_protocol": "http"}]},
	"aws_lb": {"subnets": ["subnet-1"]},
	"aws_neptune_cluster": {},
	"aws_default_subnet": {"availability_zone": "ap-northeast-1a"},
	"aws_dynamodb_table": {"name": "orders", "hash_key": "id", "billing_mode": "PAY_PER_REQUEST", "attribute": [{"name": "id", "type": "S"}]},
	"aws_ecs_service": {"name": "orders", "*network_configuration": {"subnets": ["subnet-1"]}},
	"aws_flow_log": {"iam_role_arn": "arn:aws:iam::111122223333:role/r", "log_destination": "arn:aws:s3:::logs"},
	"aws_iam_user": {"name": "ann"},
	"aws_instance": {"ami": "ami-1", "instance_type": "t3.micro"},
	"aws_lambda_function": {"function_name": "orders", "role": "arn:aws:iam::111122223333:role/r", "handler": "a.b", "s3_bucket": "code", "s3_key": "k"},
	"aws_rds_cluster_instance": {"instance_class": "db.r5.large", "engine": "aurora-mysql"},
	"aws_neptune_cluster_instance": {"instance_class": "db.r5.large", "engine": "neptune"},
	"aws_rds_cluster": {"engine": "aurora-mysql", "master_username": "u", "master_password": "secret-secret", "skip_final_snapshot": true},
	"aws_s3_bucket": {"bucket": "logs"},
	"aws_s3_bucket_public_access_block": {"bucket": "logs"},
	"aws_s3_bucket_logging": {"bucket": "logs", "target_bucket": "access-logs", "target_prefix": ""},
	"aws_s3_bucket_lifecycle_configuration": {"bucket": "logs", "*rule": {"filter": [{"prefix": ""}]}},
	"aws_subnet": {"vpc_id": "vpc-1", "cidr_block": "10.0.0.0/24"}
}`

// planned is one resource of a plan.
type planned struct {
	of      *control.Control
	c       *casefile.Case
	r       *casefile.Resource
	address string
	beside  map[string]string // the addresses of what belongs to it, by type
}

// TestTerraformPlans has the real Terraform plan what cases declare, and judges what
// it plans: the provider's own defaults take the place of those in the rooms.
func TestTerraformPlans(t *testing.T) {
	tf := outside.Terraform(t)
	var demands map[string]map[string]any
	if err := json.Unmarshal([]byte(needed), &demands); err != nil {
		t.Fatal(err)
	}
	root := map[string]map[string]any{"terraform_data": {"later": map[string]any{}}}
	add := func(kind, name string, args map[string]any) string {
		if root[kind] == nil {
			root[kind] = map[string]any{}
		}
		root[kind][name] = filledIn(kind, args, demands)
		return kind + "." + name
	}
	var list []planned
	for _, of := range listed(t) {
		if slices.ContainsFunc(of.Checks, func(k control.Check) bool { return len(k.Joins) > 0 }) {
			continue // one resource alone decides nothing
		}
		cases, err := casefile.Read(of.Files)
		if err != nil {
			t.Fatal(err)
		}
		for i := range cases {
			for j := range cases[i].Resources {
				p := planned{of: of, c: &cases[i], r: &cases[i].Resources[j], beside: map[string]string{}}
				if p.put(t, fmt.Sprintf("r%d", len(list)), add) {
					list = append(list, p)
				}
			}
		}
	}
	t.Logf("%d resources are planned", len(list))
	if len(list) < 60 {
		t.Errorf("only %d resources are planned", len(list))
	}
	values := planOf(t, tf, root)
	for _, p := range list {
		p.judge(t, values)
	}
}

// put declares a resource, where its case is one that Terraform takes.
func (p *planned) put(t *testing.T, name string, add func(kind, name string, args map[string]any) string) bool {
	t.Helper()
	e := catalog.Find(p.c.TypeOf(p.r, p.of))
	if !p.c.Runs(room.Terraform) || !forms.Has(e, room.Terraform) || p.c.Wants(p.r.ID, room.Terraform) == casefile.None {
		return false
	}
	tree, err := forms.Write(e, room.Terraform, p.r.Properties)
	if err != nil {
		t.Fatal(err)
	}
	kind := e.Room.TF[0]
	if p.r.Terraform != "" {
		kind = p.r.Terraform
	} else if tree["cluster_identifier"] != nil && tree["engine"] == "neptune" {
		kind = "aws_neptune_cluster_instance"
	} else if kind == "aws_rds_cluster" && tree["engine"] == "neptune" {
		kind = "aws_neptune_cluster"
	} else if kind == "aws_db_instance" && tree["cluster_identifier"] != nil {
		kind = "aws_rds_cluster_instance"
	}
	main := map[string]any{}
	for arg, v := range tree {
		if strings.HasPrefix(arg, "aws_") {
			continue
		}
		main[arg] = v
	}
	if refused(kind, main) || laterBlock(e.Service, e.Room.Properties, p.r.Properties) {
		return false
	}
	p.address = add(kind, name, main)
	for arg, v := range tree {
		if blocks, ok := v.([]any); ok && strings.HasPrefix(arg, "aws_") {
			args, _ := blocks[0].(room.Tree)
			p.beside[arg] = add(arg, name, args)
		}
	}
	return true
}

// refused tells whether the provider takes no such value, which AWS may have all the
// same, or sets it itself.
func refused(kind string, args map[string]any) bool {
	for name, v := range args {
		switch kind + "." + name {
		case "aws_instance.instance_state", "aws_subnet.owner_id", "aws_security_group.owner_id", "aws_launch_template.default_version", "aws_db_instance.status",
			"aws_db_snapshot.encrypted", "aws_db_snapshot.snapshot_type", "aws_db_cluster_snapshot.storage_encrypted", "aws_db_cluster_snapshot.snapshot_type", "aws_ssm_service_setting.status":
			delete(args, name)
			if text, _ := v.(string); text == "terminated" || text == "stopped" || text == "automated" || text == "PendingUpdate" || v == true || strings.HasPrefix(text, "4444") {
				return true
			}
		case "aws_security_group.name", "aws_default_security_group.name":
			if delete(args, name); kind == "aws_security_group" && v == "default" {
				return true
			} else if kind == "aws_security_group" {
				args[name] = v
			}
		case "aws_security_group.id", "aws_subnet.id", "aws_instance.id", "aws_launch_template.id", "aws_kms_key.key_id", "aws_lambda_function.id":
			delete(args, name)
		case "aws_rds_cluster_instance.storage_encrypted", "aws_rds_cluster_instance.iam_database_authentication_enabled", "aws_rds_cluster_instance.backup_retention_period":
			return true // the cluster's
		case "aws_rds_cluster_instance.status":
			delete(args, name)
		case "aws_lambda_function.runtime":
			if _, later := v.(room.Unknown); later || slices.Contains([]any{"python9.1", "java17.al2023"}, v) {
				return true // the provider does not know it, or wants to
			}
		case "aws_sqs_queue.kms_master_key_id":
			if args["sqs_managed_sse_enabled"] != nil {
				return true // Terraform takes one of the two
			}
		case "aws_dynamodb_table.point_in_time_recovery":
			if blocks, _ := v.([]any); len(blocks) == 1 && len(blocks[0].(map[string]any)) == 0 { //nolint:forcetypeassert // a block
				return true // Terraform wants it said
			}
		}
	}
	return false
}

// laterBlock tells whether a block is to be known later, which a configuration in JSON
// cannot say.
func laterBlock(s *room.Service, properties []room.Property, values room.Tree) bool {
	for name, v := range values {
		p := room.Find(properties, name)
		object := s.Object(p.Of)
		if object == nil {
			continue
		}
		if _, later := v.(room.Unknown); later {
			return true
		}
		list, _ := v.([]any)
		for _, item := range append(slices.Clone(list), v) {
			if inner, ok := item.(room.Tree); ok && laterBlock(s, object.Properties, inner) {
				return true
			}
		}
	}
	return false
}

// configured is a value as a configuration has it.
func configured(v any) any {
	switch v := v.(type) {
	case room.Unknown:
		return "${terraform_data.later.id}"
	case map[string]any:
		out := map[string]any{}
		for name, inner := range v {
			out[name] = configured(inner)
			if _, later := inner.(room.Unknown); later && (strings.HasSuffix(name, "_blocks") || strings.HasSuffix(name, "_accounts")) {
				out[name] = []any{out[name]} // a list of what is known later
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = configured(v[i])
		}
		return out
	}
	return v
}

// filledIn adds what Terraform demands, to the resource and to its blocks.
func filledIn(kind string, args map[string]any, demands map[string]map[string]any) map[string]any {
	out := map[string]any{}
	for name, v := range demands[kind] {
		if !strings.HasPrefix(name, "*") {
			out[name] = v
		}
	}
	made, _ := configured(args).(map[string]any)
	maps.Copy(out, made)
	if out["replicate_source_db"] != nil { // it has the source's
		delete(out, "username")
		delete(out, "password")
	}
	return blocksFilled(out, demands[kind])
}

func blocksFilled(args, demands map[string]any) map[string]any {
	for name, v := range args {
		blocks, ok := v.([]any)
		if !ok {
			continue
		}
		more, _ := demands["*"+name].(map[string]any)
		for i := range blocks {
			block, ok := blocks[i].(map[string]any)
			if !ok {
				continue
			}
			for need, x := range more {
				if _, there := block[need]; !there {
					block[need] = x
				}
			}
			blocks[i] = blocksFilled(block, demands)
		}
	}
	return args
}

// planOf is what Terraform plans: values by address, with what is known later marked.
func planOf(t *testing.T, tf outside.TF, resources map[string]map[string]any) map[string]room.Tree {
	t.Helper()
	dir := t.TempDir()
	config := map[string]any{
		"terraform": map[string]any{"required_providers": map[string]any{"aws": map[string]any{"source": "hashicorp/aws", "version": outside.ProviderVersion}}},
		"provider": map[string]any{"aws": map[string]any{
			"region": "ap-northeast-1", "access_key": "x", "secret_key": "x", "skip_credentials_validation": true, "skip_requesting_account_id": true, "skip_metadata_api_check": true,
		}},
		"resource": resources,
	}
	text, err := json.MarshalIndent(config, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "main.tf.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) []byte {
		cmd := exec.CommandContext(context.Background(), tf.Path, args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1", "AWS_EC2_METADATA_DISABLED=true")
		var said strings.Builder
		cmd.Stderr = &said
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("terraform %s: %v\n%s", args[0], err, said.String())
		}
		return out
	}
	run(tf.InitArgs()...)
	run("plan", "-refresh=false", "-input=false", "-no-color", "-out", "p")
	var shown struct {
		Changes []struct {
			Address string
			Change  struct {
				After   room.Tree
				Unknown room.Tree `json:"after_unknown"`
			}
		} `json:"resource_changes"`
	}
	if err := json.Unmarshal(run("show", "-json", "p"), &shown); err != nil {
		t.Fatal(err)
	}
	values := map[string]room.Tree{}
	for _, c := range shown.Changes {
		kind, name, _ := strings.Cut(c.Address, ".")
		tree, _ := marked(c.Change.After, c.Change.Unknown, resources[kind][name]).(room.Tree)
		values[c.Address] = tree
	}
	return values
}

// marked puts [room.Unknown] where the plan says that a value is known later, and the
// configuration says something: what it does not say is left out.
func marked(v, later, said any) any {
	switch later := later.(type) {
	case bool:
		if later && said != nil {
			return room.Unknown{Why: "KnownAfterApply"}
		}
	case map[string]any:
		out := room.Tree{}
		if known, ok := v.(room.Tree); ok {
			out = room.Merge(known, nil)
		}
		config, _ := said.(map[string]any)
		for name, inner := range later {
			if x := marked(out[name], inner, config[name]); x != nil {
				out[name] = x
			}
		}
		return out
	case []any:
		known, _ := v.([]any)
		config, _ := said.([]any)
		out := make([]any, max(len(known), len(later)))
		copy(out, known)
		for i := range later {
			var of any
			if i < len(config) {
				of = config[i]
			}
			out[i] = marked(out[i], later[i], of)
		}
		return out
	}
	return v
}

// judge judges what is planned.
func (p *planned) judge(t *testing.T, values map[string]room.Tree) {
	t.Helper()
	e := catalog.Find(p.c.TypeOf(p.r, p.of))
	beside := map[string][]room.Tree{}
	for kind, address := range p.beside {
		beside[kind] = []room.Tree{values[address]}
	}
	kind, _, _ := strings.Cut(p.address, ".")
	tree, ok := forms.Values(e, kind, values[p.address], beside)
	if !ok {
		t.Errorf("%s, %q: %s is none of the type", p.of.ID, p.c.Name, p.r.ID)
		return
	}
	got, err := controltest.JudgeRead(p.of, p.c, p.r, tree)
	if err != nil {
		t.Fatal(err)
	}
	want := p.c.Wants(p.r.ID, room.Terraform)
	wantStatus, _, _ := strings.Cut(want, " ")
	gotStatus, _, _ := strings.Cut(got, " ")
	if wantStatus != gotStatus {
		t.Errorf("%s, %q: %s (%s) is %s, want %s", p.of.ID, p.c.Name, p.r.ID, p.address, got, want)
	}
}
