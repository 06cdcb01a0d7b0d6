package aws

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// endpointVariables are the environment variables that send AWS calls elsewhere: the SDK's, and the older ones that
// the Terraform provider still reads.
var endpointVariables = regexp.MustCompile(`^(AWS_ENDPOINT_URL(_\w+)?|(TF_)?AWS_[A-Z0-9]+_ENDPOINT)$`)

// Loopback makes a provider refuse any configuration that could reach an AWS beyond this machine. It stands before
// Configure too, because destroy and refresh configure the provider from the state, without a check.
func Loopback(server pulumirpc.ResourceProviderServer) pulumirpc.ResourceProviderServer {
	return &loopback{server}
}

type loopback struct {
	pulumirpc.ResourceProviderServer
}

func (l *loopback) CheckConfig(ctx context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	config, err := plugin.UnmarshalProperties(req.GetNews(), plugin.MarshalOptions{KeepUnknowns: true})
	if err != nil {
		return nil, err
	}
	if err := onlyLoopback(os.Environ(), config); err != nil {
		return &pulumirpc.CheckResponse{
			Inputs:   req.GetNews(),
			Failures: []*pulumirpc.CheckFailure{{Reason: err.Error()}},
		}, nil
	}
	return l.ResourceProviderServer.CheckConfig(ctx, req)
}

func (l *loopback) Configure(
	ctx context.Context, req *pulumirpc.ConfigureRequest,
) (*pulumirpc.ConfigureResponse, error) {
	config, err := plugin.UnmarshalProperties(req.GetArgs(), plugin.MarshalOptions{KeepUnknowns: true})
	if err != nil {
		return nil, err
	}
	if err := onlyLoopback(os.Environ(), config); err != nil {
		return nil, status.Error(codes.FailedPrecondition, err.Error())
	}
	return l.ResourceProviderServer.Configure(ctx, req)
}

// IgnorePersonalSettings keeps the SDK off the person's own profiles and off the machine's role: either could name
// real credentials or other endpoints.
func IgnorePersonalSettings() {
	for _, name := range []string{"AWS_PROFILE", "AWS_DEFAULT_PROFILE"} {
		os.Unsetenv(name)
	}
	for _, name := range []string{"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"} {
		os.Setenv(name, os.DevNull)
	}
	os.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

// onlyLoopback returns an error unless every endpoint that the environment and the provider's configuration name is on
// this machine. AWS_ENDPOINT_URL must be among them: it holds for the services that no other setting names.
func onlyLoopback(environ []string, config resource.PropertyMap) error {
	endpoints, settings := map[string]string{}, map[string]string{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		settings[name] = value
		if endpointVariables.MatchString(name) && value != "" {
			endpoints[name] = value
		}
	}
	collect(endpoints, "aws:endpoints", config["endpoints"])

	if endpoints["AWS_ENDPOINT_URL"] == "" {
		return refusal("AWS_ENDPOINT_URL is not set")
	}
	if strings.EqualFold(settings["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"], "true") {
		return refusal("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is set")
	}
	for _, key := range []resource.PropertyKey{"profile", "sharedConfigFiles"} {
		if v, ok := config[key]; ok && !v.IsNull() {
			return refusal(fmt.Sprintf("aws:%s is set", key))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(endpoints)) {
		if !isLoopback(endpoints[name]) {
			return refusal(fmt.Sprintf("%s is %s", name, endpoints[name]))
		}
	}
	return nil
}

func refusal(why string) error {
	return fmt.Errorf("this aws provider is a cut-down local build that works with an AWS on this machine only, "+
		"but %s; for a real account, use the official provider", why)
}

// collect adds the strings in a configuration value, which the engine may send as JSON.
func collect(endpoints map[string]string, where string, value resource.PropertyValue) {
	switch {
	case value.IsSecret():
		collect(endpoints, where, value.SecretValue().Element)
	case value.IsComputed(), value.IsOutput():
		endpoints[where] = "not known yet"
	case value.IsArray():
		for i, element := range value.ArrayValue() {
			collect(endpoints, fmt.Sprintf("%s[%d]", where, i), element)
		}
	case value.IsObject():
		for key, element := range value.ObjectValue() {
			collect(endpoints, where+"."+string(key), element)
		}
	case value.IsString():
		text := value.StringValue()
		var decoded any
		if strings.ContainsAny(text, "[{") && json.Unmarshal([]byte(text), &decoded) == nil {
			collect(endpoints, where, resource.NewPropertyValue(decoded))
		} else if text != "" {
			endpoints[where] = text
		}
	}
}

func isLoopback(endpoint string) bool {
	u, err := url.Parse(endpoint)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || (ip != nil && ip.IsLoopback())
}
