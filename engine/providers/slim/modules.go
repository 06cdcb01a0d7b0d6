package slim

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"

	"github.com/bluekeyes/go-gitdiff/gitdiff"
)

// Each patch says what it is for.
//
//go:embed patches
var patches embed.FS

// Patched is a module whose copy does not do what it does in vain, thousands of times a preview.
type Patched struct {
	Path   string
	Folder string // of the copy, and of the patches
}

// Modules are those of the provider, besides its own, whose source the build patches.
var Modules = []Patched{
	{"github.com/pulumi/pulumi-terraform-bridge/v3", "pulumi-terraform-bridge"},
	{"github.com/hashicorp/terraform-plugin-sdk/v2", "terraform-plugin-sdk"},
	{"github.com/hashicorp/terraform-plugin-framework", "terraform-plugin-framework"},
}

// Source returns the folder of the module's source, of the version that the module requires in which it is called.
func (module Patched) Source() (string, error) {
	command := exec.Command("go", "mod", "download", "-json", module.Path)
	command.Stderr = os.Stderr
	output, failed := command.Output()
	var downloaded struct{ Dir, Error string }
	if err := json.Unmarshal(output, &downloaded); err != nil || failed != nil {
		return "", fmt.Errorf("%s: %w", module.Path, errors.Join(failed, err, errors.New(downloaded.Error)))
	}
	return downloaded.Dir, nil
}

// Copy writes the patched copy of the module's source in src to dst, a new folder.
func (module Patched) Copy(src, dst string) error {
	if err := os.CopyFS(dst, os.DirFS(src)); err != nil {
		return err
	}
	files, err := module.files()
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := apply(file, filepath.Join(dst, filepath.FromSlash(file.NewName))); err != nil {
			return fmt.Errorf("%s: %s: %w", module.Path, file.NewName, err)
		}
	}
	return nil
}

// files are those that the patches change, once for each patch.
func (module Patched) files() ([]*gitdiff.File, error) {
	names, err := fs.Glob(patches, path.Join("patches", module.Folder, "*.patch"))
	if err != nil {
		return nil, err
	}
	var all []*gitdiff.File
	for _, name := range names {
		patch, err := patches.Open(name)
		if err != nil {
			return nil, err
		}
		files, _, err := gitdiff.Parse(patch)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, files...)
	}
	return all, nil
}

func apply(file *gitdiff.File, name string) error {
	before, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	var after bytes.Buffer
	if err := gitdiff.Apply(&after, bytes.NewReader(before), file); err != nil {
		return err
	}
	return os.WriteFile(name, after.Bytes(), 0o644)
}
