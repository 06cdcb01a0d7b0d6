package slim

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestBridgeReadsNoMemory(t *testing.T) {
	src, dst := t.TempDir(), filepath.Join(t.TempDir(), "bridge")
	before := "func collect() {\n\tmemStats := runtime.MemStats{}\n\n\truntime.ReadMemStats(&memStats)\n\n\treport(memStats)\n}\n"
	after := "func collect() {\n\tmemStats := runtime.MemStats{}\n\n\n\treport(memStats)\n}\n"
	// As in Go's cache of modules, which is read-only.
	for name, text := range map[string]string{"go.mod": "module bridge\n", memStatsFile: before} {
		path := filepath.Join(src, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o444); err != nil {
			t.Fatal(err)
		}
	}
	if err := CopyBridge(src, dst); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"go.mod": "module bridge\n", memStatsFile: after} {
		if got, err := os.ReadFile(filepath.Join(dst, name)); err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	if err := CopyBridge(dst, filepath.Join(t.TempDir(), "again")); !errors.Is(err, errNoMatch) {
		t.Errorf("a bridge that reads it elsewhere: got %v", err)
	}
}
