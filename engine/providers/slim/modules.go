package slim

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Edited is a module whose copy does not do what it does in vain, thousands of times a preview.
type Edited struct {
	Path                string
	Folder              string // of the copy
	file, before, after string
}

// Modules are those of the provider, besides its own, whose source the build edits.
var Modules = []Edited{
	{
		// Reports the provider's memory to traces in each call of the engine, traced or not. To read it, all of the
		// provider's threads are stopped: on two busy cores a tenth of the time that many projects take.
		// https://pkg.go.dev/runtime#ReadMemStats
		Path:   "github.com/pulumi/pulumi-terraform-bridge/v3",
		Folder: "pulumi-terraform-bridge",
		file:   "pkg/tfbridge/memstats.go",
		before: "\truntime.ReadMemStats(&memStats)\n",
	},
	{
		// Goes by reflection through all of a resource's schema whenever it compares one, to find the fields to copy. How one
		// is copied, aws/copies.go says.
		Path:   "github.com/hashicorp/terraform-plugin-sdk/v2",
		Folder: "terraform-plugin-sdk",
		file:   "helper/schema/schema.go",
		before: `	copiedMap, err := copystructure.Config{Lock: true}.Copy(m)
	if err != nil {
		panic(err)
	}
	return *copiedMap.(*schemaMap)
`,
		after: `	if *m == nil {
		return nil
	}
	copied := make(schemaMap, len(*m))
	for name, field := range *m {
		value, err := copystructure.Copiers[reflect.TypeFor[Schema]()](*field)
		if err != nil {
			panic(err)
		}
		schema := value.(Schema)
		copied[name] = &schema
	}
	return copied
`,
	},
	{
		// Looks up the place of each value in the schema, to make null of the empty lists and sets among them.
		Path:   "github.com/hashicorp/terraform-plugin-framework",
		Folder: "terraform-plugin-framework",
		file:   "internal/fwschemadata/data_nullify_collection_blocks.go",
		before: "\t\t_, err := d.Schema.AttributeAtTerraformPath(ctx, tfTypePath)\n",
		after: `		switch tfTypeValue.Type().(type) {
		case tftypes.List, tftypes.Set:
		default:
			return tfTypeValue, nil
		}

		_, err := d.Schema.AttributeAtTerraformPath(ctx, tfTypePath)
`,
	},
}

// Copy writes the edited copy of the module's source in src to dst, a new folder.
func (module Edited) Copy(src, dst string) error {
	if err := os.CopyFS(dst, os.DirFS(src)); err != nil {
		return err
	}
	path := filepath.Join(dst, filepath.FromSlash(module.file))
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if strings.Count(string(text), module.before) != 1 {
		return fmt.Errorf("%s: %s: %w", module.Path, module.file, errNoMatch)
	}
	edited := strings.Replace(string(text), module.before, module.after, 1)
	return os.WriteFile(path, []byte(edited), 0o644)
}
