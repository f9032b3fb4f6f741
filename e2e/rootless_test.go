package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kubehost/kubehost/e2e/machine"
)

// The scripts run rootless as a user: where the tests are root, as one of a host that is booted for all of them, by these
// tests' own binary, which finds there what is named here.
const (
	insideTests = "/usr/local/lib/kubehost-e2e/agent"
	insideBin   = "/usr/local/lib/kubehost-e2e/bin"
	programsIn  = "KUBEHOST_E2E_PROGRAMS"
)

// runRootless boots a host and runs the scripts there, as a user.
func runRootless(t *testing.T, name string) {
	s := settingOf(name)
	ctx := t.Context()
	limit := 10 * time.Minute
	if end, ok := t.Deadline(); ok {
		limit = time.Until(end) - 30*time.Second // for what they say of it, and for the host to go
	}
	m := rootlessHost(ctx, t, s)
	defer func() {
		if err := m.Close(); err != nil {
			t.Errorf("something is left of the host: %v", err)
		}
	}()
	h := &host{setting: s, Machine: m}
	if err := h.boot(ctx); err != nil {
		t.Fatal(err)
	}
	// An address that is not loopback, a way to all others and somebody who knows names, as hosts have.
	for _, line := range []string{"ip link add e2e type bridge", "ip addr add " + outsideAddr + "/24 dev e2e", "ip link set e2e up",
		"ip route add default via 198.51.100.1", "systemctl start names.service"} {
		if res, err := m.Run(ctx, machine.Command{Argv: strings.Fields(line)}); err != nil || res.Code != 0 {
			t.Fatalf("%s: %v %s", line, err, res.Stderr)
		}
	}
	c := h.command(s.user, insideCommand(s, limit)...)
	c.Dir = workPath + "/e2e"
	res, err := m.Run(ctx, c)
	switch {
	case err != nil:
		t.Fatal(err)
	case res.Code != 0:
		t.Fatalf("exit code %d\n%s%s", res.Code, res.Stdout, res.Stderr)
	}
	for line := range strings.Lines(string(res.Stdout)) {
		if strings.HasPrefix(line, "facts: ") {
			fmt.Print(line)
		}
	}
}

// rootlessHost is a host that has these tests.
func rootlessHost(ctx context.Context, t *testing.T, s setting) *machine.Machine {
	t.Helper()
	bin, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	project, err1 := filepath.Abs("..")
	control, err2 := os.MkdirTemp("", "kubehost-host-")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	c, err := s.config(control, bin, project)
	if err != nil {
		_ = os.RemoveAll(control)
		t.Fatal(err)
	}
	c.Binds[insideBin] = bin
	c.Files["/etc/resolv.conf"] = "nameserver " + outsideAddr + "\n"
	c.Files["/etc/systemd/system/names.service"] = namesUnit
	// The scripts say themselves what is to be configured.
	for path := range c.Files {
		if strings.HasSuffix(path, "/kubehost/config.yaml") {
			delete(c.Files, path)
		}
	}
	m, err := machine.Start(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// insideCommand runs the scripts that are asked for. They are verbose: else one that hangs would keep from being seen what
// the others said.
func insideCommand(s setting, limit time.Duration) []string {
	scripts := askedScripts()
	if scripts == "" {
		scripts = "^(" + strings.Join(s.scripts, "|") + ")$"
	}
	env := []string{"env", programsIn + "=" + insideBin, "KUBEHOST_E2E_RUNTIMES=" + s.name, "KUBEHOST_SUPERVISOR=detached",
		"CONTAINERS_CONF=/etc/containers/containers.conf"}
	if s.runtime == "docker" {
		// Scripts have a home of their own, which has no context of docker's.
		env = append(env, fmt.Sprintf("DOCKER_HOST=unix:///run/user/%d/docker.sock", machine.UserID))
	}
	return append(env, insideTests, "-test.v",
		"-test.timeout", limit.String(), "-test.parallel", strconv.Itoa(besides()), "-test.run", "^TestScripts$/^"+s.name+"$/"+scripts)
}

// besides is how many scripts run beside each other in such a host: it runs beside others itself.
func besides() int {
	all, _ := strconv.Atoi(testFlag("parallel"))
	if askedScripts() != "" {
		return all
	}
	return max(all/2, 1)
}

// askedScripts is the part of -run that names scripts of a runtime; empty is all.
func askedScripts() string {
	if parts := strings.Split(testFlag("run"), "/"); len(parts) > 2 {
		return parts[2]
	}
	return ""
}

func testFlag(name string) string {
	if f := flag.Lookup("test." + name); f != nil {
		return f.Value.String()
	}
	return ""
}
