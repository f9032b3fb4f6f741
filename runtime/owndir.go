package runtime

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ownDir makes a directory that will be removed with its pod. A symbolic link, the mark, says that it is the pod's:
// the mark is made first, and a directory that is there without it belongs to somebody else.
type ownDir struct{ path, mark string }

func (d ownDir) Do() error {
	target, err := os.Readlink(d.mark)
	if err == nil && target == d.path {
		return makeDir{d.path, 0o777}.Do()
	}
	if _, err := os.Lstat(d.path); err == nil {
		return fmt.Errorf("%s is there already, and was not made for this pod", d.path)
	}
	if err := os.Remove(d.mark); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := (makeDir{filepath.Dir(d.mark), 0o700}).Do(); err != nil {
		return err
	}
	if err := os.Symlink(d.path, d.mark); err != nil {
		return err
	}
	return makeDir{d.path, 0o777}.Do()
}

func (d ownDir) Script() []string {
	p, m := Quote(d.path), Quote(d.mark)
	lines := append(makeDir{filepath.Dir(d.mark), 0o700}.Script(),
		fmt.Sprintf(`[ "$(readlink %s)" = %s ] || [ ! -e %s ] || { echo %s >&2; exit 1; }`, m, p, p,
			Quote(d.path+" is there already, and was not made for this pod")),
		fmt.Sprintf("ln -sfn %s %s", p, m))
	return append(lines, makeDir{d.path, 0o777}.Script()...)
}

// refusal is what a runtime cannot do.
type refusal string

func (r refusal) Do() error        { return errors.New(string(r)) }
func (r refusal) Script() []string { return []string{"echo " + Quote(string(r)) + " >&2; exit 1"} }
