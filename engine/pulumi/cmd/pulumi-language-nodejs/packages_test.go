package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// write makes files under a new folder and returns it.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func project(t *testing.T) string {
	return write(t, map[string]string{
		"package.json":                              `{"dependencies":{"@pulumi/aws":"7"},"devDependencies":{"mocha":"12"}}`,
		"node_modules/@pulumi/aws/package.json":     `{"name":"@pulumi/aws","version":"7.48.0","pulumi":{"resource":true,"name":"aws","version":"7.48.0"}}`,
		"node_modules/@pulumi/other/package.json":   `{"name":"@pulumi/other","version":"1.2.3","pulumi":{"resource":true,"server":"https://example.com"}}`,
		"node_modules/@pulumi/pulumi/package.json":  `{"name":"@pulumi/pulumi","version":"3.270.0"}`,
		"node_modules/@pulumi/pulumi/cmd/run/x":     "",
		"node_modules/mocha/package.json":           `{"name":"mocha","version":"12.0.3"}`,
		"node_modules/broken/package.json":          `{`,
		"pack/package.json":                         `{}`,
		"pack/node_modules/mocha/package.json":      `{"name":"mocha","version":"1.0.0"}`,
		"pack/node_modules/deep/x/y/z/package.json": `{"name":"not-a-package"}`,
	})
}

func TestRequiredPackages(t *testing.T) {
	res, err := newHost("").GetRequiredPackages(context.Background(),
		&pulumirpc.GetRequiredPackagesRequest{Info: &pulumirpc.ProgramInfo{ProgramDirectory: project(t)}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range res.Packages {
		got = append(got, p.Kind+" "+p.Name+" "+p.Version+" "+p.Server)
	}
	want := []string{"resource aws v7.48.0 ", "resource other v1.2.3 https://example.com"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestProgramDependencies(t *testing.T) {
	root := project(t)
	for _, test := range []struct {
		transitive bool
		want       []string
	}{
		{false, []string{"mocha 12.0.3", "@pulumi/aws 7.48.0"}},
		{true, []string{"mocha 12.0.3", "@pulumi/aws 7.48.0", "@pulumi/other 1.2.3", "@pulumi/pulumi 3.270.0"}},
	} {
		res, err := newHost("").GetProgramDependencies(context.Background(), &pulumirpc.GetProgramDependenciesRequest{
			Info: &pulumirpc.ProgramInfo{ProgramDirectory: root}, TransitiveDependencies: test.transitive,
		})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range res.Dependencies {
			got = append(got, d.Name+" "+d.Version)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("transitive %t: got %q, want %q", test.transitive, got, test.want)
		}
	}
}

func TestNearestPackageWins(t *testing.T) {
	root := project(t)
	for _, pkg := range installed(filepath.Join(root, "pack")) {
		if pkg.Name == "mocha" && pkg.Version != "1.0.0" {
			t.Errorf("mocha %s of a folder further up", pkg.Version)
		}
		if pkg.Name == "not-a-package" {
			t.Error("a folder inside a package is no package")
		}
	}
}

func TestFindRunner(t *testing.T) {
	root := project(t)
	path, err := findRunner(filepath.Join(root, "pack"), programRunner) // a pack uses the project's packages
	if want := filepath.Join(root, "node_modules/@pulumi/pulumi/cmd/run"); err != nil || path != want {
		t.Errorf("got %q, %v; want %q", path, err, want)
	}
	if _, err := findRunner(t.TempDir(), programRunner); err == nil {
		t.Error("no @pulumi/pulumi must be an error")
	}
}
