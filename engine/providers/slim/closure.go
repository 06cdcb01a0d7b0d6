package slim

import (
	"fmt"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

const sdkServices = "github.com/aws/aws-sdk-go-v2/service/"

// source is one package: its files (tests left out, embedded ones included) and its imports.
type source struct {
	files, imports []string
}

// tree holds packages by their folder in the module.
type tree map[string]source

// closure reads the packages that the entry package needs when only the wanted services are listed. A service that
// a kept one imports is listed too: S3's tagging, for one, looks s3control up in the list at run time.
func closure(src string, wanted []string) (tree, error) {
	for _, service := range wanted {
		if _, err := os.Stat(filepath.Join(src, servicesDir, service)); err != nil {
			return nil, fmt.Errorf("the provider's source has no service %q", service)
		}
	}
	kept := tree{}
	todo := []string{entryPackage}
	for _, service := range wanted {
		todo = append(todo, path.Join(servicesDir, service))
	}
	for len(todo) > 0 {
		name := todo[0]
		todo = todo[1:]
		if _, done := kept[name]; done {
			continue
		}
		pkg, err := readPackage(src, name)
		if err != nil {
			return nil, err
		}
		kept[name] = pkg
		for _, imported := range pkg.imports {
			if sibling, ok := strings.CutPrefix(imported, Module+"/"); ok {
				todo = append(todo, sibling)
			}
		}
	}
	return kept, nil
}

func readPackage(src, name string) (source, error) {
	pkg, err := build.ImportDir(filepath.Join(src, name), 0)
	if err != nil {
		return source{}, err
	}
	files := slices.Clone(pkg.GoFiles)
	for _, pattern := range pkg.EmbedPatterns {
		embedded, err := fs.Glob(os.DirFS(pkg.Dir), pattern)
		if err != nil {
			return source{}, err
		}
		files = append(files, embedded...)
	}
	var imports []string
	for _, file := range pkg.GoFiles {
		found, err := fileImports(src, path.Join(name, file))
		if err != nil {
			return source{}, err
		}
		imports = append(imports, found...)
	}
	return source{files: files, imports: imports}, nil
}

// fileImports reads the imports of one file, but not those for which the generated lists are edited.
func fileImports(src, name string) ([]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(src, name), nil, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	edited := map[string]string{serviceList: Module + "/" + servicesDir + "/", clientList: sdkServices}[name]
	var imports []string
	for _, spec := range file.Imports {
		imported := strings.Trim(spec.Path.Value, `"`)
		if edited == "" || !strings.HasPrefix(imported, edited) {
			imports = append(imports, imported)
		}
	}
	return imports, nil
}

func (t tree) names() []string { return slices.Sorted(maps.Keys(t)) }

// services lists the kept services.
func (t tree) services() []string {
	var names []string
	for _, name := range t.names() {
		if service, ok := strings.CutPrefix(name, servicesDir+"/"); ok && !strings.Contains(service, "/") {
			names = append(names, service)
		}
	}
	return names
}

// imports lists what the kept packages import from anywhere.
func (t tree) imports() []string {
	all := map[string]bool{}
	for _, pkg := range t {
		for _, imported := range pkg.imports {
			all[imported] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// clients lists the services of the AWS SDK that the kept packages use.
func (t tree) clients() []string {
	all := map[string]bool{}
	for _, imported := range t.imports() {
		if service, ok := strings.CutPrefix(imported, sdkServices); ok {
			all[strings.Split(service, "/")[0]] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}
