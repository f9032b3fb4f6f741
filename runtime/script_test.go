package runtime_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/podman"
	"github.com/kubehost/kubehost/translate/plan"
)

// shell runs the lines of an action as a script does.
func shell(t *testing.T, a runtime.Action) (string, error) {
	t.Helper()
	cmd := exec.Command("sh")
	cmd.Stdin = strings.NewReader("set -eu\n" + strings.Join(a.Script(), "\n") + "\necho end\n")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestScriptStdin: whatever a command reads, it reads in a script as well.
func TestScriptStdin(t *testing.T) {
	for _, stdin := range []string{"A=$HOME `id` \\ 'it'\n", "two\nlines\n", "no newline", "END\n", "a\nEND\nb\n", "\x00\xff", "", "\n",
		strings.Repeat("long", 1000)} {
		file := filepath.Join(t.TempDir(), "out")
		a := runtime.Action{Run: []runtime.Command{{Argv: []string{"sh", "-c", `cat > "$1"`, "sh", file}, Stdin: []byte(stdin)}}, Failure: "it failed"}
		if out, err := shell(t, a); err != nil || out != "end\n" {
			t.Errorf("%q: %v: %s", stdin, err, out)
		}
		if got, err := os.ReadFile(file); string(got) != stdin {
			t.Errorf("%q arrived as %q: %v", stdin, got, err)
		}
	}
}

func TestScriptOutcome(t *testing.T) {
	ok, fail := runtime.Command{Argv: []string{"true"}}, runtime.Command{Argv: []string{"false"}}
	stdin := runtime.Command{Argv: []string{"false"}, Stdin: []byte{0}}
	tests := []struct {
		name   string
		action runtime.Action
		want   string
	}{
		{"success", runtime.Action{Run: []runtime.Command{ok}}, "end\n"},
		{"failure", runtime.Action{Run: []runtime.Command{fail}}, ""},
		{"failure with a word", runtime.Action{Run: []runtime.Command{fail}, Failure: "it's bad"}, "it's bad\n"},
		{"first of two fails", runtime.Action{Run: []runtime.Command{fail, ok}}, ""},
		{"optional", runtime.Action{Run: []runtime.Command{fail}, Optional: true}, "end\n"},
		{"needless", runtime.Action{Run: []runtime.Command{fail}, Unless: &ok}, "end\n"},
		{"needless, with input", runtime.Action{Run: []runtime.Command{stdin}, Unless: &ok}, "end\n"},
		{"needed", runtime.Action{Run: []runtime.Command{ok}, Unless: &fail}, "end\n"},
		{"needed and fails", runtime.Action{Run: []runtime.Command{fail}, Unless: &fail}, ""},
		{"needed and fails, with input", runtime.Action{Run: []runtime.Command{stdin}, Unless: &fail}, ""},
		{"odd names in the environment", runtime.Action{Run: []runtime.Command{{
			Argv: []string{"awk", `BEGIN { exit ENVIRON["my.var"] != "it's" || ENVIRON["A"] != "1 2" }`}, Env: []string{"A=1 2", "my.var=it's"}}}}, "end\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out, err := shell(t, test.action)
			if out != test.want || (err == nil) != (test.want == "end\n") {
				t.Errorf("got %q, %v", out, err)
			}
		})
	}
}

// TestRemoveFiles removes a pod's directory, and nothing through a symlink.
func TestRemoveFiles(t *testing.T) {
	dir := t.TempDir()
	pod, outside := filepath.Join(dir, "-it's a pod"), filepath.Join(dir, "outside")
	for _, d := range []string{pod + "/memory/a b", pod + "/empty/x", outside} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside, pod+"/empty/x/link"); err != nil {
		t.Fatal(err)
	}
	e := runtime.Engine{Dialect: podman.Dialect{}, Runner: runtime.Exec{}}
	for range 2 { // the second time there is nothing
		if err := (runtime.Executor{Engine: e}).Run(t.Context(), runtime.Steps{{ID: "x", Op: runtime.RemoveFiles{Dir: pod}}}); err != nil {
			t.Fatal(err)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 || left[0].Name() != "outside" {
		t.Errorf("left: %v, %v", left, err)
	}
}

// TestObserveContents looks at the files of a volume that is there, and of one that is not.
func TestObserveContents(t *testing.T) {
	p := richPod()
	page := &p.Volumes[1]
	page.Path = filepath.Join(t.TempDir(), "page")
	empty := p.Volumes[1]
	empty.Name, empty.Path = "empty", filepath.Join(t.TempDir(), "empty")
	p.Volumes = append(p.Volumes, empty)
	e := runtime.Engine{Dialect: podman.Dialect{}, Runner: answers{"ps": `[{"Id":"2","Names":["b"]},{"Id":"1","Names":["a"]}]`}}
	for _, f := range e.Action(runtime.MakeVolume{Volume: *page}).Files {
		if err := f.Do(); err != nil {
			t.Fatal(err)
		}
	}
	o, err := e.Observe(t.Context(), plan.Plan{Pods: []plan.Pod{p}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{page.Path: page.ContentHash()}, o.Contents); diff != "" {
		t.Error(diff)
	}
	if len(o.Containers) != 2 || o.Containers[0].Name != "a" {
		t.Errorf("not in the order of their names: %v", o.Containers)
	}
}
