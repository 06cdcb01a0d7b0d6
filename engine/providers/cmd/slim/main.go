// slim PROVIDER BRIDGE DST SERVICE...: copies two modules' sources into the folder DST: the Terraform AWS provider's,
// cut down to the named services, and the bridge's.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"dse/engine/providers/slim"
)

func main() {
	if len(os.Args) < 5 {
		fmt.Fprintln(os.Stderr, "usage: slim PROVIDER BRIDGE DST SERVICE...")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3], os.Args[4:]); err != nil {
		fmt.Fprintln(os.Stderr, "slim:", err)
		os.Exit(1)
	}
}

func run(provider, bridge, dst string, services []string) error {
	report, err := slim.Copy(provider, filepath.Join(dst, "terraform-provider-aws"), services)
	if err != nil {
		return err
	}
	if err := slim.CopyBridge(bridge, filepath.Join(dst, "pulumi-terraform-bridge")); err != nil {
		return err
	}
	fmt.Printf("%d packages, services %v, %d AWS SDK clients, %d waits shortened\n",
		len(report.Packages), report.Services, len(report.Clients), report.Waits)
	return nil
}
