package slim

import (
	"errors"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/bluekeyes/go-gitdiff/gitdiff"
	"golang.org/x/mod/modfile"
)

func TestModulesArePatched(t *testing.T) {
	for _, module := range Modules {
		src, err := module.Source()
		if err != nil {
			t.Fatal(err)
		}
		dst := t.TempDir()
		if err := module.Copy(src, dst); err != nil {
			t.Fatal(err)
		}
		for _, name := range patchedFiles(t, module.Folder) {
			after := read(t, dst, name)
			if after == read(t, src, name) {
				t.Errorf("%s of %s is as it was", name, module.Folder)
			}
			if _, err := parser.ParseFile(token.NewFileSet(), name, after, parser.SkipObjectResolution); err != nil {
				t.Error(err)
			}
		}
		if err := module.Copy(dst, t.TempDir()); !errors.Is(err, &gitdiff.Conflict{}) {
			t.Errorf("%s, which is another already: got %v", module.Folder, err)
		}
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

// patchedFiles are those that the patches in a folder name.
func patchedFiles(t *testing.T, folder string) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(patches, "patches/"+folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := patches.ReadFile(path)
		for _, match := range regexp.MustCompile(`(?m)^\+\+\+ b/(.+)$`).FindAllSubmatch(text, -1) {
			names = append(names, string(match[1]))
		}
		return err
	})
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: names %v, %v", folder, names, err)
	}
	return names
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
