package slim

import (
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// keepRequirements drops from a go.mod the modules that no kept package imports, so that they are neither
// downloaded nor asked for. Indirect requirements are listed by the module that is built.
func keepRequirements(mod []byte, imports []string) ([]byte, error) {
	file, err := modfile.Parse("go.mod", mod, nil)
	if err != nil {
		return nil, err
	}
	for _, require := range slices.Clone(file.Require) {
		imported := slices.ContainsFunc(imports, func(s string) bool {
			return s == require.Mod.Path || strings.HasPrefix(s, require.Mod.Path+"/")
		})
		if !imported {
			if err := file.DropRequire(require.Mod.Path); err != nil {
				return nil, err
			}
		}
	}
	file.Cleanup()
	return file.Format()
}
