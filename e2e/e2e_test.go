package e2e

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// known are the runtimes, in the order in which kubehost looks for them.
var known = []string{"docker", "podman"}

func TestScripts(t *testing.T) {
	named := strings.Fields(os.Getenv("KUBEHOST_E2E_RUNTIMES"))
	for _, name := range named {
		if !slices.Contains(known, name) {
			t.Fatalf("KUBEHOST_E2E_RUNTIMES names %q, known are %v", name, known)
		}
	}
	for _, name := range known {
		t.Run(name, func(t *testing.T) {
			must := slices.Contains(named, name)
			if len(named) > 0 && !must {
				t.Skipf("KUBEHOST_E2E_RUNTIMES does not name %s", name)
			}
			if err := answers(name); err != nil && must {
				t.Fatalf("%v\nhint: make setup", err)
			} else if err != nil {
				t.Skipf("not tested: %v", err)
			}
			runScripts(t, name)
		})
		tellFacts(t, name)
	}
}

func runScripts(t *testing.T, runtime string) {
	bin, err := kubehost()
	if err != nil {
		t.Fatal(err)
	}
	if err := loadImage(runtime); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:      "testdata",
		Setup:    func(env *testscript.Env) error { return setup(env, runtime, filepath.Dir(bin)) },
		Cmds:     commands(),
		TestWork: keep(),
		Condition: func(cond string) (bool, error) {
			if file, ok := walls[cond]; ok {
				b, err := os.ReadFile(file)
				return err == nil && !bytes.HasPrefix(b, []byte("N")), nil
			}
			if !slices.Contains(known, cond) {
				return false, fmt.Errorf("unknown condition %q", cond)
			}
			return cond == runtime, nil
		},
	})
}

// walls are conditions on the host's kernel, each with the file that tells.
var walls = map[string]string{"apparmor": "/sys/module/apparmor/parameters/enabled", "selinux": "/sys/fs/selinux/enforce"}

// keep says whether scripts leave everything behind.
func keep() bool { return os.Getenv("KUBEHOST_E2E_KEEP") != "" }

// temp holds what is made once for all scripts.
var temp = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "kubehost-e2e-") })

// kubehost builds the program under test, once, and returns its path.
var kubehost = sync.OnceValues(func() (string, error) {
	dir, err := temp()
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "bin", "kubehost")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", bin, "github.com/kubehost/kubehost/cmd/kubehost")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return bin, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := temp(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}
