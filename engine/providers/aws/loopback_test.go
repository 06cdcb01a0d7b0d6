package aws

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
)

func TestOnlyLoopback(t *testing.T) {
	value := resource.NewPropertyValue
	const local = "AWS_ENDPOINT_URL=http://127.0.0.1:5000"
	for _, test := range []struct {
		name    string
		environ []string
		config  resource.PropertyMap
		refused string // part of the message; empty when it is allowed
	}{
		{"IPv4", []string{local}, nil, ""},
		{"all of 127/8", []string{"AWS_ENDPOINT_URL=http://127.1.2.3:5000"}, nil, ""},
		{"IPv6", []string{"AWS_ENDPOINT_URL=http://[::1]:5000"}, nil, ""},
		{"by name", []string{"AWS_ENDPOINT_URL=https://localhost:5000/path"}, nil, ""},
		{"other variables", []string{local, "AWS_USE_FIPS_ENDPOINT=true", "AWS_EC2_METADATA_SERVICE_ENDPOINT=http://169.254.169.254",
			"AWS_ENDPOINT_URL_S3="}, nil, ""},
		{"endpoints beside", []string{local}, resource.PropertyMap{
			"endpoints": value([]any{map[string]any{"s3": "http://localhost:1", "iam": ""}})}, ""},
		{"nothing set", nil, nil, "AWS_ENDPOINT_URL is not set"},
		{"empty", []string{"AWS_ENDPOINT_URL="}, nil, "AWS_ENDPOINT_URL is not set"},
		{"one service only", []string{"AWS_ENDPOINT_URL_S3=http://127.0.0.1:1"}, nil, "AWS_ENDPOINT_URL is not set"},
		{"endpoints only", nil, resource.PropertyMap{"endpoints": value([]any{map[string]any{"s3": "http://localhost:1"}})},
			"AWS_ENDPOINT_URL is not set"},
		{"elsewhere", []string{"AWS_ENDPOINT_URL=http://203.0.113.1"}, nil, "http://203.0.113.1"},
		{"a host that begins alike", []string{"AWS_ENDPOINT_URL=http://127.0.0.1.example.com"}, nil, "example.com"},
		{"a user that looks local", []string{"AWS_ENDPOINT_URL=http://localhost:1@example.com"}, nil, "example.com"},
		{"any interface", []string{"AWS_ENDPOINT_URL=http://0.0.0.0:1"}, nil, "0.0.0.0"},
		{"no scheme", []string{"AWS_ENDPOINT_URL=localhost:1"}, nil, "localhost:1"},
		{"one service elsewhere", []string{local, "AWS_ENDPOINT_URL_STS=https://sts.amazonaws.com"}, nil, "AWS_ENDPOINT_URL_STS"},
		{"an older variable", []string{local, "TF_AWS_IAM_ENDPOINT=https://iam.amazonaws.com"}, nil, "TF_AWS_IAM_ENDPOINT"},
		{"endpoints ignored", []string{local, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=TRUE"}, nil, "AWS_IGNORE"},
		{"one endpoint elsewhere", []string{local}, resource.PropertyMap{
			"endpoints": value([]any{map[string]any{"s3": "http://localhost:1", "ec2": "https://ec2.amazonaws.com"}})}, "ec2.amazonaws.com"},
		{"as the engine sends it", []string{local}, resource.PropertyMap{
			"endpoints": value(`[{"ec2":"https://ec2.amazonaws.com"}]`)}, "aws:endpoints[0].ec2"},
		{"secret", []string{local}, resource.PropertyMap{
			"endpoints": resource.MakeSecret(value([]any{map[string]any{"s3": "http://example.com"}}))}, "example.com"},
		{"unknown", []string{local}, resource.PropertyMap{"endpoints": resource.MakeComputed(value(""))}, "not known"},
		{"a profile", []string{local}, resource.PropertyMap{"profile": value("prod")}, "aws:profile"},
		{"a shared file", []string{local}, resource.PropertyMap{"sharedConfigFiles": value([]any{"f"})}, "aws:sharedConfigFiles"},
	} {
		err := onlyLoopback(test.environ, test.config)
		switch {
		case test.refused == "" && err != nil:
			t.Errorf("%s: %v", test.name, err)
		case test.refused != "" && (err == nil || !strings.Contains(err.Error(), test.refused)):
			t.Errorf("%s: %v does not say %q", test.name, err, test.refused)
		case err != nil && (strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "official provider")):
			t.Errorf("%s: not one clear line: %v", test.name, err)
		}
	}
}

// server remembers that it was asked.
type server struct {
	pulumirpc.UnimplementedResourceProviderServer
	asked bool
}

func (s *server) Configure(context.Context, *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	s.asked = true
	return &pulumirpc.ConfigureResponse{}, nil
}

func (s *server) CheckConfig(context.Context, *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	s.asked = true
	return &pulumirpc.CheckResponse{}, nil
}

func TestLoopbackStandsBeforeTheProvider(t *testing.T) {
	config, err := plugin.MarshalProperties(resource.PropertyMap{"region": resource.NewPropertyValue("us-west-2")}, plugin.MarshalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for endpoint, allowed := range map[string]bool{"http://127.0.0.1:1": true, "http://203.0.113.1": false} {
		t.Setenv("AWS_ENDPOINT_URL", endpoint)
		for call, try := range map[string]func(pulumirpc.ResourceProviderServer) bool{
			"Configure":   func(s pulumirpc.ResourceProviderServer) bool { return configures(s, config) },
			"CheckConfig": func(s pulumirpc.ResourceProviderServer) bool { return checks(s, config) },
		} {
			inner := &server{}
			if try(Loopback(inner)) != allowed || inner.asked != allowed {
				t.Errorf("%s with %s: allowed must be %t", call, endpoint, allowed)
			}
		}
	}
}

func configures(s pulumirpc.ResourceProviderServer, config *structpb.Struct) bool {
	_, err := s.Configure(context.Background(), &pulumirpc.ConfigureRequest{Args: config})
	return err == nil
}

func checks(s pulumirpc.ResourceProviderServer, config *structpb.Struct) bool {
	res, err := s.CheckConfig(context.Background(), &pulumirpc.CheckRequest{News: config})
	return err == nil && len(res.Failures) == 0
}

func TestIgnorePersonalSettings(t *testing.T) {
	for _, name := range []string{"AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_EC2_METADATA_DISABLED"} {
		t.Setenv(name, "mine")
	}
	IgnorePersonalSettings()
	if os.Getenv("AWS_PROFILE") != "" || os.Getenv("AWS_CONFIG_FILE") != os.DevNull ||
		os.Getenv("AWS_SHARED_CREDENTIALS_FILE") != os.DevNull || os.Getenv("AWS_EC2_METADATA_DISABLED") != "true" {
		t.Error("the person's AWS settings are still read")
	}
}
