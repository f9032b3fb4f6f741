package e2e

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// script is what one script has of its own.
type script struct {
	// name is what the tests call the runtime, and runtime its command.
	name, runtime string

	ns       string
	work     string
	registry *registryServer
	// images are the IDs of what was pushed.
	images []string
	// facts are what the script claims, see facts.tsv.
	facts map[string]string
}

type scriptKey struct{}

// of returns the script's own things.
func of(ts *testscript.TestScript) *script { return ts.Value(scriptKey{}).(*script) }

// passed are the variables of the caller that say how the runtimes are reached and set up.
var passed = []string{"KUBEHOST_SUPERVISOR",
	"CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF", "DOCKER_HOST", "DOCKER_CONTEXT", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS",
}

// setup prepares a script's environment, and arranges that nothing is left of it.
func setup(env *testscript.Env, runtimeName, bin string) error {
	reg := newRegistry()
	examples, err := filepath.Abs("../manifests/examples")
	if err != nil {
		return err
	}
	name, runtime := strings.TrimPrefix(filepath.Base(env.WorkDir), "script-"), commandOf(runtimeName)
	s := &script{name: runtimeName, runtime: runtime, ns: "e2e-" + name + "-" + random(), work: env.WorkDir, registry: reg}
	env.Values[scriptKey{}] = s
	env.Defer(func() { s.end(env) })

	vars := map[string]string{
		"RUNTIME": runtime, "KUBEHOST_RUNTIME": runtime,
		"NS": s.ns, "IMAGE": imageRef, "REGISTRY": reg.addr, "AUTH_REGISTRY": reg.authAddr, "HOSTIP": hostIP(),
		"STATE": s.dir("state"), "KUBEHOST_STATE_DIR": s.dir("state"),
		"VOLUMES": s.dir("volumes"), "KUBEHOST_VOLUME_DIR": s.dir("volumes"),
		"WORK": s.work, "EXAMPLES": examples, "SERVER": filepath.Join(bin, "server"),
	}
	for i := 1; i <= 4; i++ {
		vars[fmt.Sprintf("PORT%d", i)] = fmt.Sprint(freePort())
	}
	for k, v := range vars {
		env.Setenv(k, v)
	}
	for _, k := range passed {
		if v, ok := os.LookupEnv(k); ok {
			env.Setenv(k, v)
		}
	}
	if os.Geteuid() != 0 && env.Getenv("XDG_DATA_HOME") == "" {
		// The image is not in the script's home.
		env.Setenv("XDG_DATA_HOME", filepath.Join(os.Getenv("HOME"), ".local", "share"))
	}
	env.Setenv("PATH", bin+string(os.PathListSeparator)+env.Getenv("PATH"))
	env.Setenv("HOME", s.dir("home"))
	env.Setenv("CONTAINERS_REGISTRIES_CONF", s.dir("registries.conf"))
	return fill(s, vars)
}

func (s *script) dir(name string) string { return filepath.Join(s.work, name) }

// fill makes the script's home, and what it finds there.
func fill(s *script, vars map[string]string) error {
	if err := os.MkdirAll(s.dir("home"), 0o700); err != nil {
		return err
	}
	// docker treats every registry on loopback as one without TLS, podman wants to be told.
	var conf strings.Builder
	for _, addr := range []string{s.registry.addr, s.registry.authAddr} {
		fmt.Fprintf(&conf, "[[registry]]\nlocation = %q\ninsecure = true\n", addr)
	}
	if err := os.WriteFile(s.dir("registries.conf"), []byte(conf.String()), 0o600); err != nil {
		return err
	}
	return fillIn(s.work, vars)
}

// fillIn puts the variables into the manifests of a directory.
func fillIn(dir string, vars map[string]string) error {
	var pairs []string
	for k, v := range vars {
		pairs = append(pairs, "${"+k+"}", v)
	}
	replacer := strings.NewReplacer(pairs...)
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains([]string{".yaml", ".yml", ".json", ".service"}, filepath.Ext(path)) {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(path, []byte(replacer.Replace(string(b))), 0o666)
	})
}

// end runs after the script, however it ended.
func (s *script) end(env *testscript.Env) {
	defer s.registry.close()
	f, ok := env.T().(testscript.TFailed)
	failed := ok && f.Failed()
	s.count(failed)
	if failed {
		env.T().Log(s.report())
	}
	if keep() {
		env.T().Log(fmt.Sprintf("kept: namespace %s in %s", s.ns, s.work))
		return
	}
	s.cleanUp()
	s.removeImages()
	s.unmount()
}

// unmount detaches what is mounted in the script's directory, which could not be removed otherwise.
func (s *script) unmount() {
	mounts, _ := os.ReadFile("/proc/self/mountinfo")
	for line := range bytes.Lines(mounts) {
		if f := bytes.Fields(line); len(f) > 4 && bytes.HasPrefix(f[4], []byte(s.work+"/")) {
			_ = syscall.Unmount(string(f[4]), syscall.MNT_DETACH)
		}
	}
}

func random() string {
	b := make([]byte, 3)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// hostIP is an address of this host that is not loopback: only what is published beyond loopback answers there.
func hostIP() string {
	addrs, _ := net.InterfaceAddrs()
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLoopback() && !n.IP.IsLinkLocalUnicast() {
			return n.IP.String()
		}
	}
	return ""
}
