package slim

import (
	"errors"
	"os"
	"testing"

	"golang.org/x/mod/modfile"
)

func TestModulesAreEdited(t *testing.T) {
	for _, edited := range Modules {
		around := func(lines string) map[string]string {
			return map[string]string{"go.mod": "module m\n", edited.file: "func f() {\n" + lines + "\n\tg()\n}\n"}
		}
		dst := t.TempDir()
		if err := edited.Copy(module(t, around(edited.before)), dst); err != nil {
			t.Fatal(err)
		}
		for name, want := range around(edited.after) {
			if got := read(t, dst, name); got != want {
				t.Errorf("%s: got %q", name, got)
			}
		}
		if err := edited.Copy(module(t, around("")), t.TempDir()); !errors.Is(err, errNoMatch) {
			t.Errorf("%s, which does it elsewhere: got %v", edited.Path, err)
		}
	}
}

func TestModulesAreOfTheVersionsThatTheProviderRequires(t *testing.T) {
	copied, wanted := required(t, "../go.mod"), required(t, "../cmd/pulumi-resource-aws/go.mod")
	for _, edited := range Modules {
		if version := copied[edited.Path]; version == "" || version != wanted[edited.Path] {
			t.Errorf("%s: copied is %q, required %q", edited.Path, version, wanted[edited.Path])
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
