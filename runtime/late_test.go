package runtime_test

import (
	"context"
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

// sandboxed is a Runner that knows one answer, to the question for late values.
type sandboxed struct {
	answer string
	ran    []runtime.Command
}

func (a *sandboxed) Run(_ context.Context, c runtime.Command) (runtime.Result, error) {
	if c.Argv[1] == "container" {
		return runtime.Result{Stdout: []byte(a.answer)}, nil
	}
	a.ran = append(a.ran, c)
	return runtime.Result{}, nil
}

// latePod uses all late values: in words, in an environment, and in files.
func latePod(dir string) plan.Pod {
	p := plan.Pod{Ref: plan.Ref{Namespace: "default", Name: "web"}, ID: "web", Dir: dir}
	p.Sandbox = plan.Sandbox{ID: "web-infra", Network: "kubehost", Hostname: "it's", HostNames: []string{"a.b", "a"},
		HostAliases: []plan.HostAlias{{IP: "10.0.0.1", Names: []string{"x", "y"}}},
		DNS:         plan.DNS{Conf: "search a b\nnameserver " + plan.Resolver + "\n"}}
	p.Units = []plan.Unit{{Name: "c", ID: "web-c", Role: plan.Main, Image: "i:1",
		Args: []string{"it's " + plan.PodIP + " $HOME " + plan.PodIPs, plan.PodIP},
		Env:  []plan.EnvVar{{Name: "URL", Value: "http://" + plan.PodIP + "/'p'", Secret: true}}}}
	return p
}

func lateSteps(p *plan.Pod) runtime.Steps {
	return runtime.Steps{{ID: "etc", Op: runtime.WriteEtc{Pod: p}},
		{ID: "c", Op: runtime.RunContainer{Pod: p, Unit: p.Units[0]}, Needs: []string{"etc"}}}
}

const lateHosts = "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n" +
	"fe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n" +
	"10.9.9.2\ta.b\ta\n\n# Entries added by HostAliases.\n10.0.0.1\tx\ty\n"

func checkEtc(t *testing.T, dir string) {
	t.Helper()
	for name, want := range map[string]string{"hosts": lateHosts, "hosts.clean": lateHosts, "hostname": "it's\n",
		"resolv.conf": "search a b\nnameserver 10.9.9.1\n"} {
		file := filepath.Join(dir, "etc", name)
		got, err := os.ReadFile(file)
		if err != nil || string(got) != want {
			t.Errorf("%s: %v\n%s", name, err, cmp.Diff(want, string(got)))
		}
		if info, err := os.Stat(file); err != nil || info.Mode() != 0o644 {
			t.Errorf("%s: %v", name, info.Mode())
		}
	}
}

func TestLateValues(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a b")
	p := latePod(dir)
	r := &sandboxed{answer: "10.9.9.2,fd00::2 10.9.9.1\n"}
	e := runtime.Engine{Dialect: podman.Dialect{}, Runner: r}
	if err := (runtime.Executor{Engine: e}).Run(t.Context(), lateSteps(&p)); err != nil {
		t.Fatal(err)
	}
	checkEtc(t, dir)
	c := r.ran[len(r.ran)-1]
	want := []string{"it's 10.9.9.2 $HOME 10.9.9.2,fd00::2", "10.9.9.2"}
	if diff := cmp.Diff(want, c.Argv[len(c.Argv)-2:]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"URL=http://10.9.9.2/'p'"}, c.Env); diff != "" {
		t.Error(diff)
	}
}

// What a container wrote into hosts goes with the next start of one; resolv.conf and hostname last.
func TestEtcIsReset(t *testing.T) {
	dir := t.TempDir()
	p := latePod(dir)
	e := runtime.Engine{Dialect: podman.Dialect{}, Runner: &sandboxed{answer: "10.9.9.2 10.9.9.1"}}
	run := func(steps runtime.Steps) {
		if err := (runtime.Executor{Engine: e}).Run(t.Context(), steps); err != nil {
			t.Fatal(err)
		}
	}
	run(lateSteps(&p))
	hosts := filepath.Join(dir, "etc", "hosts")
	before, _ := os.Stat(hosts)
	for _, name := range []string{"hosts", "resolv.conf"} {
		if err := os.WriteFile(filepath.Join(dir, "etc", name), []byte("edited"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run(lateSteps(&p)[1:])
	got, _ := os.ReadFile(hosts)
	if after, _ := os.Stat(hosts); string(got) != lateHosts || !os.SameFile(before, after) || after.Mode() != 0o644 {
		t.Errorf("hosts was not written anew in its place: %s", got)
	}
	run(lateSteps(&p)[:1])
	if got, _ := os.ReadFile(filepath.Join(dir, "etc", "resolv.conf")); string(got) != "edited" {
		t.Errorf("resolv.conf did not last: %s", got)
	}
}

func TestNoAddress(t *testing.T) {
	p := latePod(t.TempDir())
	e := runtime.Engine{Dialect: podman.Dialect{}, Runner: &sandboxed{answer: " 10.9.9.1\n"}}
	err := (runtime.Executor{Engine: e}).Run(t.Context(), lateSteps(&p))
	if err == nil || !strings.Contains(err.Error(), "the sandbox has no address on its network") {
		t.Errorf("got %v", err)
	}
}

// TestLateScript runs the script with a podman that prints what it is given.
func TestLateScript(t *testing.T) {
	dir, bin := filepath.Join(t.TempDir(), "it's"), t.TempDir()
	p := latePod(dir)
	podmanScript := "#!/bin/sh\nif [ $1 = container ]; then echo '10.9.9.2,fd00::2 10.9.9.1'; exit; fi\n" +
		`{ echo "$URL"; while [ $# -gt 2 ]; do shift; done; printf '%s\n' "$@"; } > "$OUT"` + "\n"
	if err := os.WriteFile(filepath.Join(bin, "podman"), []byte(podmanScript), 0o755); err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	if err := (runtime.Engine{Dialect: podman.Dialect{}}).WriteScript(&script, lateSteps(&p)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh")
	cmd.Stdin = strings.NewReader(script.String())
	out := filepath.Join(bin, "out")
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "OUT="+out)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s\n%s", err, text, script.String())
	}
	checkEtc(t, dir)
	got, _ := os.ReadFile(out)
	if diff := cmp.Diff("http://10.9.9.2/'p'\nit's 10.9.9.2 $HOME 10.9.9.2,fd00::2\n10.9.9.2\n", string(got)); diff != "" {
		t.Error(diff)
	}
}
