// pulumi-resource-random for use where the official plugin cannot be downloaded.
package main

import (
	"encoding/json"
	"os"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"

	"dse/engine/providers"
	"dse/engine/providers/random"
)

func main() {
	providers.ExitWithEngine(os.Args[1:])
	info := random.Info()
	// The engine reads name and version only; the SDK has the types.
	schema, _ := json.Marshal(map[string]string{"name": info.Name, "version": info.Version})
	tfbridge.Main(info.Name, info.Version, info, schema)
}
