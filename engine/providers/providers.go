// Package providers holds what the two provider plugins share.
package providers

import (
	_ "embed"
	"encoding/json"
	"io"
	"os"
	"strings"
)

//go:embed build.json
var buildJSON []byte

// Build says what is built.
type Build struct {
	Versions map[string]string // of the npm packages @pulumi/<name> whose resources the plugins serve
	Source   string            // of the Terraform AWS provider: module@version
	Services []string          // of AWS
}

// ReadBuild reads build.json, which is part of the program.
func ReadBuild() Build {
	var build Build
	if err := json.Unmarshal(buildJSON, &build); err != nil {
		panic("build.json: " + err.Error())
	}
	return build
}

// Version is that of the npm package @pulumi/<name>.
func Version(name string) string { return ReadBuild().Versions[name] }

// ExitWithEngine ends this process as soon as the engine that started it is gone, killed or not: the engine holds the
// other end of the plugin's standard input. A plugin started by hand gets no engine's address, and stays.
func ExitWithEngine(args []string) {
	if len(args) == 0 || strings.HasPrefix(args[len(args)-1], "-") {
		return
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
}
