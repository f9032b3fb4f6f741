package runtime

import (
	"path"
	"strconv"

	"github.com/kubehost/kubehost/translate/plan"
)

// A part of a volume that containers write to is never given to the runtime by its path: between this
// moment and the start, or at any later restart, a container could put a symbolic link there that leads to any file of
// the host (CVE-2017-1002101). As in the kubelet the part is opened, seen to be in the volume, and what
// was opened is mounted at a place that no container can change. That place is in a tmpfs of the
// container's own: after a reboot the tmpfs is gone, and the runtime refuses to start the container
// instead of giving it an empty directory.

// source is the path of the host that the runtime mounts for the i-th mount of a unit.
func source(p *plan.Pod, u plan.Unit, i int) string {
	m := u.Mounts[i]
	v := p.Volume(m.Volume)
	switch {
	case m.SubPath == "":
		return v.Path
	case v.Kind == plan.Files:
		// Only kubehost writes to it, and the runtime follows ..data each time that it starts the container.
		return path.Join(v.Path, m.SubPath)
	}
	return path.Join(subPathDir(p, u), strconv.Itoa(i))
}

func subPathDir(p *plan.Pod, u plan.Unit) string { return path.Join(p.Dir, "subpaths", u.Name) }

// bindSubPaths are the commands that mount the parts of volumes that a unit asks for. They run just before its start: what
// init containers make can be mounted by those after them.
func (e Engine) bindSubPaths(p *plan.Pod, u plan.Unit) []Command {
	var commands []Command
	for i, m := range u.Mounts {
		v := p.Volume(m.Volume)
		if m.SubPath == "" || v.Kind == plan.Files {
			continue
		}
		if commands == nil {
			commands = append(commands, e.Dialect.Unshare("sh", "-euc", freshSubPaths, "sh", subPathDir(p, u)))
		}
		commands = append(commands, e.Dialect.Unshare("sh", "-euc", bindSubPath, "sh", v.Path, m.SubPath, source(p, u, i), v.Name, u.Name))
		if e.labelsPart(v, m) {
			commands = append(commands, e.Dialect.Unshare("chcon", "-R", "-t", "container_file_t", "-l", "s0", "--", source(p, u, i)))
		}
	}
	return commands
}

// freshSubPaths mounts an empty tmpfs on $1. A container that still uses what was mounted there keeps it.
const freshSubPaths = `while mountpoint -q "$1"; do umount -R -- "$1" || umount -Rl -- "$1"; done; ` +
	`(umask 077; mkdir -p -- "$1"); mount -t tmpfs -o mode=0700,size=1m tmpfs "$1"`

// bindSubPath mounts the part $2 of the volume $1 on $3, for volume $4 of container $5. It goes down directory by
// directory: where a process is cannot be changed by others, so once the kernel says that it is in the volume, what is
// made and mounted there is in the volume. A file is opened instead. Missing directories get the mode of
// the volume's root.
const bindSubPath = `volume=$1 rest=$2 target=$3 what="for volumeMount \"$4\" of container \"$5\""
fail() { if [ -e "$volume/$sub" ]; then verb='prepare subPath'; else verb='create subPath directory'; fi; echo "failed to $verb $what: $1" >&2; exit 1; }
within() { case "$(readlink "$1")/" in "${root%/}/"*) ;; *) fail "$sub leads out of the volume" ;; esac; }
sub=$rest
cd -P -- "$volume" || fail "$volume is not a directory"
root=$(readlink /proc/self/cwd)
mode=$(printf %04o "$((0$(stat -c %a .) & 02777))")
while [ -n "$rest" ]; do
	part=./${rest%%/*}
	case $rest in */*) rest=${rest#*/} ;; *) rest= ;; esac
	if [ -z "$rest" ] && [ -e "$part" ] && [ ! -d "$part" ]; then
		case $(readlink -f "$part") in "${root%/}/"*) ;; *) fail "$sub leads out of the volume" ;; esac
		[ -f "$part" ] || fail "$sub is neither a file nor a directory"
		exec 3<"$part"
		within /proc/self/fd/3
		: >"$target"
		exec mount --no-canonicalize --bind /proc/self/fd/3 "$target"
	fi
	[ -d "$part" ] || (umask 0; mkdir -m "$mode" "$part") || fail "$sub leads out of the volume, or cannot be made"
	cd -P "$part"
	within /proc/self/cwd
done
mkdir "$target"
exec mount --no-canonicalize --rbind . "$target"`
