// slim SRC DST SERVICE...: copies the Terraform AWS provider's source, cut down to the named services.
package main

import (
	"fmt"
	"os"

	"dse/engine/providers/slim"
)

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: slim SRC DST SERVICE...")
		os.Exit(2)
	}
	report, err := slim.Copy(os.Args[1], os.Args[2], os.Args[3:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "slim:", err)
		os.Exit(1)
	}
	fmt.Printf("%d packages, services %v, %d AWS SDK clients, %d waits shortened\n",
		len(report.Packages), report.Services, len(report.Clients), report.Waits)
}
