// pulumi-resource-aws for an AWS emulator on this machine: the Terraform AWS provider (a slimmed copy of its source),
// bridged as @pulumi/aws knows it. A module of its own, so that the others are tested without that copy.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/hashicorp/terraform-provider-aws/xpprovider"
	pftfbridge "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/info"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfgen"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/x/muxer"
	"github.com/pulumi/pulumi-terraform-bridge/v3/unstable/metadata"
	"github.com/pulumi/pulumi/pkg/v3/resource/provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"dse/engine/providers"
	"dse/engine/providers/aws"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-resource-aws:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	option := ""
	if len(args) == 1 {
		option = args[0]
	}
	if option == "--version" || option == "--help" || option == "-h" {
		fmt.Println(aws.About())
		return nil
	}
	providers.ExitWithEngine(args)
	aws.IgnorePersonalSettings()

	ctx := context.Background()
	bridged, err := bridge(ctx)
	if err != nil {
		return err
	}
	makeSchema := func() ([]byte, error) { return schemaOf(bridged) }
	if option == "--schema" {
		schema, err := makeSchema()
		if err != nil {
			return err
		}
		_, err = os.Stdout.Write(schema)
		return err
	}
	notYet := []byte("{}")
	serve := pftfbridge.MakeMuxedServer(ctx, "aws", bridged, notYet)
	return provider.Main("aws", func(host *provider.HostClient) (pulumirpc.ResourceProviderServer, error) {
		server, err := serve(host)
		if err != nil {
			return nil, err
		}
		return aws.Loopback(remember(aws.SchemaWhenAsked(server, makeSchema))), nil
	})
}

// remember keeps, in the file that the local AWS names, what has not changed. A build is told from another by its file.
func remember(server pulumirpc.ResourceProviderServer) pulumirpc.ResourceProviderServer {
	file := os.Getenv("LOCAL_AWS_COMPARED")
	binary, err := os.Executable()
	if file == "" || err != nil {
		return server
	}
	built, err := os.Stat(binary)
	if err != nil {
		return server
	}
	return aws.RememberUnchanged(server, file, fmt.Sprint(binary, built.Size(), built.ModTime().UnixNano()))
}

// bridge joins the provider's two halves (plugin SDK and plugin framework) and describes the whole.
func bridge(ctx context.Context) (tfbridge.ProviderInfo, error) {
	framework, sdk, err := xpprovider.GetProvider(ctx)
	if err != nil {
		return tfbridge.ProviderInfo{}, err
	}
	planned := shimv2.WithPlanResourceChange(func(string) bool { return true })
	bridged, err := aws.Info(pftfbridge.MuxShimWithPF(ctx, shimv2.NewProvider(sdk, planned), framework))
	if err != nil {
		return bridged, err
	}
	// Which half serves which token; the official provider computes it when it is released.
	muxed := bridged.P.(interface {
		ResolveDispatch(*info.Provider) (muxer.DispatchTable, error)
	})
	dispatch, err := muxed.ResolveDispatch(&bridged)
	if err != nil {
		return bridged, err
	}
	return bridged, metadata.Set(bridged.GetMetadata(), "mux", dispatch)
}

func schemaOf(bridged tfbridge.ProviderInfo) ([]byte, error) {
	quiet := diag.DefaultSink(io.Discard, io.Discard, diag.FormatOptions{Color: colors.Never})
	schema, err := tfgen.GenerateSchema(bridged, quiet)
	if err != nil {
		return nil, err
	}
	return json.Marshal(schema)
}
