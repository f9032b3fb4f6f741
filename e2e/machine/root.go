package machine

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Where things are in the holder's mount namespace. tmpDir hides something that no host needs: a
// directory of our own would stay on this machine.
const (
	tmpDir  = "/mnt"
	rootDir = tmpDir + "/root"
)

// plain are the directories on the tmpfs itself, because an overlay cannot have another as its upper layer.
// Those of docker, containerd and podman are kept between boots like everything else.
var plain = []string{"/var/lib/docker", "/var/lib/containerd", "/var/lib/containers", "/home"}

// hidden are directories of which the machine's own content would make tests depend on the machine.
var hidden = []string{
	"/etc/systemd/system", "/etc/systemd/user", "/etc/docker", "/etc/containers/networks", "/etc/kubehost", "/root",
	"/var/lib/kubehost", "/var/lib/systemd", "/var/log/journal",
}

// unwanted are files of the same kind.
var unwanted = []string{"/etc/fstab", "/etc/containers/containers.conf", "/etc/containers/storage.conf"}

// makeRoot mounts the root of the machine at rootDir, and fills it.
func makeRoot(c Config) error {
	if err := mounts(); err != nil {
		return err
	}
	for _, path := range unwanted {
		if err := os.Remove(rootDir + path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for _, files := range []map[string]string{baseFiles(), c.Files} {
		for path, text := range files {
			if err := write(path, text); err != nil {
				return err
			}
		}
	}
	if c.User != "" {
		if err := addUser(c.User); err != nil {
			return err
		}
	}
	// Nobody logs in at the console.
	if err := os.Symlink(os.DevNull, rootDir+"/etc/systemd/system/console-getty.service"); err != nil {
		return err
	}
	if err := withoutGenerators(); err != nil {
		return err
	}
	return enable(append([]string{"e2e-cgroups.service", "e2e-agent.service"}, c.Enable...)...)
}

// withoutGenerators takes systemd's generators away. All of them run whenever a manager reads its units anew, which kubehost
// has it do often, and none has anything to do in a machine without disks, consoles and SysV scripts.
func withoutGenerators() error {
	const masks = rootDir + "/etc/systemd/system-generators"
	if err := os.MkdirAll(masks, 0o755); err != nil {
		return err
	}
	found, err := os.ReadDir(rootDir + "/lib/systemd/system-generators")
	if err != nil {
		return err
	}
	for _, f := range found {
		if err := os.Symlink(os.DevNull, filepath.Join(masks, f.Name())); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}

func mounts() error {
	m := mounter{}
	// What is mounted here must not reach the machine, nor what it mounts in the meantime this place.
	m.mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "")
	// systemd-nspawn looks at its processes, by the PIDs of this namespace.
	m.mount("proc", "/proc", "proc", 0, "")
	// It leaves files there, and is told by others of it whether it may talk to a system manager.
	m.mount("tmpfs", "/run", "tmpfs", 0, "mode=755")
	m.mount("tmpfs", tmpDir, "tmpfs", 0, "mode=755")
	for _, dir := range plain {
		m.mkdir(tmpDir + "/plain" + dir)
	}
	for _, dir := range hidden {
		m.mkdir(tmpDir + "/upper" + dir)
		if m.err == nil {
			m.err = unix.Setxattr(tmpDir+"/upper"+dir, "trusted.overlay.opaque", []byte("y"), 0)
		}
	}
	m.mkdir(tmpDir + "/work")
	m.mkdir(rootDir)
	m.mount("overlay", rootDir, "overlay", 0, "lowerdir=/,upperdir="+tmpDir+"/upper,workdir="+tmpDir+"/work")
	for _, dir := range plain {
		m.mkdir(rootDir + dir)
	}
	// Rootless podman opens them, and their modes on this machine are not ours to change.
	m.mkdir(tmpDir + "/dev")
	m.device("tun", 10, 200)
	m.device("fuse", 10, 229)
	return m.err
}

// mounter keeps the first error.
type mounter struct{ err error }

func (m *mounter) mount(source, target, kind string, flags uintptr, data string) {
	if m.err != nil {
		return
	}
	if err := unix.Mount(source, target, kind, flags, data); err != nil {
		m.err = fmt.Errorf("mount %s at %s: %w", kind, target, err)
	}
}

func (m *mounter) mkdir(dir string) {
	if m.err == nil {
		m.err = os.MkdirAll(dir, 0o755)
	}
}

func (m *mounter) device(name string, major, minor uint32) {
	if m.err != nil {
		return
	}
	path := filepath.Join(tmpDir, "dev", name)
	if m.err = unix.Mknod(path, syscall.S_IFCHR, int(unix.Mkdev(major, minor))); m.err == nil {
		m.err = os.Chmod(path, 0o666)
	}
}

// outside is where a path of the machine is, before it is booted.
func outside(path string) string {
	for _, dir := range plain {
		if strings.HasPrefix(path, dir+"/") {
			return tmpDir + "/plain" + path
		}
	}
	return rootDir + path
}

// write writes a file of the root. Those of the machine may be links.
func write(path, text string) error {
	path = outside(path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// addUser makes a user who can log in only by way of root, and lingers.
func addUser(name string) error {
	for path, line := range map[string]string{
		"/etc/passwd": fmt.Sprintf("%s:x:%d:%d::/home/%s:/bin/bash", name, UserID, UserID, name),
		"/etc/group":  fmt.Sprintf("%s:x:%d:", name, UserID),
		"/etc/shadow": name + ":*:20000::::::",
		"/etc/subuid": name + ":3000000:65536",
		"/etc/subgid": name + ":3000000:65536",
	} {
		old, err := os.ReadFile(rootDir + path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		text := strings.TrimRight(string(old), "\n") + "\n" + line + "\n"
		if err := os.WriteFile(rootDir+path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	home := outside("/home/" + name)
	if err := os.MkdirAll(home, 0o700); err != nil {
		return err
	}
	err := filepath.WalkDir(home, func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Chown(path, UserID, UserID))
	})
	return errors.Join(err, write("/var/lib/systemd/linger/"+name, ""))
}

func enable(units ...string) error {
	out, err := exec.Command("systemctl", append([]string{"--root=" + rootDir, "enable"}, units...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("systemctl enable: %w: %s", err, out)
	}
	return nil
}

func machineID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b) + "\n"
}
