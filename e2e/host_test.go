package e2e

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/kubehost/kubehost/e2e/machine"
)

// setting is one way to run pods on a host of systemd.
type setting struct {
	name, runtime string
	// user runs kubehost.
	user string
	// units are the services of the runtime.
	units []string
	// scripts are those of testdata that run there as a user when all tests do, and hostScripts those of testdata/host, none of
	// which are all: each shows something that is otherwise there. The others run when -run asks for scripts of the setting.
	scripts, hostScripts []string
}

// settings have the names of the runtimes.
var settings = []setting{
	{name: "docker", runtime: "docker", user: "root", units: []string{"docker.service", "docker.socket"}},
	{name: "podman", runtime: "podman", user: "root"},
	{name: "rootless", runtime: "podman", user: "kube", scripts: []string{
		"apply", "claims", "facts-emptydir", "facts-hostpath", "facts-ports", "facts-subpath", "persistent", "port-forward", "ports", "probes-http", "supervised",
	}},
	{name: "rootless-docker", runtime: "docker", user: "kube", scripts: []string{
		"claims", "dryrun", "facts-hostpath", "facts-subpath", "hostnetwork", "ports", "probes-http",
	}, hostScripts: []string{"boot", "logout"}},
}

func settingOf(name string) setting {
	return settings[slices.IndexFunc(settings, func(s setting) bool { return s.name == name })]
}

// usable says why the setting cannot be tested here, or nil.
func (s setting) usable() error {
	if s.name == "rootless-docker" {
		_, err := dockerdOfUser()
		return errors.Join(err, machine.Usable())
	}
	return errors.Join(answers(s.runtime), machine.Usable())
}

// TestHost runs the scripts of testdata/host, each in each setting on a host of its own that is booted for it.
func TestHost(t *testing.T) {
	t.Parallel()
	named := strings.Fields(os.Getenv("KUBEHOST_E2E_RUNTIMES"))
	for _, s := range settings {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			must := slices.Contains(named, s.name)
			if len(named) > 0 && !must {
				t.Skipf("KUBEHOST_E2E_RUNTIMES does not name %s", s.name)
			}
			if err := s.usable(); err != nil && must {
				t.Fatalf("%v\nhint: make setup", err)
			} else if err != nil {
				t.Skipf("not tested: %v", err)
			}
			bin, err := programs()
			if err != nil {
				t.Fatal(err)
			}
			dir, files := "testdata/host", []string(nil)
			if len(s.hostScripts) > 0 && askedScripts() == "" {
				for _, name := range s.hostScripts {
					files = append(files, filepath.Join(dir, name+".txtar"))
				}
				dir = ""
			}
			testscript.Run(t, testscript.Params{
				Dir:      dir,
				Files:    files,
				Setup:    func(env *testscript.Env) error { return s.setup(env, bin) },
				Cmds:     map[string]command{"host": hostCommand},
				TestWork: keep(),
				Condition: func(cond string) (bool, error) {
					if cond != s.name && !slices.ContainsFunc(settings, func(o setting) bool { return o.name == cond }) {
						return false, fmt.Errorf("unknown condition %q", cond)
					}
					return cond == s.name || cond == s.runtime || cond == "rootless" && ofUser(s.name), nil
				},
			})
		})
	}
}

// host is the host of one script.
type host struct {
	setting
	*machine.Machine
	loaded bool // the runtime has the image
}

type hostKey struct{}

func (s setting) setup(env *testscript.Env, bin string) error {
	vars := map[string]string{
		"RUNTIME": s.runtime, "IMAGE": imageRef, "REGISTRY": registryAddr, "USER": s.user,
		"SCOPE": "--system", "UNITS": "/etc/systemd/system", "TARGET": "multi-user.target",
		"STATE": "/var/lib/kubehost", "VOLUMES": "/var/lib/kubehost/volumes",
	}
	if s.user != "root" {
		home := "/home/" + s.user
		vars["SCOPE"], vars["UNITS"], vars["TARGET"] = "--user", home+"/.config/systemd/user", "default.target"
		vars["STATE"], vars["VOLUMES"] = home+"/.local/state/kubehost", home+"/.local/share/kubehost/volumes"
	}
	for k, v := range vars {
		env.Setenv(k, v)
	}
	if err := fillIn(env.WorkDir, vars); err != nil {
		return err
	}
	control, err := os.MkdirTemp("", "kubehost-host-")
	if err != nil {
		return err
	}
	config, err := s.config(control, bin, env.WorkDir)
	if err != nil {
		_ = os.RemoveAll(control)
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), hostPatience)
	defer cancel()
	m, err := machine.Start(ctx, config)
	if err != nil {
		return err
	}
	h := &host{setting: s, Machine: m}
	env.Values[hostKey{}] = h
	env.Defer(func() { h.end(env) })
	return nil
}

// config is what a host finds: kubehost, the script's files, an image and a registry that is not started.
func (s setting) config(control, bin, work string) (machine.Config, error) {
	img, err := newImage("kubehost e2e", imageConfig{})
	if err != nil {
		return machine.Config{}, err
	}
	archive, err := img.archive(imageRef)
	if err != nil {
		return machine.Config{}, err
	}
	if err := errors.Join(os.Chmod(control, 0o755), os.WriteFile(filepath.Join(control, "image.tar"), archive, 0o644)); err != nil {
		return machine.Config{}, err
	}
	c := machine.Config{
		Control: control,
		Binds:   map[string]string{"/usr/local/bin/kubehost": filepath.Join(bin, "kubehost"), workPath: work, imagePath: filepath.Join(control, "image.tar")},
		Files: map[string]string{
			"/etc/kubehost/config.yaml":                   "runtime: " + s.runtime + "\n",
			"/etc/containers/registries.conf.d/e2e.conf":  fmt.Sprintf("[[registry]]\nlocation = %q\ninsecure = true\n", registryAddr),
			"/etc/systemd/system/registry.service":        registryUnit,
			"/etc/systemd/system/registry-broken.service": brokenUnit,
		},
		Enable: s.units,
	}
	if s.user != "root" {
		c.User = s.user
		c.Files["/home/"+s.user+"/.config/kubehost/config.yaml"] = c.Files["/etc/kubehost/config.yaml"]
	}
	if s.name == "rootless-docker" {
		files, err := filesOfUsersDocker("/home/" + s.user)
		if err != nil {
			return c, err
		}
		maps.Copy(c.Files, files)
	}
	// What podman needs on this machine, it needs on a host that this machine boots.
	if path := os.Getenv("CONTAINERS_CONF"); path != "" {
		conf, err := os.ReadFile(path)
		if err != nil {
			return c, err
		}
		c.Files["/etc/containers/containers.conf"] = string(conf)
	}
	return c, nil
}

// Where a host has the image's archive and the script's files. What is below /tmp there, is removed when it boots.
const imagePath, workPath = "/usr/local/lib/kubehost-e2e/image.tar", "/srv/script"

// end runs after the script, however it ended.
func (h *host) end(env *testscript.Env) {
	if f, ok := env.T().(testscript.TFailed); ok && f.Failed() {
		env.T().Log("--- journal of the last boot\n" + h.Journal(150))
	}
	if err := h.Close(); err != nil {
		env.T().Fatal(fmt.Sprintf("something is left of the host: %v", err))
	}
}
