package runtime

import (
	"fmt"
	"path"

	"github.com/kubehost/kubehost/translate/plan"
)

// makeVolume makes what a volume is on the host, in the kubelet's words when that fails.
func (e Engine) makeVolume(op MakeVolume) Action {
	v := op.Volume
	a := e.volumeFiles(v)
	if v.Group != nil && op.Setup && v.Kind != plan.Files {
		policy := "Always"
		if v.RootTells || v.Kind == plan.EmptyDir || v.Kind == plan.Memory {
			policy = "OnRootMismatch" // what is new has the group already
		}
		a = a.then(Action{Run: []Command{e.Dialect.Unshare("sh", "-euc", setGroup, "sh", v.Path, itoa(*v.Group), policy)}})
	}
	if v.Kind == plan.Image {
		return a
	}
	a.Failure = fmt.Sprintf("MountVolume.SetUp failed for volume %q", v.Name)
	return a
}

func (e Engine) volumeFiles(v plan.Volume) Action {
	switch v.Kind {
	case plan.Claim:
		if v.Mark != "" {
			return Action{Files: []FileOp{ownDir{v.Path, v.Mark}}}
		}
		// 0777 for containers of any user; the base above it is closed to other users of the host.
		return Action{Files: []FileOp{makeDir{v.Path, 0o777}}}
	case plan.EmptyDir:
		if v.Group != nil {
			return e.groupDir(v)
		}
		return Action{Files: []FileOp{makeDir{v.Path, rootMode(v)}}}
	case plan.Memory:
		return e.memory(v)
	case plan.Image:
		if !e.Dialect.Features().ImageVolumes {
			return Action{Files: []FileOp{refusal("docker cannot mount an image (before version 28)\n  hint: use podman, or copy the files in an init container of that image into an emptyDir")}}
		}
		return e.ensureImage(EnsureImage{v.Path, v.Pull, v.Logins})
	case plan.HostPath:
		return Action{Files: []FileOp{hostPath{v.Path, v.Type}}}
	case plan.Files:
		if v.Group != nil {
			return e.groupDir(v).then(Action{Files: []FileOp{writeTree{v}}})
		}
		return Action{Files: []FileOp{writeTree{v}}}
	}
	return Action{}
}

// The bits of a directory above its permissions, as chmod has them.
const (
	setGroupID = 0o2000
	sticky     = 0o1000
)

// rootMode is the mode of the root of a volume that kubehost makes, as in the kubelet: a tmpfs has the sticky bit, and
// a volume with a group hands it on to what is made in it.
func rootMode(v plan.Volume) uint32 {
	mode := uint32(0o777)
	switch {
	case v.Kind == plan.Memory:
		mode = sticky | 0o777
	case v.Mode != 0 && (v.Group == nil || v.Kind == plan.Files):
		mode = v.Mode
	}
	if v.Group != nil {
		mode |= setGroupID | 0o070
	}
	return mode
}

// groupDir makes a directory that belongs to a group. One that is there is left alone: its content may have
// been given to others by a container, and a restart of a container must not take that back.
func (e Engine) groupDir(v plan.Volume) Action {
	script := makeGroupDir
	if v.Kind == plan.Files {
		script = forceGroupDir // nobody but us writes to it
	}
	return Action{Files: []FileOp{makeDir{path.Dir(v.Path), 0o700}},
		Run: []Command{e.Dialect.Unshare("sh", "-euc", script, "sh", v.Path, itoa(*v.Group), fmt.Sprintf("%04o", rootMode(v)))}}
}

// makeGroupDir makes the directory $1 of group $2 and mode $3, whole or not at all.
const makeGroupDir = `if [ ! -d "$1" ]; then rm -rf -- "$1.new"; mkdir -- "$1.new"; chgrp -- "$2" "$1.new"; chmod -- "$3" "$1.new"; mv -T -- "$1.new" "$1"; fi`

// forceGroupDir does so with a directory that is there, too.
const forceGroupDir = `[ -d "$1" ] || mkdir -- "$1"; chgrp -- "$2" "$1"; chmod -- "$3" "$1"`

// setGroup gives all below $1 to the group $2, as the kubelet does: the group may read and write what is there, and what
// is made later belongs to it too. The root comes last, so that it tells whether all was done:
// then the policy OnRootMismatch ($3) does nothing. No symbolic link is followed. The
// commands of find are run in the directory of each file, so that nobody can put a
// link in the place of a directory above it meanwhile.
const setGroup = `if [ "$3" = OnRootMismatch ] && [ -n "$(find "$1" -maxdepth 0 -gid "$2" -perm -2770)" ]; then exit 0; fi; ` +
	`[ ! -d "$1" ] || chmod -- g-s "$1"; chgrp -hR -- "$2" "$1"; ` +
	`find "$1" ! -type d ! -type l -execdir chmod -- g+rw {} +; find "$1" -depth -type d -execdir chmod -- g+rwxs {} +`

// memory mounts a tmpfs. One that is mounted already gets its size; what is in it stays.
func (e Engine) memory(v plan.Volume) Action {
	options := fmt.Sprintf("mode=%04o", rootMode(v))
	if v.Group != nil {
		options += ",gid=" + itoa(*v.Group)
	}
	remount := ":"
	if v.Size > 0 {
		size := ",size=" + itoa(v.Size)
		options += size
		// With a source mount leaves out the options of before, which name the group by an id of the host: in a user's
		// namespace there is no such group.
		remount = `mount -t tmpfs -o "remount` + size + `" tmpfs "$1"`
	}
	script := `if mountpoint -q "$1"; then ` + remount + `; else mount -t tmpfs -o "$2" tmpfs "$1"; fi`
	return Action{Files: []FileOp{makeDir{v.Path, 0o700}},
		Run: []Command{e.Dialect.Unshare("sh", "-euc", script, "sh", v.Path, options)}}
}

// removeFiles removes the directory $1, the claims that it marks as its own, and before that unmounts what is mounted in it. Nothing is
// removed through a mount that is left, or through a symlink: the parts of volumes below subpaths are
// mounted in a tmpfs, so that they are on another file system even when the volume itself is not.
const removeFiles = `for m in "$1"/subpaths/* "$1"/memory/*; do while mountpoint -q "$m"; do umount -R -- "$m"; done; done; ` +
	`for l in "$1"/ephemeral/*; do if [ -L "$l" ]; then rm -rf --one-file-system -- "$(readlink "$l")"; fi; done; ` +
	`rm -rf --one-file-system -- "$1"`
