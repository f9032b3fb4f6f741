package e2e

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kubehost/kubehost/e2e/machine"
)

// abandonIn is set for a process that boots a host and waits to be killed.
const abandonIn = "KUBEHOST_E2E_ABANDON"

// TestHostOfKilledTest checks that nothing is left of a host when the tests are killed, and of one whose
// keeper is killed, too, as soon as there is another.
func TestHostOfKilledTest(t *testing.T) {
	if dir := os.Getenv(abandonIn); dir != "" {
		abandon(t, dir)
	}
	if err := machine.Usable(); err != nil && os.Getenv("KUBEHOST_E2E_RUNTIMES") != "" {
		t.Fatalf("%v\nhint: make setup", err)
	} else if err != nil {
		t.Skipf("not tested: %v", err)
	}
	root, cgroup, _ := abandoned(t)
	gone(t, root)
	gone(t, cgroups(cgroup)...)

	root, cgroup, keeper := abandoned(t)
	if err := syscall.Kill(keeper, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		t.Fatal(err)
	}
	gone(t, root)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	m, err := machine.Start(ctx, machine.Config{Control: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	gone(t, cgroups(cgroup)...)
	if err := m.Close(); err != nil {
		t.Error(err)
	}
	gone(t, cgroups(m.Cgroup())...)
}

// abandon boots a host, says where it is, and waits.
func abandon(t *testing.T, dir string) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	m, err := machine.Start(ctx, machine.Config{Control: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Boot(ctx); err != nil {
		t.Fatal(err)
	}
	fmt.Printf("host %s %s\n", m.Root(), m.Cgroup())
	<-ctx.Done()
}

// abandoned starts a process that boots a host, and kills it.
func abandoned(t *testing.T) (root, cgroup string, keeper int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), abandonIn+"="+t.TempDir())
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err := errors.Join(err, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	said := ""
	for lines := bufio.NewScanner(out); root == "" && lines.Scan(); said += lines.Text() + "\n" {
		_, _ = fmt.Sscanf(lines.Text(), "host %s %s", &root, &cgroup)
	}
	if root == "" {
		t.Fatalf("no host was booted: %v\n%s", cmd.Wait(), said)
	}
	if _, err := os.Stat(root); err != nil {
		t.Fatal(err)
	}
	if len(cgroups(cgroup)) == 0 {
		t.Fatalf("there is no control group %s", cgroup)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	keeper, err = strconv.Atoi(cgroup[strings.LastIndex(cgroup, "-")+1:])
	if err != nil {
		t.Fatal(err)
	}
	return root, cgroup, keeper
}

func cgroups(name string) []string {
	var found []string
	for _, pattern := range []string{"/sys/fs/cgroup/", "/sys/fs/cgroup/*/"} {
		dirs, _ := filepath.Glob(filepath.Join(pattern, name))
		found = append(found, dirs...)
	}
	return found
}

// gone waits until none of the files is there.
func gone(t *testing.T, paths ...string) {
	t.Helper()
	err := retry(patience, func() error {
		for _, path := range paths {
			if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("%s is still there (%v)", path, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
