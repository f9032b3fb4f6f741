package runtime_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// TestSecretVariables checks which way the values of Secrets take: as lines of an env-file only what every version reads as it is,
// by the environment what does not change the runtime's command itself, and no way in argv.
func TestSecretVariables(t *testing.T) {
	const file, environment = "file", "environment"
	for _, test := range []struct{ name, value, way string }{
		{"PLAIN", "a b=c,d;e:/f%g", file},
		{"EMPTY", "", file},
		{"my.var", "x", file},
		{"DOUBLE", `say "x"`, environment},
		{"SINGLE", "it's", environment},
		{"BACK", "`x`", environment},
		{"COMMENT", "a #b", environment},
		{"ESCAPE", `a\nb`, environment},
		{"DOLLAR", "$HOME", environment},
		{"BEFORE", " x", environment},
		{"AFTER", "x\t", environment},
		{"LINES", "a\nb", environment},
		{"DOCKER_HOST", `"tcp://x"`, file},
		{"PATH", "$PATH:/x", file},
		{"https_proxy", "http://u:p#@x", file},
	} {
		p := richPod()
		u := p.Units[1]
		u.Env = []plan.EnvVar{{Name: test.name, Value: test.value, Secret: true}}
		for _, e := range engines(t) {
			run := e.Action(runtime.RunContainer{Pod: &p, Unit: u}).Run
			c, pair := run[len(run)-1], test.name+"="+test.value
			if got := string(c.Stdin) == pair+"\n"; got != (test.way == file) {
				t.Errorf("%s: %s by stdin: %v, want by %s", e.Dialect.Name(), pair, got, test.way)
			}
			if got := slices.Contains(c.Env, pair); got != (test.way == environment) {
				t.Errorf("%s: %s by environment: %v, want by %s", e.Dialect.Name(), pair, got, test.way)
			}
			if test.value != "" && strings.Contains(strings.Join(c.Argv, "\x00"), pair) {
				t.Errorf("%s: %s stands in argv", e.Dialect.Name(), pair)
			}
		}
	}
}
