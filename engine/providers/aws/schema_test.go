package aws

import (
	"context"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func TestSchemaIsMadeWhenAskedAndOnce(t *testing.T) {
	made := 0
	server := SchemaWhenAsked(pulumirpc.UnimplementedResourceProviderServer{}, func() ([]byte, error) {
		made++
		return []byte(`{"name":"aws"}`), nil
	})
	if made != 0 {
		t.Error("the schema is made before anyone asks for it")
	}
	for range 2 {
		response, err := server.GetSchema(context.Background(), &pulumirpc.GetSchemaRequest{})
		if err != nil || response.GetSchema() != `{"name":"aws"}` {
			t.Errorf("GetSchema() = %v, %v", response, err)
		}
	}
	if made != 1 {
		t.Errorf("the schema was made %d times", made)
	}
}
