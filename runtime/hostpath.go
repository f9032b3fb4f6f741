package runtime

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/kubehost/kubehost/translate/plan"
)

// hostPath checks or makes what a hostPath volume's type says, as the kubelet does.
type hostPath struct {
	path string
	typ  plan.HostPathType
}

func (h hostPath) Do() error {
	info, err := os.Stat(h.path)
	if errors.Is(err, fs.ErrNotExist) {
		switch h.typ {
		case plan.Any, plan.DirectoryOrCreate:
			return mkdirAll(h.path, 0o755)
		case plan.FileOrCreate:
			f, err := os.OpenFile(h.path, os.O_CREATE|os.O_WRONLY, 0o644)
			if err != nil {
				return err
			}
			return errors.Join(f.Chmod(0o644), f.Close())
		}
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if word, ok := hostPathWords[h.typ]; ok && (err != nil || !word.is(info.Mode())) {
		return fmt.Errorf("hostPath type check failed: %s is not %s", h.path, word.text)
	}
	return nil
}

// hostPathWords are the kubelet's words for what a path is not, with the tests of Go and of the shell.
var hostPathWords = map[plan.HostPathType]struct {
	text, test string
	is         func(fs.FileMode) bool
}{
	plan.Directory:         {"a directory", "-d", fs.FileMode.IsDir},
	plan.DirectoryOrCreate: {"a directory", "-d", fs.FileMode.IsDir},
	plan.RegularFile:       {"a file", "-f", fs.FileMode.IsRegular},
	plan.FileOrCreate:      {"a file", "-f", fs.FileMode.IsRegular},
	plan.Socket:            {"a socket file", "-S", func(m fs.FileMode) bool { return m&fs.ModeSocket != 0 }},
	plan.CharDevice:        {"a character device", "-c", func(m fs.FileMode) bool { return m&fs.ModeCharDevice != 0 }},
	plan.BlockDevice: {"a block device", "-b", func(m fs.FileMode) bool {
		return m&fs.ModeDevice != 0 && m&fs.ModeCharDevice == 0
	}},
}

func (h hostPath) Script() []string {
	p := Quote(h.path)
	var lines []string
	switch h.typ {
	case plan.Any, plan.DirectoryOrCreate:
		lines = append(lines, fmt.Sprintf("[ -e %s ] || (umask 022; mkdir -p %s)", p, p))
	case plan.FileOrCreate:
		lines = append(lines, fmt.Sprintf("[ -e %s ] || (umask 022; : > %s)", p, p))
	}
	if word, ok := hostPathWords[h.typ]; ok {
		lines = append(lines, fmt.Sprintf("[ %s %s ] || { echo %s >&2; exit 1; }", word.test, p,
			Quote("hostPath type check failed: "+h.path+" is not "+word.text)))
	}
	return lines
}
