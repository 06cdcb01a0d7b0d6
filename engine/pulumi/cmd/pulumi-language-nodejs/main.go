// pulumi-language-nodejs runs TypeScript and JavaScript programs and policy packs, with the @pulumi/pulumi that it
// finds in their node_modules. It stands in for the official language host, whose module no Go proxy serves, and does
// what running a project takes: no code generation, no `pulumi install`.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/logging"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

func main() {
	// Flags that engines have passed over time; the options of a program come with each request.
	for _, name := range []string{"nodeargs", "packagemanager", "root", "tracing", "tsconfig", "typescript"} {
		flag.String(name, "", "not used")
	}
	flag.Parse()
	logging.InitLogging(false, 0, false)
	if err := serve(flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-language-nodejs:", err)
		os.Exit(1)
	}
}

// serve listens on a free port and prints it, which is how the engine learns it.
func serve(engine string) error {
	if engine != "" {
		go exitWithEngine(os.Stdin)
	}
	server, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Init: func(s *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(s, newHost(engine))
			return nil
		},
	})
	if err != nil {
		return err
	}
	fmt.Println(server.Port)
	return <-server.Done
}

// exitWithEngine ends this process and the programs that it runs as soon as the engine is gone, killed or not: the
// engine holds the other end of standard input.
func exitWithEngine(stdin io.Reader) {
	_, _ = io.Copy(io.Discard, stdin)
	if syscall.Getpgrp() == os.Getpid() { // so the engine starts its plugins
		_ = syscall.Kill(0, syscall.SIGKILL)
	}
	os.Exit(1)
}
