// Package slim copies the part of the Terraform AWS provider's source that a few services need, and the source of the
// bridge between it and Pulumi.
//
// The whole provider is some 250 services, far too long to compile on a small machine. What is kept is what its
// package xpprovider imports once the list of services names only the wanted ones.
package slim

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Module is the path that the provider's source declares, whichever copy of it is read.
const Module = "github.com/hashicorp/terraform-provider-aws"

const (
	entryPackage = "xpprovider" // exports the provider
	servicesDir  = "internal/service"

	// Files that name every service, and the one that all newer waits go through.
	serviceList = "internal/provider/sdkv2/service_packages_gen.go"
	clientList  = "internal/conns/awsclient_gen.go"
	namesFile   = "names/data/names_data.hcl"
	backoffFile = "internal/backoff/backoff.go"
)

// Report says what was kept.
type Report struct {
	Packages, Services, Clients []string
	Waits                       int // shortened
}

// Copy writes the slimmed source tree of the provider in src to dst, a new folder.
func Copy(src, dst string, wanted []string) (Report, error) {
	tree, err := closure(src, wanted)
	if err != nil {
		return Report{}, err
	}
	report := Report{Packages: tree.names(), Services: tree.services(), Clients: tree.clients()}
	for _, name := range report.Packages {
		for _, file := range tree[name].files {
			waits, err := copyFile(src, dst, filepath.ToSlash(filepath.Join(name, file)), report)
			if err != nil {
				return report, err
			}
			report.Waits += waits
		}
	}
	mod, err := os.ReadFile(filepath.Join(src, "go.mod"))
	if err != nil {
		return report, err
	}
	if mod, err = keepRequirements(mod, tree.imports()); err != nil {
		return report, err
	}
	return report, os.WriteFile(filepath.Join(dst, "go.mod"), mod, 0o644)
}

// copyFile copies one file, edited where it names what is left out or holds waits.
func copyFile(src, dst, name string, report Report) (waits int, err error) {
	data, err := os.ReadFile(filepath.Join(src, name))
	if err != nil {
		return 0, err
	}
	text := string(data)
	switch {
	case name == serviceList:
		text, err = keepServices(text, report.Services)
	case name == clientList:
		text, err = keepClients(text, report.Clients)
	case name == namesFile:
		text, err = keepNames(text, report.Services)
	case name == backoffFile:
		text, waits, err = shortenBackoff(text)
	case strings.HasPrefix(name, servicesDir+"/") && strings.HasSuffix(name, ".go"):
		text, waits = shortenSDKWaits(text)
	}
	if err != nil {
		return waits, fmt.Errorf("%s: %w", name, err)
	}
	path := filepath.Join(dst, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return waits, err
	}
	return waits, os.WriteFile(path, []byte(text), 0o644)
}
