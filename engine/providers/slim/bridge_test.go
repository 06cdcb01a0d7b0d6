package slim

import (
	"errors"
	"testing"
)

func TestBridgeReadsNoMemory(t *testing.T) {
	before := "func collect() {\n\tmemStats := runtime.MemStats{}\n\n\truntime.ReadMemStats(&memStats)\n\n\treport(memStats)\n}\n"
	after := "func collect() {\n\tmemStats := runtime.MemStats{}\n\n\n\treport(memStats)\n}\n"
	src, dst := module(t, map[string]string{"go.mod": "module bridge\n", memStatsFile: before}), t.TempDir()
	if err := CopyBridge(src, dst); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"go.mod": "module bridge\n", memStatsFile: after} {
		if got := read(t, dst, name); got != want {
			t.Errorf("%s: got %q", name, got)
		}
	}
	if err := CopyBridge(dst, t.TempDir()); !errors.Is(err, errNoMatch) {
		t.Errorf("a bridge that reads it elsewhere: got %v", err)
	}
}
