package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/kubehost/kubehost/cmd/commandline"
)

// TestTimeoutIsATime: a time-out that is over at once would leave pods half changed.
func TestTimeoutIsATime(t *testing.T) {
	for _, command := range []string{"apply -f x", "delete web", "start web", "restart web", "stop web"} {
		for _, limit := range []string{"0", "-5s"} {
			var stderr bytes.Buffer
			p := &program{stdin: strings.NewReader(""), stdout: t.Output(), stderr: &stderr, getenv: func(string) string { return "" }}
			args := append([]string{"kubehost"}, strings.Fields(command)...)
			code := p.main(append(args, "--timeout", limit, "--state-dir", t.TempDir()))
			if want := "--timeout must be longer than 0"; code != commandline.ExitUsage || !strings.Contains(stderr.String(), want) {
				t.Errorf("%s --timeout %s: exit code %d, %q, want %q", command, limit, code, stderr.String(), want)
			}
		}
	}
}
