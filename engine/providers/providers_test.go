package providers

import (
	"os"
	"strings"
	"testing"
)

func TestBuild(t *testing.T) {
	build := ReadBuild()
	if build.Versions["aws"] == "" || build.Versions["random"] == "" || len(build.Services) == 0 {
		t.Errorf("build.json lacks something: %+v", build)
	}
	sums, err := os.ReadFile("upstream/go.sum")
	if err != nil {
		t.Fatal(err)
	}
	module, version, _ := strings.Cut(build.Source, "@")
	for _, line := range []string{module + " " + version + " h1:", module + " " + version + "/go.mod h1:"} {
		if !strings.Contains(string(sums), line) {
			t.Errorf("upstream/go.sum has no hash of %s", line)
		}
	}
}
