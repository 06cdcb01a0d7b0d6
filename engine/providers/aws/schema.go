package aws

import (
	"context"
	"sync"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// SchemaWhenAsked makes the schema for whoever asks for it, once. No deployment does, and making it takes nine tenths of
// the provider's start. The official provider has it from its release.
func SchemaWhenAsked(
	server pulumirpc.ResourceProviderServer, make func() ([]byte, error),
) pulumirpc.ResourceProviderServer {
	return &schemaWhenAsked{server, sync.OnceValues(make)}
}

type schemaWhenAsked struct {
	pulumirpc.ResourceProviderServer
	schema func() ([]byte, error)
}

func (s *schemaWhenAsked) GetSchema(context.Context, *pulumirpc.GetSchemaRequest) (*pulumirpc.GetSchemaResponse, error) {
	schema, err := s.schema()
	return &pulumirpc.GetSchemaResponse{Schema: string(schema)}, err
}
