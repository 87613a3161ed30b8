package outside_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/outside"
)

// call sends a request to moto's API Gateway and returns the status and the decoded answer. moto reads the
// service and Region from the signature's scope and does not check the signature.
func call(t *testing.T, method, path string, body any) (int, map[string]any) {
	t.Helper()
	payload, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, outside.Moto(t)+path, bytes.NewReader(payload))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization",
		"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/apigateway/aws4_request, SignedHeaders=host, Signature=0")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	answer := map[string]any{}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &answer); err != nil {
			t.Fatalf("%s %s: %v in %q", method, path, err, raw)
		}
	}
	return resp.StatusCode, answer
}

func wantSame(t *testing.T, what string, got, want any) {
	t.Helper()
	g, _ := json.Marshal(got)
	w, _ := json.Marshal(want)
	if !bytes.Equal(g, w) {
		t.Errorf("%s\n got %s\nwant %s", what, g, w)
	}
}

func TestMotoRESTStageBehavesLikeAWS(t *testing.T) {
	_, api := call(t, "POST", "/restapis", map[string]any{"name": "orders"})
	stages := "/restapis/" + api["id"].(string) + "/stages"
	call(t, "POST", stages, map[string]any{"stageName": "prod", "deploymentId": "d1"})
	patch := func(op, path, value string) map[string]any {
		t.Helper()
		status, stage := call(t, "PATCH", stages+"/prod", map[string]any{
			"patchOperations": []any{map[string]string{"op": op, "path": path, "value": value}},
		})
		if status != http.StatusOK {
			t.Fatalf("%s %s: status %d", op, path, status)
		}
		return stage
	}
	setting := func(stage map[string]any, key string) map[string]any {
		s, _ := stage["methodSettings"].(map[string]any)[key].(map[string]any)
		return s
	}

	stage := patch("replace", "/*/*/caching/enabled", "true")
	wantSame(t, "a new setting is not encrypted", setting(stage, "*/*")["cacheDataEncrypted"], false)
	wantSame(t, "and caches as patched", setting(stage, "*/*")["cachingEnabled"], true)
	if _, present := setting(stage, "*/*")["loggingLevel"]; present {
		t.Error("a new setting shows a loggingLevel")
	}
	stage = patch("replace", "/~1x~1{id}/GET/logging/loglevel", "INFO")
	wantSame(t, "the key is kept as written", setting(stage, "~1x~1{id}/GET")["loggingLevel"], "INFO")
	stage = patch("replace", "/~1x~1{id}/GET/logging/loglevel", "OFF")
	if _, present := setting(stage, "~1x~1{id}/GET")["loggingLevel"]; present {
		t.Error("loggingLevel is shown although logging is off")
	}

	if _, present := stage["clientCertificateId"]; present {
		t.Error("a stage without a certificate shows one")
	}
	stage = patch("replace", "/clientCertificateId", "abc123")
	wantSame(t, "certificate", stage["clientCertificateId"], "abc123")
	stage = patch("remove", "/clientCertificateId", "")
	if _, present := stage["clientCertificateId"]; present {
		t.Error("a removed certificate is still shown")
	}
}

func TestMotoV2StageBehavesLikeAWS(t *testing.T) {
	cases := []struct {
		protocol string
		created  any // defaultRouteSettings right after CreateStage
		logging  int // status of an UpdateStage that sets loggingLevel INFO
		after    any // defaultRouteSettings after it
	}{
		{
			"HTTP",
			map[string]any{"detailedMetricsEnabled": false},
			http.StatusBadRequest,
			map[string]any{"detailedMetricsEnabled": false},
		},
		{
			"WEBSOCKET",
			map[string]any{"dataTraceEnabled": false, "detailedMetricsEnabled": false, "loggingLevel": "OFF"},
			http.StatusOK,
			map[string]any{"dataTraceEnabled": false, "detailedMetricsEnabled": false, "loggingLevel": "INFO"},
		},
	}
	for _, c := range cases {
		t.Run(c.protocol, func(t *testing.T) {
			_, api := call(t, "POST", "/v2/apis", map[string]any{"name": "chat", "protocolType": c.protocol})
			stages := "/v2/apis/" + api["apiId"].(string) + "/stages"
			_, stage := call(t, "POST", stages, map[string]any{"stageName": "$default"})
			wantSame(t, "created", stage["defaultRouteSettings"], c.created)

			path := stages + "/" + url.PathEscape("$default")
			status, _ := call(t, "PATCH", path, map[string]any{"defaultRouteSettings": map[string]any{"loggingLevel": "INFO"}})
			wantSame(t, "status of setting loggingLevel", status, c.logging)

			logs := map[string]any{"destinationArn": "arn:aws:logs:us-east-1:123456789012:log-group:x", "format": "$context.requestId"}
			_, stage = call(t, "PATCH", path, map[string]any{"accessLogSettings": logs})
			wantSame(t, "access logs", stage["accessLogSettings"], logs)
			wantSame(t, "an update keeps what it does not name", stage["defaultRouteSettings"], c.after)

			status, _ = call(t, "DELETE", path+"/accesslogsettings", nil)
			wantSame(t, "status of DeleteAccessLogSettings", status, http.StatusNoContent)
			_, stage = call(t, "GET", path, nil)
			if _, present := stage["accessLogSettings"]; present {
				t.Error("deleted access logs are still shown")
			}
		})
	}
}

func TestMotoResetEmptiesAndSeedRepeats(t *testing.T) {
	ids := make([]any, 2)
	for i := range ids {
		outside.MotoReset(t)
		outside.MotoSeed(t, 7)
		_, all := call(t, "GET", "/v2/apis", nil)
		wantSame(t, "APIs after a reset", all["items"], []any{})
		_, api := call(t, "POST", "/v2/apis", map[string]any{"name": "chat", "protocolType": "HTTP"})
		ids[i] = api["apiId"]
	}
	wantSame(t, "the same seed gives the same id", ids[0], ids[1])
}

// TestMotoSurvivesCollection guards the pipe that keeps the server alive.
func TestMotoSurvivesCollection(t *testing.T) {
	outside.Moto(t)
	for range 3 {
		runtime.GC()
	}
	if status, _ := call(t, "GET", "/v2/apis", nil); status != http.StatusOK {
		t.Errorf("status %d after garbage collection", status)
	}
}

// TestMotoEndsWithItsTestBinary kills a test binary that started moto, as an impatient person would.
func TestMotoEndsWithItsTestBinary(t *testing.T) {
	if os.Getenv("KUMOBAN_OUTSIDE_CHILD") == "yes" {
		os.Stdout.WriteString(outside.Moto(t) + "\n")
		time.Sleep(time.Minute)
		return
	}
	outside.Python(t)
	cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "KUMOBAN_OUTSIDE_CHILD=yes")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	endpoint, err := url.Parse(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	for range 100 {
		conn, err := net.Dial("tcp", endpoint.Host)
		if err != nil {
			return
		}
		conn.Close()
		time.Sleep(100 * time.Millisecond)
	}
	t.Error("moto still listens 10 s after the process that started it was killed")
}

// TestAMissingProgramIsNotSilent runs a test with nothing on PATH.
func TestAMissingProgramIsNotSilent(t *testing.T) {
	if os.Getenv("KUMOBAN_OUTSIDE_CHILD") == "yes" {
		outside.AWSCLI(t)
		return
	}
	record := filepath.Join(t.TempDir(), "missing")
	child := func(ci string, more ...string) (string, error) {
		cmd := exec.Command(os.Args[0], "-test.v", "-test.run", "^"+t.Name()+"$")
		cmd.Env = []string{"PATH=/nonexistent", "KUMOBAN_OUTSIDE_CHILD=yes", "KUMOBAN_MISSING_PROOFS=" + record, "CI=" + ci}
		cmd.Env = append(cmd.Env, more...)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	const sentence = "aws is not on PATH; install the AWS CLI"

	out, err := child("true")
	if err == nil || !strings.Contains(out, sentence) {
		t.Errorf("with CI=true: err %v, output:\n%s", err, out)
	}
	out, err = child("")
	if err != nil || !strings.Contains(out, "--- SKIP") || !strings.Contains(out, "NOT PROVED: "+t.Name()+": "+sentence) {
		t.Errorf("without CI: err %v, output:\n%s", err, out)
	}
	got, err := os.ReadFile(record)
	if want := "NOT PROVED: " + t.Name() + ": " + sentence + "\n"; err != nil || string(got) != want {
		t.Errorf("record %q, %v; want %q", got, err, want)
	}

	out, err = child("", "KUMOBAN_OUTSIDE=no")
	if err != nil || !strings.Contains(out, "--- SKIP") || !strings.Contains(out, "left out: KUMOBAN_OUTSIDE=no") || strings.Contains(out, sentence) {
		t.Errorf("with KUMOBAN_OUTSIDE=no: err %v, output:\n%s", err, out)
	}
	if out, err = child("true", "KUMOBAN_OUTSIDE=no"); err == nil || !strings.Contains(out, sentence) {
		t.Errorf("with KUMOBAN_OUTSIDE=no and CI=true: err %v, output:\n%s", err, out)
	}
}

func TestTerraformReachesTheProvider(t *testing.T) {
	tf := outside.Terraform(t)
	if out, err := exec.Command(tf.Path, "version").CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func TestProgramsAnswer(t *testing.T) {
	for name, path := range map[string]string{"aws": outside.AWSCLI(t), "cfn-lint": outside.CFNLint(t)} {
		if !filepath.IsAbs(path) {
			t.Errorf("%s: %q is not absolute", name, path)
		}
	}
}

// TestAWSIsTheCommand: what stands in for the aws command is given arguments,
// environment, folder, files and exit code as the command itself is.
func TestAWSIsTheCommand(t *testing.T) {
	path := outside.AWSCLI(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "config"), []byte("[profile sato]\nregion = ap-northeast-3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(stdin string, args ...string) (stdout, stderr string, code int) {
		cmd := exec.CommandContext(t.Context(), path, args...)
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(stdin)
		cmd.Env = []string{"AWS_CONFIG_FILE=config", "AWS_PROFILE=sato", "HOME=" + dir, "PATH=" + os.Getenv("PATH")}
		var out, said strings.Builder
		cmd.Stdout, cmd.Stderr = &out, &said
		err := cmd.Run()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		return out.String(), said.String(), cmd.ProcessState.ExitCode()
	}
	if out, _, code := run("", "--version"); !strings.HasPrefix(out, "aws-cli/") || code != 0 {
		t.Errorf("version: %q, exit code %d", out, code)
	}
	if out, said, code := run("", "configure", "get", "region"); out != "ap-northeast-3\n" || code != 0 {
		t.Errorf("environment and folder: %q, %q, exit code %d", out, said, code)
	}
	if _, said, code := run("", "sqs", "--color"); !strings.Contains(said, "expected one argument") || code == 0 {
		t.Errorf("bad arguments: %q, exit code %d", said, code)
	}
	if out, said, code := run("AKIAIOSFODNN7EXAMPLE\nsecret\n雲番\n\n", "configure"); !strings.Contains(out, "AWS Access Key ID") || code != 0 {
		t.Errorf("standard input: %q, %q, exit code %d", out, said, code)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "config")); err != nil || !strings.Contains(string(got), "雲番") {
		t.Errorf("what was typed: %q, %v", got, err)
	}
}
