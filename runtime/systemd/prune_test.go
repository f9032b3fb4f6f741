package systemd

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

const config = "/etc/kubehost/config.yaml"

// prune are the units for a host.
func prune(t *testing.T, config, when string, h Host) (service, timer File) {
	t.Helper()
	service, timer, err := Prune(config, when, h)
	if err != nil {
		t.Fatal(err)
	}
	return service, timer
}

func TestPrune(t *testing.T) {
	user := host("podman")
	user.User, user.StateDir, user.RunDir = true, `/home/bob/.local/50% $tate`, "/run/user/1000/kubehost"
	user.Env = []Variable{{"PATH", "/opt/bin:/usr/bin"}}
	for name, units := range map[string]func() (File, File){
		"prune":      func() (File, File) { return prune(t, config, "Sun *-*-* 03:00", host("docker")) },
		"prune-user": func() (File, File) { return prune(t, "/home/bob/.config/my config", "daily", user) },
	} {
		service, timer := units()
		for suffix, f := range map[string]File{".service": service, ".timer": timer} {
			checkGolden(t, name+suffix, f)
		}
	}
}

func TestPruneVerifies(t *testing.T) {
	tool := analyzer(t)
	dir := t.TempDir()
	service, timer := prune(t, config, "weekly", host("docker"))
	var files []string
	for _, f := range []File{service, timer} {
		files = append(files, filepath.Join(dir, f.Name))
		if err := os.WriteFile(files[len(files)-1], []byte(f.Text()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(tool, append([]string{"verify", "--man=no"}, files...)...)
	cmd.Env = append(os.Environ(), "XDG_RUNTIME_DIR="+t.TempDir())
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestCalendar asks the real tool.
func TestCalendar(t *testing.T) {
	analyzer(t)
	for when, good := range map[string]bool{"daily": true, "weekly": true, "Sun 03:00": true, "Mon..Fri *-*-* 04:30:00": true,
		"wekly": false, "": false, " ": false, "25:00": false, "daily\nExecStart=/bin/evil": false, "--help": false} {
		if err := CheckCalendar(t.Context(), runtime.Exec{}, when); (err == nil) != good {
			t.Errorf("%q: %v", when, err)
		}
	}
}

// analyze is a Runner that fails to run anything.
type analyze struct{ err error }

func (a analyze) Run(context.Context, runtime.Command) (runtime.Result, error) {
	return runtime.Result{}, a.err
}

func TestCalendarWithoutAnswer(t *testing.T) {
	analyzer(t)
	want := errors.New("no answer")
	if err := CheckCalendar(t.Context(), analyze{want}, "daily"); !errors.Is(err, want) {
		t.Errorf("got %v", err)
	}
}

func TestInstallPrune(t *testing.T) {
	const active, known = "ActiveState=active\nUnitFileState=enabled\n", "ActiveState=inactive\nUnitFileState=static\n"
	ran := &systemctl{states: map[string]string{pruneTimer: "ActiveState=inactive\n", pruneService: "ActiveState=inactive\n"}}
	m := Manager{Dir: filepath.Join(t.TempDir(), "system"), Runner: ran}
	fresh := []string{"systemctl enable --no-reload --quiet -- kubehost-prune.timer", "systemctl daemon-reload", "systemctl restart -- kubehost-prune.timer"}
	for _, step := range []struct {
		what, when, timer string
		want              []string
		known             bool
	}{
		{"new", "daily", "ActiveState=inactive\nUnitFileState=\n", fresh, false},
		{"the same", "daily", active, nil, true},
		{"other times", "weekly", active, fresh[1:], false},
		{"disabled by somebody", "weekly", "ActiveState=active\nUnitFileState=disabled\n", fresh, true},
		{"stopped by somebody", "weekly", "ActiveState=inactive\nUnitFileState=enabled\n", []string{"systemctl start --no-block -- kubehost-prune.timer"}, true},
		{"not read yet", "weekly", active + "NeedDaemonReload=yes\n", fresh[1:], true},
	} {
		service, timer := prune(t, config, step.when, host("docker"))
		if known, err := m.Scheduled(timer); known != step.known || err != nil {
			t.Errorf("%s: known %v, %v", step.what, known, err)
		}
		ran.ran, ran.states = nil, map[string]string{pruneTimer: step.timer, pruneService: known}
		if err := m.InstallPrune(t.Context(), service, timer); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(step.want, ran.ran); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.what, diff)
		}
	}
	service, timer := prune(t, "/root/other.yaml", "daily", host("docker"))
	if err := m.InstallPrune(t.Context(), service, timer); !errors.Is(err, ErrForeign) {
		t.Errorf("another file's timer was changed: %v", err)
	}
	ran.ran = nil
	if err := m.RemovePrune(t.Context(), "/root/other.yaml"); err != nil || ran.ran != nil {
		t.Errorf("another file's timer was removed: %v, %v", ran.ran, err)
	}
	if err := m.RemovePrune(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	want := []string{"systemctl stop -- kubehost-prune.timer", "systemctl disable --no-reload --quiet -- kubehost-prune.timer kubehost_prune.service",
		"systemctl daemon-reload"}
	if diff := cmp.Diff(want, ran.ran); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if left, err := os.ReadDir(m.Dir); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	ran.ran = nil
	if err := m.RemovePrune(t.Context(), config); err != nil || ran.ran != nil {
		t.Errorf("to remove nothing took %v, %v", ran.ran, err)
	}
}

// TestPodCalledPrune: its service has another name than that which prunes, and is left alone with it.
func TestPodCalledPrune(t *testing.T) {
	m := Manager{Dir: t.TempDir(), Runner: &systemctl{states: map[string]string{pruneTimer: "ActiveState=active\nUnitFileState=enabled\n", pruneService: "ActiveState=inactive\n"}}}
	service, timer := prune(t, config, "daily", host("docker"))
	pod, err := Service(&plan.Pod{Ref: plan.Ref{Namespace: "default", Name: "prune"}, ID: "prune", Dir: "/var/lib/kubehost/pods/default/prune"}, host("docker"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Write(pod); err != nil {
		t.Fatalf("a pod called prune has no service: %v", err)
	}
	if err := errors.Join(m.InstallPrune(t.Context(), service, timer), m.RemovePrune(t.Context(), config)); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(m.Dir); err != nil || len(left) != 1 || left[0].Name() != pod.Name {
		t.Errorf("left: %v, %v", left, err)
	}
}
