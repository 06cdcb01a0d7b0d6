package main

import (
	"errors"
	"fmt"
	"os/exec"

	"github.com/pulumi/pulumi/sdk/v3"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// RunPlugin runs a policy pack. The SDK's proxy stands before it: a pack reads the stack from its environment, so it
// can only start when the engine has sent the stack's configuration.
func (h *host) RunPlugin(
	req *pulumirpc.RunPluginRequest, stream grpc.ServerStreamingServer[pulumirpc.RunPluginResponse],
) error {
	if req.Kind != "analyzer" {
		return fmt.Errorf("this engine runs no Node.js plugins of kind %q, policy packs only", req.Kind)
	}
	ctx := stream.Context()
	streams, stdout, stderr, err := rpcutil.MakeRunPluginStreams(stream, false)
	if err != nil {
		return err
	}
	defer streams.Close()
	proxy, packStdout, err := sdk.NewPolicyProxy(ctx, stdout)
	if err != nil {
		return err
	}
	stack, err := proxy.AwaitConfiguration(ctx)
	if err != nil {
		return err
	}
	cmd, err := nodeCommand(ctx, req.Info, policyRunner, append(req.Args, "."))
	if err != nil {
		return err
	}
	env, err := policyEnv(stack)
	if err != nil {
		return err
	}
	cmd.Env = append(append(cmd.Env, req.Env...), env...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = req.Info.GetProgramDirectory(), packStdout, stderr
	done, err := h.start(cmd)
	if err != nil {
		return err
	}
	defer done()
	err = proxy.Attach(ctx, cmd)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return stream.Send(&pulumirpc.RunPluginResponse{
			Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: int32(exit.ExitCode())},
		})
	}
	return err
}

// policyEnv tells a pack which stack it checks; there is none when a pack is only asked what it holds.
func policyEnv(stack *pulumirpc.AnalyzerStackConfigureRequest) ([]string, error) {
	if stack == nil {
		return nil, nil
	}
	env, err := configEnv(stack.Config, stack.ConfigSecretKeys)
	if err != nil {
		return nil, err
	}
	return append(env,
		"PULUMI_NODEJS_ORGANIZATION="+stack.Organization,
		"PULUMI_NODEJS_PROJECT="+stack.Project,
		"PULUMI_NODEJS_STACK="+stack.Stack,
		fmt.Sprintf("PULUMI_NODEJS_DRY_RUN=%t", stack.DryRun),
	), nil
}
