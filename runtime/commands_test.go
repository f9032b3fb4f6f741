package runtime_test

import (
	"strings"
	"testing"
	"time"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/podman"
)

// TestDailyCommands: what is run for those who look into a container.
func TestDailyCommands(t *testing.T) {
	e := runtime.Engine{Dialect: podman.Dialect{}}
	lines := int64(3)
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("", 3600))
	for want, got := range map[string]runtime.Command{
		"podman logs web-a": e.Logs("web-a", runtime.LogQuery{}),
		"podman logs --follow --timestamps --tail 3 --since 2026-01-02T02:04:05.000000006Z --until 2026-01-02T02:04:05.000000006Z web-a": e.Logs("web-a",
			runtime.LogQuery{Follow: true, Timestamps: true, Tail: &lines, Since: at, Until: at}),
		"podman cp web-a:/a -":                          e.CopyOut("web-a", "/a"),
		"podman cp --archive=false - web-a:/a":          e.CopyIn("web-a", "/a"),
		"podman exec web-a ls -l":                       e.Exec("web-a", runtime.ExecOptions{}, []string{"ls", "-l"}),
		"podman exec --interactive --env X=1 web-a cat": e.Exec("web-a", runtime.ExecOptions{Stdin: true, Mark: "X=1"}, []string{"cat"}),
		"podman exec --interactive --tty --detach-keys ctrl-^,ctrl-_,ctrl-^ --env TERM=xterm web-a sh": e.Exec("web-a",
			runtime.ExecOptions{Stdin: true, TTY: true}, []string{"sh"}),
	} {
		if got := strings.Join(got.Argv, " "); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}
