package runtime

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/kubehost/kubehost/translate/plan"
)

// messageBind is the file for the container's termination message, and its mount. A volume that the
// manifest mounts in its place is the file.
func messageBind(p *plan.Pod, u plan.Unit) ([]FileOp, []bind) {
	target := u.Lifecycle.MessagePath
	if target == "" || slices.ContainsFunc(u.Mounts, func(m plan.Mount) bool { return m.Target == target }) {
		return nil, nil
	}
	file := p.MessageFile(u.Name)
	return []FileOp{messageFile{file}}, []bind{{source: file, target: target, relabel: p.Relabel}}
}

// messageFile makes an empty file that everybody may write to. It is a new one each time: what an earlier
// container wrote into its own is nobody's message any more.
type messageFile struct{ path string }

func (m messageFile) Do() error {
	if err := mkdirAll(filepath.Dir(m.path), 0o700); err != nil {
		return err
	}
	if err := os.Remove(m.path); err != nil && !os.IsNotExist(err) {
		return err
	}
	f, err := os.OpenFile(m.path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Chmod(0o666) // whatever the umask
}

func (m messageFile) Script() []string {
	p := Quote(m.path)
	return []string{fmt.Sprintf("(umask 077; mkdir -p %s); rm -f %s; : > %s; chmod 0666 %s", Quote(filepath.Dir(m.path)), p, p, p)}
}

// seccompProfile checks that a profile is there, before anything is made that would need it.
type seccompProfile struct{ path string }

func (s seccompProfile) Do() error {
	info, err := os.Stat(s.path)
	switch {
	case err != nil:
		return fmt.Errorf("cannot load seccomp profile %q: %w", s.path, err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("cannot load seccomp profile %q: it is no file", s.path)
	}
	return nil
}

func (s seccompProfile) Script() []string {
	return []string{fmt.Sprintf("[ -f %s ] || { echo %s >&2; exit 1; }", Quote(s.path),
		Quote(fmt.Sprintf("cannot load seccomp profile %q", s.path)))}
}
