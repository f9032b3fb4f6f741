package runtime

import (
	"path"
	"strings"

	"golang.org/x/sys/unix"
)

// labelAttr is the extended attribute that holds the SELinux label of a file.
const labelAttr = "security.selinux"

// labelTree gives the directory of a Files volume, and the symlinks that are in it, the label of what all containers may use. The runtimes
// label what they mount, but docker 20.10 and podman 4.3 leave out symlinks (https://github.com/opencontainers/selinux/issues/172);
// what is made in the directory afterwards has its label. Where that is not allowed, the runtime's labels must do.
func labelTree(dir string, links []string) {
	label := make([]byte, 256)
	n, err := unix.Lgetxattr(dir, labelAttr, label)
	if err != nil {
		return
	}
	shared := sharedLabel(strings.TrimRight(string(label[:n]), "\x00"))
	if shared == "" {
		return
	}
	names := append([]string{dataLink}, links...)
	if !strings.Contains(string(label[:n]), ":container_file_t:") { // else it has the pod's own level
		names = append(names, "")
	}
	for _, name := range names {
		_ = unix.Lsetxattr(path.Join(dir, name), labelAttr, []byte(shared), 0)
	}
}

// sharedLabel is the label of a file that all containers may use, made of the one that it has; empty when that is none.
func sharedLabel(label string) string {
	parts := strings.SplitN(label, ":", 4)
	if len(parts) != 4 {
		return ""
	}
	return parts[0] + ":object_r:container_file_t:s0"
}
