package systemd

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// systemctl is a Runner that notes commands and answers "show" with what the test says of each service.
type systemctl struct {
	ran    []string
	states map[string]string
}

func (s *systemctl) Run(_ context.Context, c runtime.Command) (runtime.Result, error) {
	line := strings.Join(c.Argv, " ")
	if !strings.Contains(line, " show ") {
		s.ran = append(s.ran, line)
		return runtime.Result{}, nil
	}
	_, names, _ := strings.Cut(line, " -- ")
	var paragraphs []string
	for name := range strings.FieldsSeq(names) {
		paragraphs = append(paragraphs, s.states[name])
	}
	return runtime.Result{Stdout: []byte(strings.Join(paragraphs, "\n") + "\n")}, nil
}

const web = "kubehost-web.service"

func TestStates(t *testing.T) {
	m := Manager{Runner: &systemctl{states: map[string]string{
		web:                      "MainPID=42\nActiveState=active\nUnitFileState=enabled\nNeedDaemonReload=yes\nJob=0\n",
		"kubehost-db.service":    "MainPID=0\nActiveState=inactive\nUnitFileState=\nNeedDaemonReload=no\nJob=17\n",
		"kubehost-other.service": "MainPID=0\nActiveState=failed\nUnitFileState=static\nNeedDaemonReload=no\n",
	}}}
	got, err := m.States(t.Context(), []string{web, "kubehost-db.service", "kubehost-other.service"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]State{
		web:                      {Active: "active", Enabled: "enabled", MainPID: 42, Stale: true},
		"kubehost-db.service":    {Active: "inactive", Queued: true},
		"kubehost-other.service": {Active: "failed", Enabled: "static"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestUserDir takes what "systemctl --user show --property=UnitPath" prints.
func TestUserDir(t *testing.T) {
	const rest = " /run/user/1000/systemd/user.control /run/user/1000/systemd/transient /run/user/1000/systemd/generator.early %s/systemd/user /etc/systemd/user /run/user/1000/systemd/user /usr/lib/systemd/user\n"
	for path, want := range map[string]string{
		"/home/bob/.config/systemd/user.control" + rest:   "/home/bob/.config/systemd/user",
		"/srv/cfg/systemd/user.control" + rest:            "/srv/cfg/systemd/user",
		`"/home/b b/.config/systemd/user.control"` + rest: "",
		"\n": "", "ActiveState=inactive\n": "",
	} {
		if got := userDir(path); got != want {
			t.Errorf("%q of %s, want %q", got, path, want)
		}
	}
}

func TestRemove(t *testing.T) {
	ran := &systemctl{states: map[string]string{web: "ActiveState=inactive\n", "kubehost-db.service": "ActiveState=failed\n"}}
	m := Manager{User: true, Dir: t.TempDir(), Runner: ran}
	for _, name := range []string{web, "kubehost-db.service", "other.service"} {
		if err := os.WriteFile(filepath.Join(m.Dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []bool{true, false} {
		for _, runtime := range []string{"docker", "podman"} {
			if wrote, err := m.OrderScopes(runtime); wrote != want || err != nil {
				t.Errorf("order the scopes of %s: %v, %v", runtime, wrote, err)
			}
		}
	}
	if err := m.Remove(t.Context(), nil); err != nil || ran.ran != nil {
		t.Errorf("to remove nothing took %v, %v", ran.ran, err)
	}
	if err := m.Remove(t.Context(), []string{web}); err != nil {
		t.Fatal(err)
	}
	if wrote, err := m.OrderScopes("podman"); wrote || err != nil {
		t.Errorf("a service is left, and the scopes have no order: %v", err)
	}
	ran.ran = nil
	if err := os.WriteFile(filepath.Join(m.Dir, web), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := m.Remove(t.Context(), []string{web, "kubehost-db.service"}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"systemctl --user stop -- kubehost-web.service kubehost-db.service",
		"systemctl --user disable --no-reload --quiet -- kubehost-web.service kubehost-db.service",
		"systemctl --user daemon-reload",
		"systemctl --user reset-failed -- kubehost-db.service",
	}
	if diff := cmp.Diff(want, ran.ran); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	left, err := os.ReadDir(m.Dir)
	if err != nil || len(left) != 1 || left[0].Name() != "other.service" {
		t.Errorf("left: %v, %v", left, err)
	}
}

// TestScopes: the containers of a user's docker have scopes that end with the user's manager, those of root's have not.
func TestScopes(t *testing.T) {
	for _, m := range []Manager{{Dir: t.TempDir()}, {Dir: t.TempDir(), User: true}} {
		for _, runtime := range []string{"docker", "podman"} {
			wrote, err := m.OrderScopes(runtime)
			if want := m.User || runtime == "podman"; wrote != want || err != nil {
				t.Errorf("%s, of a user %v: wrote %v, %v", runtime, m.User, wrote, err)
			}
		}
	}
	for _, prefix := range []string{"docker-", "libpod-"} {
		checkGolden(t, prefix+".scope.conf", scopes(prefix))
	}
}

func TestWrite(t *testing.T) {
	m := Manager{Dir: filepath.Join(t.TempDir(), "system")}
	p := pod(plan.Ref{Namespace: "default", Name: "web"})
	write := func(h Host) (Change, error) {
		t.Helper()
		f, err := Service(&p, h)
		if err != nil {
			t.Fatal(err)
		}
		return m.Write(f)
	}
	longer, other := host("docker"), host("docker")
	p.GracePeriod = 31
	other.RunDir, other.StateDir = "/run/other", "/srv/other"
	for _, step := range []struct {
		grace int64
		host  Host
		want  Change
	}{
		{30, host("docker"), Change{File: true}}, {30, host("docker"), Change{}},
		{31, longer, Change{File: true}}, {31, other, Change{File: true, Command: true}},
	} {
		p.GracePeriod = step.grace
		if got, err := write(step.host); err != nil || got != step.want {
			t.Errorf("grace period %d: %+v, %v, want %+v", step.grace, got, err, step.want)
		}
	}
	if has, err := m.Has(Name(p.Ref), p.Dir); err != nil || !has {
		t.Errorf("the pod has no service: %v", err)
	}
	if has, err := m.Has(Name(p.Ref), p.Dir+"2"); err != nil || has {
		t.Errorf("another pod has the service: %v", err)
	}
	p.Dir += "2"
	if _, err := write(host("docker")); !errors.Is(err, ErrForeign) {
		t.Errorf("another pod's service was overwritten: %v", err)
	}
	info, err := os.Stat(filepath.Join(m.Dir, web))
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}
