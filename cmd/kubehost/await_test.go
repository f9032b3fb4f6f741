package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/supervise"
	"github.com/kubehost/kubehost/translate/plan"
)

var web = plan.Ref{Namespace: "default", Name: "web"}

func want(t *testing.T, want, got string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestDamageIsTold: nobody waits for a pod until the time is over when a file that tells of it can be read by no one.
func TestDamageIsTold(t *testing.T) {
	for _, name := range []string{"wanted.json", "status.json"} {
		s := settings.Settings{StateDir: t.TempDir(), RunDir: t.TempDir()}
		h := &watchedHost{T: t, settings: s}
		h.apply("web", "shop")
		h.tell("web", running)
		store := runtime.Store{Dir: s.StateDir}
		file := filepath.Join(map[string]string{"wanted.json": store.PodDir(web), "status.json": filepath.Join(s.RunDir, "default", "web")}[name], name)
		if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
		stored, err := store.Pod(web)
		if err != nil {
			t.Fatal(err)
		}
		a := newApplying(acting{program: &program{}, settings: s, store: store}, false)
		_, err = a.arrived(t.Context(), stored.Plan, 0)
		if want := file + " is damaged: unexpected end of JSON input\n  hint: "; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestSandboxTrouble: a sandbox that cannot be made is told at once, also while its remains are removed.
func TestSandboxTrouble(t *testing.T) {
	pod := plan.Pod{Ref: web}
	for _, c := range []struct {
		memory supervise.Memory
		want   string
	}{
		{supervise.Memory{}, ""},
		{supervise.Memory{Problem: "no network"}, `pod "web": no network`},
		{supervise.Memory{Problem: `pod "web": no network`, Ending: &supervise.Ending{Why: supervise.Restart}}, `pod "web": no network`},
		{supervise.Memory{Ending: &supervise.Ending{Why: supervise.Restart}}, ""},
		{supervise.Memory{Problem: "of the old plan", Ending: &supervise.Ending{Why: supervise.Replace}}, ""},
	} {
		got := ""
		if err := new(applying).trouble(t.Context(), pod, c.memory); err != nil {
			got = err.Error()
		}
		want(t, c.want, got)
	}
}

func TestOvertaken(t *testing.T) {
	const hint = "\n  hint: run the same command again if this is to hold"
	a := &applying{acting: acting{store: runtime.Store{Dir: t.TempDir()}}}
	pod := plan.Pod{Ref: web, RestartPolicy: plan.RestartAlways}
	told := func() string {
		t.Helper()
		if err := a.overtaken(pod); err != nil {
			return err.Error()
		}
		return ""
	}
	want(t, `pod "web" was deleted at the same time by another kubehost`+hint, told())
	for _, c := range []struct {
		policy plan.RestartPolicy
		want   string
	}{{plan.RestartAlways, ""}, {plan.RestartNever, `pod "web" was changed at the same time by another kubehost` + hint}} {
		if err := a.store.SavePod(runtime.StoredPod{Ref: web, Plan: plan.Pod{Ref: web, RestartPolicy: c.policy}}); err != nil {
			t.Fatal(err)
		}
		want(t, c.want, told())
	}
	if err := (supervise.Wanted{Stopped: true}).Write(a.store.PodDir(web)); err != nil {
		t.Fatal(err)
	}
	want(t, `pod "web" was stopped at the same time by another kubehost`+hint, told())
}

// TestLifeless: of a supervisor that does not even begin its log tells why, or who runs it.
func TestLifeless(t *testing.T) {
	for _, test := range []struct {
		kind string
		euid int
		log  string
		want string
	}{
		{settings.SupervisorSystemd, 0, "", "pod \"web\": its service does not start\n  hint: systemctl status kubehost-web.service tells why"},
		{settings.SupervisorSystemd, 1000, "", "pod \"web\": its service does not start\n  hint: systemctl --user status kubehost-web.service tells why"},
		{settings.SupervisorDetached, 0, "error: no\n", "pod \"web\": its supervisor does not start\n  | error: no\n  hint: kubehost supervise web runs it here, where it tells more"},
		{settings.SupervisorDetached, 0, "", "pod \"web\": its supervisor does not start\n  hint: kubehost supervise web runs it here, where it tells more"},
	} {
		a := newApplying(acting{program: &program{euid: test.euid}, settings: settings.Settings{Supervisor: test.kind, RunDir: t.TempDir()}}, false)
		if test.log != "" {
			if err := runtime.ReplaceFile(filepath.Join(a.settings.RunDir, "default", "web", "supervisor.log"), []byte(test.log)); err != nil {
				t.Fatal(err)
			}
		}
		want(t, test.want, a.lifeless(plan.Pod{Ref: web}).Error())
	}
}
