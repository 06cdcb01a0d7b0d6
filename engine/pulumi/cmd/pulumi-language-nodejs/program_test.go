package main

import (
	"context"
	"encoding/json"
	"os/exec"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
)

func TestRunArgs(t *testing.T) {
	got := runArgs(&pulumirpc.RunRequest{
		MonitorAddress: "m:1", Project: "dse", Stack: "dev", Pwd: "/p", Parallel: 4, DryRun: true,
		Args: []string{"last"}, Info: &pulumirpc.ProgramInfo{RootDirectory: "/base"},
	}, "e:2")
	want := strings.Fields("--monitor m:1 --engine e:2 --project dse --root-directory /base --stack dev --pwd /p " +
		"--parallel 4 --dry-run . last")
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNodeCommand(t *testing.T) {
	options, err := structpb.NewStruct(map[string]any{
		"nodeargs": "--stack-trace-limit=99  --no-warnings", "typescript": false, "tsconfig": "ts.json",
	})
	if err != nil {
		t.Fatal(err)
	}
	info := &pulumirpc.ProgramInfo{ProgramDirectory: project(t), Options: options}
	cmd, err := nodeCommand(context.Background(), info, programRunner, []string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	if args := cmd.Args; args[1] != "--stack-trace-limit=99" || args[2] != "--no-warnings" || args[4] != "a" {
		t.Errorf("arguments %q", args)
	}
	if slices.Contains(cmd.Env, "PULUMI_NODEJS_TYPESCRIPT=true") ||
		!slices.Contains(cmd.Env, "PULUMI_NODEJS_TSCONFIG_PATH=ts.json") {
		t.Error("options of TypeScript are not passed on")
	}
	info.Options = nil
	if cmd, err = nodeCommand(context.Background(), info, programRunner, nil); err != nil ||
		!slices.Contains(cmd.Env, "PULUMI_NODEJS_TYPESCRIPT=true") {
		t.Error("TypeScript is the default")
	}
}

func TestConfigEnv(t *testing.T) {
	env, err := configEnv(map[string]string{"dse:name": "x", "aws:config:region": "us-west-2"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	values, _ := strings.CutPrefix(env[0], "PULUMI_CONFIG=")
	var got map[string]string
	if err := json.Unmarshal([]byte(values), &got); err != nil {
		t.Fatal(err)
	}
	if got["dse:config:name"] != "x" || got["aws:config:region"] != "us-west-2" {
		t.Errorf("got %v", got)
	}
	if env[1] != "PULUMI_CONFIG_SECRET_KEYS=[]" {
		t.Errorf("no secrets are an empty list, not %q", env[1])
	}
	if _, err := configEnv(map[string]string{"nonsense": ""}, nil); err == nil {
		t.Error("a key without a package must be an error")
	}
}

func TestRunResponse(t *testing.T) {
	if res := runResponse(nil); res.Bail || res.Error != "" {
		t.Errorf("success: %v", res)
	}
	if res := runResponse(exec.Command("sh", "-c", "exit 32").Run()); !res.Bail || res.Error != "" {
		t.Errorf("an error that is already shown: %v", res)
	}
	if res := runResponse(exec.Command("sh", "-c", "exit 1").Run()); res.Bail || res.Error == "" {
		t.Errorf("an error that nobody has shown: %v", res)
	}
}

func TestPolicyEnv(t *testing.T) {
	env, err := policyEnv(&pulumirpc.AnalyzerStackConfigureRequest{
		Organization: "o", Project: "p", Stack: "s", DryRun: true, Config: map[string]string{"p:k": "v"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`PULUMI_CONFIG={"p:config:k":"v"}`, "PULUMI_NODEJS_STACK=s", "PULUMI_NODEJS_PROJECT=p",
		"PULUMI_NODEJS_ORGANIZATION=o", "PULUMI_NODEJS_DRY_RUN=true",
	} {
		if !slices.Contains(env, want) {
			t.Errorf("%s is not in %q", want, env)
		}
	}
	if env, err := policyEnv(nil); env != nil || err != nil {
		t.Errorf("without a stack: %q, %v", env, err)
	}
}

func TestModuleVersion(t *testing.T) {
	info := &debug.BuildInfo{Deps: []*debug.Module{{Path: sdkModule, Version: "v3.255.0"}}}
	if got := moduleVersion(info, sdkModule); got != "3.255.0" {
		t.Errorf("got %q", got)
	}
	if got := moduleVersion(nil, sdkModule); got != "0.0.0" {
		t.Errorf("without build information: %q", got)
	}
}
