package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path"
	"regexp"
	"strings"

	"github.com/kubehost/kubehost/cmd/settings"
)

// podmanTools finds the programs that podman calls.
type podmanTools struct {
	root fs.FS
	// config is the user's directory of configuration.
	config string
	getenv func(string) string
	// lookPath finds a command by its name alone.
	lookPath func(string) (string, error)
}

func newPodmanTools(u settings.User) podmanTools {
	return podmanTools{root: os.DirFS("/"), config: u.XDG("XDG_CONFIG_HOME", ".config"), getenv: u.Getenv, lookPath: exec.LookPath}
}

// podmanTools looks for those that pods' networks need.
func (d *diagnosis) podmanTools(tools podmanTools, user bool, version string) {
	if tools.has("aardvark-dns") {
		d.add(good, "container DNS", "aardvark-dns", "")
	} else {
		d.add(bad, "container DNS", "aardvark-dns was not found: pods cannot find one another by name",
			"install it (Debian: apt-get install netavark aardvark-dns)")
	}
	if !user {
		return
	}
	// For bridge networks, which all pods are in, podman before version 5 takes only the one.
	names, hint := []string{"slirp4netns"}, "install it (Debian: apt-get install slirp4netns)"
	if !older(version, [2]int{5, 0}) {
		names, hint = []string{"pasta", "slirp4netns"}, "install one (Debian: apt-get install passt)"
	}
	for _, name := range names {
		if tools.has(name) {
			d.add(good, "network of a user", name, "")
			return
		}
	}
	d.add(bad, "network of a user", strings.Join(names, " or ")+" was not found: podman cannot start containers of a user", hint)
}

// has says whether podman finds a program.
func (t podmanTools) has(name string) bool {
	if _, err := t.lookPath(name); err == nil {
		return true
	}
	for _, dir := range t.dirs() {
		if _, err := fs.Stat(t.root, within(path.Join(dir, name))); err == nil {
			return true
		}
	}
	return false
}

// within is an absolute path as that of a file in a file system.
func within(p string) string { return strings.TrimPrefix(path.Clean(p), "/") }

var (
	helperDirs = regexp.MustCompile(`(?m)^\s*helper_binaries_dir\s*=\s*\[([^\]]*)\]`)
	quotedPath = regexp.MustCompile(`"(/[^"]*)"|'(/[^']*)'`)
)

// dirs are those in which podman looks for programs, whichever of its configuration files names them.
func (t podmanTools) dirs() []string {
	dirs := []string{"/usr/local/libexec/podman", "/usr/local/lib/podman", "/usr/libexec/podman", "/usr/lib/podman", "/usr/bin"}
	if dir := t.getenv("CONTAINERS_HELPER_BINARY_DIR"); dir != "" {
		dirs = append(dirs, dir)
	}
	for _, file := range t.files() {
		text, _ := fs.ReadFile(t.root, within(file)) // most are not there
		for _, list := range helperDirs.FindAllStringSubmatch(string(text), -1) {
			for _, quoted := range quotedPath.FindAllStringSubmatch(list[1], -1) {
				dirs = append(dirs, quoted[1]+quoted[2])
			}
		}
	}
	return dirs
}

// files are podman's configuration.
func (t podmanTools) files() []string {
	files := []string{"/usr/share/containers/containers.conf", "/etc/containers/containers.conf", path.Join(t.config, "containers/containers.conf"),
		t.getenv("CONTAINERS_CONF"), t.getenv("CONTAINERS_CONF_OVERRIDE")}
	for _, main := range files[:3] {
		more, _ := fs.Glob(t.root, within(main)+".d/*.conf") // a pattern that is malformed finds none
		files = append(files, more...)
	}
	return files
}
