package main

import (
	"cmp"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// npmPackage is the part of a package.json that matters here.
type npmPackage struct {
	Name, Version                 string
	Dependencies, DevDependencies map[string]string
	Pulumi                        struct {
		Resource              bool
		Name, Version, Server string
	}
}

func readPackage(dir string) (npmPackage, error) {
	var pkg npmPackage
	data, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if err != nil {
		return pkg, err
	}
	return pkg, json.Unmarshal(data, &pkg)
}

// nodeModules lists the node_modules folders in which Node looks packages up from dir, the nearest first.
func nodeModules(dir string) []string {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil
	}
	var folders []string
	for {
		folder := filepath.Join(dir, "node_modules")
		if info, err := os.Stat(folder); err == nil && info.IsDir() {
			folders = append(folders, folder)
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return folders
		}
		dir = parent
	}
}

// installed lists the packages that a program in dir can import, each once.
func installed(dir string) []npmPackage {
	seen := map[string]bool{}
	var packages []npmPackage
	for _, folder := range nodeModules(dir) {
		for _, pattern := range []string{"*", "@*/*"} {
			folders, _ := filepath.Glob(filepath.Join(folder, pattern))
			for _, f := range folders {
				if pkg, err := readPackage(f); err == nil && pkg.Name != "" && !seen[pkg.Name] {
					seen[pkg.Name] = true
					packages = append(packages, pkg)
				}
			}
		}
	}
	return packages
}

// GetRequiredPackages lists the plugins that the installed packages say they need.
func (h *host) GetRequiredPackages(
	_ context.Context, req *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	res := &pulumirpc.GetRequiredPackagesResponse{}
	for _, pkg := range installed(req.Info.GetProgramDirectory()) {
		if pkg.Pulumi.Resource {
			res.Packages = append(res.Packages, plugin(pkg))
		}
	}
	return res, nil
}

func plugin(pkg npmPackage) *pulumirpc.PackageDependency {
	return &pulumirpc.PackageDependency{
		Name:    cmp.Or(pkg.Pulumi.Name, strings.TrimPrefix(pkg.Name, "@pulumi/")),
		Kind:    "resource",
		Version: "v" + strings.TrimPrefix(cmp.Or(pkg.Pulumi.Version, pkg.Version), "v"),
		Server:  pkg.Pulumi.Server,
	}
}

// GetProgramDependencies lists the packages that `pulumi about` shows.
func (h *host) GetProgramDependencies(
	_ context.Context, req *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	dir := req.Info.GetProgramDirectory()
	program, err := readPackage(dir)
	if err != nil {
		return nil, err
	}
	res := &pulumirpc.GetProgramDependenciesResponse{}
	for _, pkg := range installed(dir) {
		_, direct := program.Dependencies[pkg.Name]
		_, dev := program.DevDependencies[pkg.Name]
		if direct || dev || req.TransitiveDependencies {
			res.Dependencies = append(res.Dependencies, &pulumirpc.DependencyInfo{Name: pkg.Name, Version: pkg.Version})
		}
	}
	return res, nil
}
