package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/kubehost/kubehost/e2e/machine"
	"github.com/kubehost/kubehost/runtime/rootless"
)

// known are the runtimes, in the order in which kubehost looks for them; rootless is podman of a user, rootless-docker docker.
var known = []string{"docker", "podman", "rootless", "rootless-docker"}

// ofUser says whether the runtime is a user's.
func ofUser(name string) bool { return strings.HasPrefix(name, "rootless") }

// commandOf is the runtime's command.
func commandOf(name string) string {
	switch name {
	case "rootless":
		return "podman"
	case "rootless-docker":
		return "docker"
	}
	return name
}

// TestScripts runs the scripts of testdata on each runtime, those of all runtimes beside each other.
func TestScripts(t *testing.T) {
	t.Parallel()
	named := strings.Fields(os.Getenv("KUBEHOST_E2E_RUNTIMES"))
	for _, name := range named {
		if !slices.Contains(known, name) {
			t.Fatalf("KUBEHOST_E2E_RUNTIMES names %q, known are %v", name, known)
		}
	}
	for _, name := range known {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Cleanup(func() { tellFacts(t, name) })
			must := slices.Contains(named, name)
			if len(named) > 0 && !must {
				t.Skipf("KUBEHOST_E2E_RUNTIMES does not name %s", name)
			}
			if err := testable(name); err != nil && must {
				t.Fatalf("%v\nhint: make setup", err)
			} else if err != nil {
				t.Skipf("not tested: %v", err)
			}
			if ofUser(name) && os.Geteuid() == 0 {
				runRootless(t, name)
				return
			}
			runScripts(t, name)
		})
	}
}

// testable says why scripts cannot run on a runtime here, or nil.
func testable(name string) error {
	switch root := os.Geteuid() == 0; {
	case name == "podman" && !root:
		return errors.New("podman of a user is called rootless")
	case ofUser(name) && root:
		return settingOf(name).usable()
	}
	return answers(commandOf(name))
}

func runScripts(t *testing.T, name string) {
	bin, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	if err := loadImage(commandOf(name)); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:      "testdata",
		Setup:    func(env *testscript.Env) error { return setup(env, name, bin) },
		Cmds:     commands(),
		TestWork: keep(),
		Condition: func(cond string) (bool, error) {
			if file, ok := walls[cond]; ok {
				b, err := os.ReadFile(file)
				return err == nil && !bytes.HasPrefix(b, []byte("N")), nil
			}
			if cond == "limits" {
				return !ofUser(name) || rootless.Read(os.DirFS("/"), os.Geteuid(), os.Getenv).Has("memory"), nil
			}
			if !slices.Contains(known, cond) {
				return false, fmt.Errorf("unknown condition %q", cond)
			}
			return cond == name || cond == commandOf(name) || cond == "rootless" && ofUser(name), nil
		},
	})
}

// walls are conditions on the host's kernel, each with the file that tells.
var walls = map[string]string{"apparmor": "/sys/module/apparmor/parameters/enabled", "selinux": "/sys/fs/selinux/enforce"}

// keep says whether scripts leave everything behind.
func keep() bool { return os.Getenv("KUBEHOST_E2E_KEEP") != "" }

// temp holds what is made once for all scripts.
var temp = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "kubehost-e2e-") })

// programs builds the program under test and the server for its probes, once, and returns their directory.
var programs = sync.OnceValues(func() (string, error) {
	if dir := os.Getenv(programsIn); dir != "" {
		return dir, nil
	}
	dir, err := temp()
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "bin")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", bin+"/",
		"github.com/kubehost/kubehost/cmd/kubehost", "github.com/kubehost/kubehost/e2e/server")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return bin, nil
})

func TestMain(m *testing.M) {
	machine.Main()
	registryMain()
	namesMain()
	code := m.Run()
	if dir, err := temp(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}
