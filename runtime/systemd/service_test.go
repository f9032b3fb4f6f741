package systemd

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/translate/plan"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// host is one that systemd-analyze can check a unit for: the programs are there.
func host(runtime string) Host {
	return Host{Self: "/bin/true", Runtime: runtime, StateDir: "/var/lib/kubehost", RunDir: "/run/kubehost"}
}

func pod(r plan.Ref) plan.Pod {
	return plan.Pod{Ref: r, ID: r.ID(), Dir: "/var/lib/kubehost/pods/" + r.String(), GracePeriod: 30,
		Units: []plan.Unit{{Name: "main", Role: plan.Main}}}
}

// services are the units that the golden files hold.
func services(t *testing.T) map[string]File {
	t.Helper()
	web := pod(plan.Ref{Namespace: "default", Name: "web"})
	full := pod(plan.Ref{Namespace: "shop", Name: "web"})
	full.GracePeriod = 300
	full.Needs = []plan.Need{{Pod: plan.Ref{Namespace: "shop", Name: "db"}}, {Pod: plan.Ref{Namespace: "shop", Name: "cache"}, Container: "redis"}}
	full.Volumes = []plan.Volume{{Kind: plan.HostPath, Path: `/srv/50% "off"/$HOME/`}, {Kind: plan.Claim, Path: "/var/lib/kubehost/volumes/shop/data"},
		{Kind: plan.HostPath, Path: "/srv/two\nlines"}, {Kind: plan.Image, Path: "docker.io/library/busybox:1"}}
	full.Units = append(full.Units, plan.Unit{Name: "slow", Lifecycle: plan.Lifecycle{Startup: &plan.Probe{InitialDelay: 5, Period: 10, Timeout: 1, Failures: 60},
		Readiness: &plan.Probe{InitialDelay: 20}}})
	with := host("podman")
	with.StateDir, with.Env = `/srv/my $state`, []Variable{{"CONTAINERS_CONF", `/etc/50% of "containers".conf`}, {"PATH", "/opt/bin:/usr/bin"}}
	manual := pod(plan.Ref{Namespace: "default", Name: "manual"})
	manual.Manual = true
	patient := pod(plan.Ref{Namespace: "default", Name: "patient"})
	patient.GracePeriod = 3600
	user := host("podman")
	user.User, user.StateDir, user.RunDir = true, "/home/bob/.local/state/kubehost", "/run/user/1000/kubehost"
	files := map[string]File{}
	for name, s := range map[string]struct {
		pod  plan.Pod
		host Host
	}{"plain": {web, host("docker")}, "full": {full, with}, "manual": {manual, host("podman")}, "patient": {patient, host("docker")}, "user": {web, user}} {
		f, err := Service(&s.pod, s.host)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = f
	}
	return files
}

// checkGolden compares a unit with the file of testdata.
func checkGolden(t *testing.T, name string, f File) {
	t.Helper()
	golden := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(golden, []byte(f.Text()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), f.Text()); diff != "" {
		t.Errorf("%s, -update rewrites it (-want +got):\n%s", golden, diff)
	}
}

func TestService(t *testing.T) {
	for name, f := range services(t) {
		checkGolden(t, name+".service", f)
	}
}

// analyzer is the systemd-analyze of this host. Without it what it would say is not tested, except in continuous integration.
func analyzer(t *testing.T) string {
	t.Helper()
	tool, err := exec.LookPath("systemd-analyze")
	if err != nil && os.Getenv("CI") != "" {
		t.Fatal("systemd-analyze is not installed\nhint: make setup")
	} else if err != nil {
		t.Skip("not tested: systemd-analyze is not installed")
	}
	return tool
}

func TestServiceVerifies(t *testing.T) {
	tool := analyzer(t)
	for name, f := range services(t) {
		file := filepath.Join(t.TempDir(), f.Name)
		if err := os.WriteFile(file, []byte(f.Text()), 0o644); err != nil {
			t.Fatal(err)
		}
		args := []string{"verify", "--man=no", file}
		if name == "user" {
			args = append([]string{"--user"}, args...)
		}
		cmd := exec.Command(tool, args...)
		cmd.Env = append(os.Environ(), "XDG_RUNTIME_DIR="+t.TempDir())
		out, err := cmd.CombinedOutput()
		if err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func TestServiceRefused(t *testing.T) {
	long := pod(plan.Ref{Namespace: "default", Name: strings.Repeat("a", 239)})
	if _, err := Service(&long, host("docker")); err == nil {
		t.Error("a name of 256 characters was taken")
	}
	web := pod(plan.Ref{Namespace: "default", Name: "web"})
	h := host("docker")
	h.Self = "kubehost"
	if _, err := Service(&web, h); err == nil {
		t.Error("a relative program was taken")
	}
}
