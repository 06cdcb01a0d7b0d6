// slim PROVIDER DST SERVICE...: copies modules' sources into the folder DST: the Terraform AWS provider's, cut down to the
// named services, and those that are patched, of the versions that the module requires in which it is run.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"dse/engine/providers/slim"
)

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: slim PROVIDER DST SERVICE...")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "slim:", err)
		os.Exit(1)
	}
}

func run(provider, dst string, services []string) error {
	report, err := slim.Copy(provider, filepath.Join(dst, "terraform-provider-aws"), services)
	if err != nil {
		return err
	}
	for _, module := range slim.Modules {
		src, err := module.Source()
		if err != nil {
			return err
		}
		if err := module.Copy(src, filepath.Join(dst, module.Folder)); err != nil {
			return err
		}
	}
	fmt.Printf("%d packages, services %v, %d AWS SDK clients, %d waits shortened\n",
		len(report.Packages), report.Services, len(report.Clients), report.Waits)
	return nil
}
