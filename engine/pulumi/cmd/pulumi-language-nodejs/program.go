package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// The runners in @pulumi/pulumi.
const (
	programRunner = "cmd/run"
	policyRunner  = "cmd/run-policy-pack"
)

// exitErrorShown is a runner's exit code when it has already shown the program's error.
const exitErrorShown = 32

// Run runs a program to its end.
func (h *host) Run(ctx context.Context, req *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	cmd, err := nodeCommand(ctx, req.Info, programRunner, runArgs(req, h.engineAddress()))
	if err != nil {
		return nil, err
	}
	env, err := configEnv(req.Config, req.ConfigSecretKeys)
	if err != nil {
		return nil, err
	}
	cmd.Env = append(cmd.Env, env...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	done, err := h.start(cmd)
	if err != nil {
		return nil, err
	}
	defer done()
	return runResponse(cmd.Wait()), nil
}

func runResponse(err error) *pulumirpc.RunResponse {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}
	case errors.As(err, &exit) && exit.ExitCode() == exitErrorShown:
		return &pulumirpc.RunResponse{Bail: true}
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program failed: %v", err)}
	}
}

// runArgs are the arguments of the program runner.
func runArgs(req *pulumirpc.RunRequest, engine string) []string {
	var args []string
	for _, option := range [][2]string{
		{"--monitor", req.MonitorAddress},
		{"--engine", engine},
		{"--organization", req.Organization},
		{"--project", req.Project},
		{"--root-directory", req.Info.GetRootDirectory()},
		{"--stack", req.Stack},
		{"--pwd", req.Pwd},
		{"--parallel", strconv.Itoa(int(req.Parallel))},
	} {
		if option[1] != "" {
			args = append(args, option[0], option[1])
		}
	}
	if req.DryRun {
		args = append(args, "--dry-run")
	}
	args = append(args, cmp.Or(req.Info.GetEntryPoint(), "."))
	return append(args, req.Args...)
}

// nodeCommand prepares `node [nodeargs] RUNNER args`.
func nodeCommand(ctx context.Context, info *pulumirpc.ProgramInfo, runner string, args []string) (*exec.Cmd, error) {
	path, err := findRunner(info.GetProgramDirectory(), runner)
	if err != nil {
		return nil, err
	}
	options := info.GetOptions().GetFields()
	argv := append(strings.Fields(options["nodeargs"].GetStringValue()), path)
	cmd := exec.CommandContext(ctx, "node", append(argv, args...)...)
	cmd.Env = os.Environ()
	if ts, set := options["typescript"]; !set || ts.GetBoolValue() {
		cmd.Env = append(cmd.Env, "PULUMI_NODEJS_TYPESCRIPT=true")
	}
	if tsconfig := options["tsconfig"].GetStringValue(); tsconfig != "" {
		cmd.Env = append(cmd.Env, "PULUMI_NODEJS_TSCONFIG_PATH="+tsconfig)
	}
	return cmd, nil
}

// findRunner finds a runner in the @pulumi/pulumi that a program in dir imports.
func findRunner(dir, runner string) (string, error) {
	for _, folder := range nodeModules(dir) {
		path := filepath.Join(folder, "@pulumi/pulumi", runner)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("@pulumi/pulumi is not installed in %s: run npm ci", dir)
}

// configEnv is the configuration as @pulumi/pulumi reads it from its environment, keyed package:config:name.
func configEnv(values map[string]string, secretKeys []string) ([]string, error) {
	byKey := make(map[string]string, len(values))
	for k, value := range values {
		key, err := config.ParseKey(k)
		if err != nil {
			return nil, err
		}
		byKey[key.Namespace()+":config:"+key.Name()] = value
	}
	if secretKeys == nil {
		secretKeys = []string{}
	}
	valuesJSON, err := json.Marshal(byKey)
	if err != nil {
		return nil, err
	}
	secretsJSON, err := json.Marshal(secretKeys)
	if err != nil {
		return nil, err
	}
	return []string{"PULUMI_CONFIG=" + string(valuesJSON), "PULUMI_CONFIG_SECRET_KEYS=" + string(secretsJSON)}, nil
}
