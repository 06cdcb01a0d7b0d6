package slim

import (
	"errors"
	"maps"
	"os"
	"os/exec"
	"path"
	"slices"
	"testing"

	"github.com/bluekeyes/go-gitdiff/gitdiff"
	"golang.org/x/mod/modfile"
)

// The modules' own tests, of the packages that the patches change.
func TestPatchedModulesPassTheirTests(t *testing.T) {
	for _, module := range Modules {
		t.Run(module.Folder, func(t *testing.T) {
			src, err := module.Source()
			if err != nil {
				t.Fatal(err)
			}
			dst := t.TempDir()
			if err := module.Copy(src, dst); err != nil {
				t.Fatal(err)
			}
			files, err := module.files()
			if err != nil {
				t.Fatal(err)
			}
			packages := map[string]bool{}
			for _, file := range files {
				packages["./"+path.Dir(file.NewName)] = true
			}
			if len(packages) == 0 {
				t.Fatal("there is no patch")
			}
			command := exec.Command("go", append([]string{"test"}, slices.Sorted(maps.Keys(packages))...)...)
			command.Dir = dst
			if output, err := command.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, output)
			}
			if err := module.Copy(dst, t.TempDir()); !errors.Is(err, &gitdiff.Conflict{}) {
				t.Errorf("of a source that is another: got %v", err)
			}
		})
	}
}

func TestPatchesAreOfAModule(t *testing.T) {
	folders, err := patches.ReadDir("patches")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if !slices.ContainsFunc(Modules, func(module Patched) bool { return module.Folder == folder.Name() }) {
			t.Errorf("no module has the patches of %s", folder.Name())
		}
	}
}

func TestModulesAreOfTheVersionsThatTheProviderRequires(t *testing.T) {
	copied, wanted := required(t, "../go.mod"), required(t, "../cmd/pulumi-resource-aws/go.mod")
	for _, module := range Modules {
		if version := copied[module.Path]; version == "" || version != wanted[module.Path] {
			t.Errorf("%s: copied is %q, required %q", module.Path, version, wanted[module.Path])
		}
	}
}

// required returns the modules that a go.mod requires, with their versions.
func required(t *testing.T, path string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := modfile.Parse(path, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	versions := map[string]string{}
	for _, require := range file.Require {
		versions[require.Mod.Path] = require.Mod.Version
	}
	return versions
}
