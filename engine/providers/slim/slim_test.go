package slim

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const goMod = `module github.com/hashicorp/terraform-provider-aws

go 1.25.7

godebug tlsmlkem=0

require (
	github.com/aws/aws-sdk-go-v2/service/batch v1.60.1
	github.com/aws/aws-sdk-go-v2/service/lambda v1.0.0
	github.com/hashicorp/go-cty v1.5.0
)

require github.com/other/indirect v1.0.0 // indirect
`

// A provider in small: batch is wanted and imports iam; lambda is neither.
var sources = map[string]string{
	"go.mod":                   goMod,
	"main.go":                  "package main\n",
	"xpprovider/xpprovider.go": "package xpprovider\n\nimport (\n\t_ \"" + Module + "/internal/provider/sdkv2\"\n\t_ \"" + Module + "/names/data\"\n)\n",
	"names/data/read.go":       "package data\n\nimport _ \"embed\"\n\n//go:embed names_data.hcl\nvar b []byte\n",
	namesFile: `# Each service by its package.

service "batch" {
  names {
    human_friendly = "Batch"
  }
}

service "lambda" {
  names {
    human_friendly = "Lambda"
  }
  brand = "AWS"
}

service "iam" {
}
`,
	"internal/embed.go": "package internal\n\nimport \"embed\"\n\n//go:embed service/*/x.hcl\nvar fs embed.FS\n",
	serviceList: `package sdkv2

import (
	"context"

	"` + Module + `/internal"
	"` + Module + `/internal/conns"
	"` + Module + `/internal/service/batch"
	"` + Module + `/internal/service/iam"
	tflambda "` + Module + `/internal/service/lambda"
)

func servicePackages(ctx context.Context) []conns.ServicePackage {
	v := []conns.ServicePackage{
		batch.ServicePackage(ctx),
		iam.ServicePackage(ctx),
		tflambda.ServicePackage(ctx),
	}
	return v
}
`,
	clientList: `package conns

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/batch"
	lambda_sdkv2 "github.com/aws/aws-sdk-go-v2/service/lambda"
)

func (c *AWSClient) BatchClient(ctx context.Context) *batch.Client {
	return errs.Must(client[*batch.Client](ctx, c))
}

func (c *AWSClient) LambdaClient(ctx context.Context) *lambda_sdkv2.Client {
	return errs.Must(client[*lambda_sdkv2.Client](ctx, c))
}
`,
	backoffFile: `package backoff

func (d *compatible) Next(n uint) time.Duration {
	if n == 0 {
		return d.initialDelay
	}
	delay := d.delay * 2
	d.delay = delay

	return delay
}
`,
	"internal/service/batch/queue.go": `package batch

import (
	_ "github.com/aws/aws-sdk-go-v2/service/batch/types"
	_ "github.com/hashicorp/go-cty/cty"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/retry"
	_ "` + Module + `/internal/backoff"
	_ "` + Module + `/internal/service/iam"
)

var conf = retry.StateChangeConf{
	Delay:      10 * time.Second,
	MinTimeout: minTimeout,
	Timeout:    5 * time.Minute,
}
`,
	"internal/service/batch/queue_test.go": "package batch\n\nimport _ \"" + Module + "/internal/service/lambda\"\n",
	"internal/service/batch/x.hcl":         "x",
	"internal/service/iam/role.go":         "package iam\n\nvar conf = StateChangeConf{\n\tDelay: 10 * time.Second,\n}\n",
	"internal/service/lambda/function.go":  "package lambda\n",
}

// module writes a module's files as they are in the module cache.
func module(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o444); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func slimmed(t *testing.T) (string, Report) {
	t.Helper()
	src, dst := module(t, sources), t.TempDir()
	report, err := Copy(src, dst, []string{"batch"})
	if err != nil {
		t.Fatal(err)
	}
	return dst, report
}

func read(t *testing.T, dst, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dst, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestCopyKeepsWhatIsNeeded(t *testing.T) {
	dst, report := slimmed(t)
	if want := []string{"batch", "iam"}; !slices.Equal(report.Services, want) {
		t.Errorf("services %q, want %q", report.Services, want)
	}
	for _, name := range []string{"main.go", "internal/service/lambda", "internal/service/batch/queue_test.go"} {
		if _, err := os.Stat(filepath.Join(dst, name)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is there: %v", name, err)
		}
	}
	if read(t, dst, "internal/service/batch/x.hcl") != "x" {
		t.Error("an embedded file is missing")
	}
}

func TestCopyEditsTheLists(t *testing.T) {
	dst, _ := slimmed(t)
	list := read(t, dst, serviceList)
	if strings.Contains(list, "lambda") || !strings.Contains(list, "\t\tiam.ServicePackage(ctx),\n\t}\n") {
		t.Errorf("the list of services:\n%s", list)
	}
	clients := read(t, dst, clientList)
	if strings.Contains(clients, "ambda") || !strings.Contains(clients, "BatchClient") {
		t.Errorf("the clients:\n%s", clients)
	}
	want := "# Each service by its package.\n\nservice \"batch\" {\n  names {\n    human_friendly = \"Batch\"\n  }\n}\n\nservice \"iam\" {\n}\n"
	if names := read(t, dst, namesFile); names != want {
		t.Errorf("the names:\n%s", names)
	}
}

func TestCopyShortensWaits(t *testing.T) {
	dst, report := slimmed(t)
	queue := read(t, dst, "internal/service/batch/queue.go")
	for _, want := range []string{"(10 * time.Second) / 100,", "(minTimeout) / 100,", "5 * time.Minute,"} {
		if !strings.Contains(queue, want) {
			t.Errorf("no %q in:\n%s", want, queue)
		}
	}
	if strings.Contains(read(t, dst, "internal/service/iam/role.go"), "/ 100") {
		t.Error("a wait that goes through internal/backoff is shortened twice")
	}
	backoff := read(t, dst, backoffFile)
	for _, want := range []string{"return d.initialDelay / 100\n", "d.delay = delay\n", "return delay / 100\n"} {
		if !strings.Contains(backoff, want) {
			t.Errorf("no %q in:\n%s", want, backoff)
		}
	}
	if report.Waits != 4 {
		t.Errorf("%d waits, want 4", report.Waits)
	}
}

func TestCopyKeepsRequirementsThatAreImported(t *testing.T) {
	dst, _ := slimmed(t)
	mod := read(t, dst, "go.mod")
	for _, gone := range []string{"lambda", "indirect"} {
		if strings.Contains(mod, gone) {
			t.Errorf("%s is required:\n%s", gone, mod)
		}
	}
	for _, kept := range []string{"service/batch v1.60.1", "go-cty v1.5.0", "godebug tlsmlkem=0"} {
		if !strings.Contains(mod, kept) {
			t.Errorf("no %s in:\n%s", kept, mod)
		}
	}
}

func TestCopyRefusesWhatItDoesNotKnow(t *testing.T) {
	src, _ := slimmed(t)
	if _, err := Copy(src, t.TempDir(), []string{"nope"}); err == nil || !strings.Contains(err.Error(), "nope") {
		t.Errorf("an unknown service: %v", err)
	}
	if _, err := keepServices("package sdkv2\n", nil); !errors.Is(err, errNoMatch) {
		t.Errorf("another form of the list: %v", err)
	}
	if _, err := keepNames("services {}\n", nil); !errors.Is(err, errNoMatch) {
		t.Errorf("another form of the names: %v", err)
	}
	if _, _, err := shortenBackoff("package backoff\n"); !errors.Is(err, errNoMatch) {
		t.Errorf("another form of the waits: %v", err)
	}
}
