package roomtest_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/kumoban/kumoban/internal/outside"
	"github.com/kumoban/kumoban/internal/render"
	"github.com/kumoban/kumoban/internal/render/roomtest"
)

// bases are resources as a configuration has them already, with what the provider
// demands: what is printed for things that exist goes into such a one.
const bases = `
resource "aws_sqs_queue" "x" {
}
resource "aws_s3_bucket_public_access_block" "x" {
  bucket = "b"
}
resource "aws_s3_bucket_lifecycle_configuration" "x" {
  bucket = "b"
}
resource "aws_dynamodb_table" "x" {
  name         = "t"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"
  attribute {
    name = "id"
    type = "S"
  }
}
resource "aws_cloudtrail" "x" {
  name           = "all"
  s3_bucket_name = "b"
}
resource "aws_cloudfront_distribution" "x" {
  enabled = true
  origin {
    origin_id   = "o"
    domain_name = "example.com"
  }
  default_cache_behavior {
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    target_origin_id       = "o"
    viewer_protocol_policy = "allow-all"
  }
  ordered_cache_behavior {
    path_pattern           = "/a/*"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    target_origin_id       = "o"
    viewer_protocol_policy = "allow-all"
  }
  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
resource "aws_subnet" "x" {
  vpc_id     = "vpc-0a1b2c3d4e5f60718"
  cidr_block = "10.0.0.0/24"
}
resource "aws_security_group" "x" {
}
resource "aws_instance" "x" {
  ami           = "ami-0a1b2c3d4e5f60718"
  instance_type = "t3.micro"
}
resource "aws_kms_key" "x" {
}
resource "aws_launch_template" "x" {
}
resource "aws_db_instance" "x" {
  instance_class = "db.t3.micro"
}
resource "aws_rds_cluster" "x" {
  engine = "aurora-mysql"
}
resource "aws_db_cluster_snapshot" "x" {
  db_cluster_identifier          = "orders"
  db_cluster_snapshot_identifier = "orders-c"
}
resource "aws_db_snapshot" "x" {
  db_instance_identifier = "orders"
  db_snapshot_identifier = "orders-1"
}
resource "aws_ecs_service" "x" {
  name = "web"
  network_configuration {
    subnets = ["subnet-0a1b2c3d4e5f60718"]
  }
}
resource "aws_lambda_function" "x" {
  function_name = "f"
  role          = "arn:aws:iam::123456789012:role/r"
  filename      = "f.zip"
  handler       = "f.h"
  runtime       = "python3.13"
  vpc_config {
    subnet_ids         = ["subnet-0a1b2c3d4e5f60718"]
    security_group_ids = ["sg-0a1b2c3d4e5f60718"]
  }
}
resource "aws_elb" "x" {
  availability_zones = ["ap-northeast-1a"]
  listener {
    instance_port     = 80
    instance_protocol = "http"
    lb_port           = 80
    lb_protocol       = "http"
  }
}
resource "aws_lb" "x" {
  subnets = ["subnet-0a1b2c3d4e5f60718"]
}
resource "aws_iam_account_password_policy" "x" {
}
`

// parse reads a configuration; the lines of an excerpt count, though they stand in a
// comment.
func parse(t *testing.T, text string) *hclwrite.Body {
	t.Helper()
	file, faults := hclwrite.ParseConfig([]byte(text), "x.tf", hcl.InitialPos)
	if faults.HasErrors() {
		t.Fatalf("%v\n%s", faults, text)
	}
	return file.Body()
}

// excerpts are the resources that are shown in comments.
func excerpts(text string) string {
	var lines []string
	in := false
	for line := range strings.SplitSeq(text, "\n") {
		in = in || strings.HasPrefix(line, `# resource "`)
		if in && !strings.HasPrefix(line, "#   take ") {
			lines = append(lines, strings.TrimPrefix(line, "# "))
		}
		in = in && line != "# }"
	}
	return strings.Join(lines, "\n")
}

// put lays what is shown into a resource that is there.
func put(into, from *hclwrite.Body) {
	for name, a := range from.Attributes() {
		into.SetAttributeRaw(name, a.Expr().BuildTokens(nil))
	}
	for _, block := range from.Blocks() {
		at := into.FirstMatchingBlock(block.Type(), nil)
		if at == nil {
			at = into.AppendNewBlock(block.Type(), nil)
		}
		put(at.Body(), block.Body())
	}
}

// workshop is a folder in which terraform init has found the provider.
type workshop struct {
	tf  outside.TF
	dir string
}

func newWorkshop(t *testing.T) *workshop {
	t.Helper()
	w := &workshop{tf: outside.Terraform(t), dir: t.TempDir()}
	w.write(t, "provider.tf", fmt.Sprintf("terraform {\n  required_providers {\n    aws = {\n      source  = \"hashicorp/aws\"\n      version = %q\n    }\n  }\n}\n", render.ProviderVersion))
	w.run(t, w.tf.InitArgs()...)
	return w
}

func (w *workshop) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (w *workshop) run(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), w.tf.Path, args...)
	cmd.Dir = w.dir
	cmd.Env = append(os.Environ(), "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("terraform %s: %v\n%s%s", args[0], err, out, stderr.String())
	}
	return string(out)
}

// TestRoomTerraform lets the provider validate what is printed for the things of
// rooms: what stands for itself as it is, the rest within a resource that is there.
func TestRoomTerraform(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t)
	printed := &workshop{tf: w.tf, dir: t.TempDir()}
	seen := map[string]bool{}
	for i, c := range roomtest.Samples() {
		if !c.Printed("terraform") {
			continue
		}
		text := show(t, c.Plan(roomtest.Placeholders()), "terraform")
		printed.write(t, c.Name+".tf", text)
		file := hclwrite.NewEmptyFile()
		for _, block := range parse(t, text).Blocks() {
			seen[c.Name] = true
			if c.Was != nil { // what is made is named by what depends on it
				block.SetLabels([]string{block.Labels()[0], fmt.Sprintf("r%d", i)})
			}
			file.Body().AppendBlock(block)
		}
		for j, block := range parse(t, excerpts(text)).Blocks() {
			seen[c.Name] = true
			kind := block.Labels()[0]
			base := parse(t, bases).FirstMatchingBlock("resource", []string{kind, "x"})
			if base == nil {
				t.Fatalf("there is no base for %s", kind)
			}
			put(base.Body(), block.Body())
			base.SetLabels([]string{kind, fmt.Sprintf("r%d_%d", i, j)})
			file.Body().AppendBlock(base)
		}
		if !seen[c.Name] && !strings.Contains(text, "Terraform has no argument") {
			t.Errorf("%s: nothing is shown, and nothing said:\n%s", c.Name, text)
		}
		w.write(t, c.Name+".tf", string(file.Bytes()))
	}
	printed.run(t, "fmt", "-check", "-diff", "-no-color")
	w.run(t, "validate", "-no-color")
}

// TestRoomTemplates lets cfn-lint look at what is printed for the things of rooms.
// It is no template of its own, so that what a resource must have beside is not
// asked for.
func TestRoomTemplates(t *testing.T) {
	t.Parallel()
	linter, dir := outside.CFNLint(t), t.TempDir()
	args := []string{"--format", "parseable", "--regions", roomtest.Region, "--ignore-checks", "E3003", "E3014", "E3058", "E3673", "--template"}
	for _, c := range roomtest.Samples() {
		if !c.Printed("cloudformation") {
			continue
		}
		text := show(t, c.Plan(roomtest.Placeholders()), "cloudformation")
		if !strings.Contains(text, "\nResources:\n") {
			if !strings.Contains(text, "CloudFormation cannot declare") {
				t.Errorf("%s: nothing is declared, and nothing said:\n%s", c.Name, text)
			}
			continue
		}
		file := filepath.Join(dir, c.Name+".yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	if out, err := exec.CommandContext(t.Context(), linter, args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
