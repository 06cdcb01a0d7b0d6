package slim

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// memStatsFile reports the provider's memory to traces. It does so in each call of the engine, traced or not.
const memStatsFile = "pkg/tfbridge/memstats.go"

const memStatsRead = "\truntime.ReadMemStats(&memStats)\n"

// CopyBridge copies the bridge's source without the reading of memory. It stops all of the provider's threads, thousands of
// times a preview: on two busy cores a tenth of the time that many projects take.
// https://pkg.go.dev/runtime#ReadMemStats
func CopyBridge(src, dst string) error {
	if err := os.CopyFS(dst, os.DirFS(src)); err != nil {
		return err
	}
	path := filepath.Join(dst, filepath.FromSlash(memStatsFile))
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	quiet := strings.Replace(string(text), memStatsRead, "", 1)
	if quiet == string(text) {
		return fmt.Errorf("%s: %w", memStatsFile, errNoMatch)
	}
	return os.WriteFile(path, []byte(quiet), 0o644)
}
