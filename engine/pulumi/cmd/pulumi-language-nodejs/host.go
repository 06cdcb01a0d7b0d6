package main

import (
	"context"
	"errors"
	"os/exec"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

const sdkModule = "github.com/pulumi/pulumi/sdk/v3"

// host is the language runtime; what it does not implement answers "unimplemented".
type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer

	mu      sync.Mutex
	engine  string
	running map[*exec.Cmd]bool
}

func newHost(engine string) *host {
	return &host{engine: engine, running: map[*exec.Cmd]bool{}}
}

func (h *host) Handshake(
	_ context.Context, req *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.engine = req.EngineAddress
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

// GetPluginInfo gives the version of the Pulumi SDK that the host is built with.
func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	info, _ := debug.ReadBuildInfo()
	return &pulumirpc.PluginInfo{Version: moduleVersion(info, sdkModule)}, nil
}

func moduleVersion(info *debug.BuildInfo, path string) string {
	if info != nil {
		for _, dep := range info.Deps {
			if dep.Path == path {
				return strings.TrimPrefix(dep.Version, "v")
			}
		}
	}
	return "0.0.0"
}

func (h *host) About(ctx context.Context, _ *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, err
	}
	version, err := exec.CommandContext(ctx, node, "--version").Output()
	return &pulumirpc.AboutResponse{Executable: node, Version: strings.TrimSpace(string(version))}, err
}

// InstallDependencies is left to npm, whose lock file the project keeps.
func (h *host) InstallDependencies(
	*pulumirpc.InstallDependenciesRequest, grpc.ServerStreamingServer[pulumirpc.InstallDependenciesResponse],
) error {
	return errors.New("this engine installs no packages: run npm ci")
}

// Cancel asks the running programs to end, as the first Ctrl-C does.
func (h *host) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for cmd := range h.running {
		_ = cmd.Process.Signal(syscall.SIGTERM)
	}
	return &emptypb.Empty{}, nil
}

// start starts a program; done must be called when it has ended.
func (h *host) start(cmd *exec.Cmd) (done func(), err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	h.running[cmd] = true
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.running, cmd)
	}, nil
}

func (h *host) engineAddress() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.engine
}
