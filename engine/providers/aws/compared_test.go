package aws

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
)

// comparing finds what it is told to, and counts how often it is asked.
type comparing struct {
	pulumirpc.UnimplementedResourceProviderServer
	found *pulumirpc.DiffResponse
	err   error
	asked int
}

func (c *comparing) Configure(context.Context, *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	return &pulumirpc.ConfigureResponse{}, nil
}

func (c *comparing) Diff(context.Context, *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	c.asked++
	return c.found, c.err
}

type run struct{ file, build, region string }

// diff asks in a new process, so to say, and says whether the comparison was made.
func (r run) diff(t *testing.T, provider *comparing, req *pulumirpc.DiffRequest) bool {
	t.Helper()
	ctx, before := context.Background(), provider.asked
	server := RememberUnchanged(provider, r.file, r.build)
	args := &structpb.Struct{Fields: map[string]*structpb.Value{"region": structpb.NewStringValue(r.region)}}
	if _, err := server.Configure(ctx, &pulumirpc.ConfigureRequest{Args: args}); err != nil {
		t.Fatal(err)
	}
	response, err := server.Diff(ctx, req)
	if !errors.Is(err, provider.err) || response.GetChanges() != provider.found.GetChanges() {
		t.Errorf("Diff() = %v, %v", response, err)
	}
	return provider.asked > before
}

func request(change func(*pulumirpc.DiffRequest)) *pulumirpc.DiffRequest {
	properties := func() *structpb.Struct {
		return &structpb.Struct{Fields: map[string]*structpb.Value{
			"a": structpb.NewStringValue("1"), "b": structpb.NewStringValue("2"), "c": structpb.NewNullValue()}}
	}
	req := &pulumirpc.DiffRequest{
		Id: "id", Urn: "urn", Name: "name", Type: "type",
		Olds: properties(), News: properties(), OldInputs: properties(), IgnoreChanges: []string{"c"},
	}
	change(req)
	return req
}

func TestComparisonThatFoundNothingIsNotMadeAgain(t *testing.T) {
	same := func(*pulumirpc.DiffRequest) {}
	first := run{filepath.Join(t.TempDir(), "compared"), "1", "us-west-2"}
	provider := &comparing{found: &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}}
	if !first.diff(t, provider, request(same)) {
		t.Error("the first comparison is not made")
	}
	if first.diff(t, provider, request(same)) {
		t.Error("the same comparison is made again")
	}

	for name, change := range map[string]func(*pulumirpc.DiffRequest){
		"id":            func(r *pulumirpc.DiffRequest) { r.Id = "2" },
		"urn":           func(r *pulumirpc.DiffRequest) { r.Urn = "2" },
		"state":         func(r *pulumirpc.DiffRequest) { r.Olds.Fields["a"] = structpb.NewStringValue("2") },
		"inputs":        func(r *pulumirpc.DiffRequest) { r.News.Fields["a"] = structpb.NewStringValue("2") },
		"old inputs":    func(r *pulumirpc.DiffRequest) { r.OldInputs.Fields["a"] = structpb.NewStringValue("2") },
		"a type":        func(r *pulumirpc.DiffRequest) { r.News.Fields["a"] = structpb.NewNumberValue(1) },
		"a null":        func(r *pulumirpc.DiffRequest) { delete(r.News.Fields, "c") },
		"ignoreChanges": func(r *pulumirpc.DiffRequest) { r.IgnoreChanges = nil },
	} {
		if !first.diff(t, provider, request(change)) {
			t.Errorf("another %s is not compared", name)
		}
	}
	if !(run{first.file, "2", first.region}).diff(t, provider, request(same)) {
		t.Error("another build makes no comparison")
	}
	if !(run{first.file, first.build, "us-east-1"}).diff(t, provider, request(same)) {
		t.Error("with another configuration no comparison is made")
	}
	if info, err := os.Stat(first.file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the file: %v, %v", info, err)
	}
}

func TestOtherComparisonsAreMadeAgain(t *testing.T) {
	same := func(*pulumirpc.DiffRequest) {}
	folder := t.TempDir()
	unchanged := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}
	for name, test := range map[string]struct {
		provider *comparing
		file     string
	}{
		"a change":             {&comparing{found: &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_SOME}}, "change"},
		"a change that may be": {&comparing{found: &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_UNKNOWN}}, "may be"},
		"an error":             {&comparing{err: errors.New("no")}, "error"},
		"no file":              {&comparing{found: unchanged}, filepath.Join("no", "folder")},
	} {
		r := run{filepath.Join(folder, test.file), "1", "us-west-2"}
		for range 2 {
			if !r.diff(t, test.provider, request(same)) {
				t.Errorf("%s: the comparison is not made", name)
			}
		}
	}
}
