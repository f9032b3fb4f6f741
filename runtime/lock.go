package runtime

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"github.com/kubehost/kubehost/translate/plan"
)

// Locks keep all other processes from acting on pods. They end with Release or with the process, and with the
// last command that was begun with them: commands run on when kubehost is killed, and nobody may meet a container
// that one of them is still making.
type Locks struct {
	files map[plan.Ref]*os.File
}

// Lock takes the locks of these pods, so that no two processes act on one pod at
// once. waiting, which may be nil, is called once when another process has held one of them for longer than a
// supervisor usually does.
func (s Store) Lock(ctx context.Context, refs []plan.Ref, waiting func()) (*Locks, error) {
	l := &Locks{files: map[plan.Ref]*os.File{}}
	// In one order for all processes, so that two of them cannot wait for each other.
	refs = slices.Clone(refs)
	slices.SortFunc(refs, plan.Ref.Compare)
	for _, r := range slices.Compact(refs) {
		f, err := s.lock(ctx, r, &waiting)
		if err != nil {
			l.Release()
			return nil, err
		}
		l.files[r] = f
	}
	return l, nil
}

// Release gives the locks back. It may be called again.
func (l *Locks) Release() {
	for _, f := range l.files {
		f.Close()
	}
}

// tellWaiting is how long a lock is waited for in silence.
const tellWaiting = time.Second

// lock takes the lock of a pod.
func (s Store) lock(ctx context.Context, r plan.Ref, waiting *func()) (*os.File, error) {
	return s.lockFile(ctx, lockName(r), unix.LOCK_EX, waiting)
}

// lockFile waits for a lock of flock(2), exclusive or shared. A blocking flock cannot be cancelled, so it asks again and
// again, less often as time goes by.
func (s Store) lockFile(ctx context.Context, name string, how int, waiting *func()) (*os.File, error) {
	begun := time.Now()
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 250*time.Millisecond) {
		f, err := s.tryLock(name, how)
		if err != nil || f != nil {
			return f, err
		}
		if *waiting != nil && time.Since(begun) > tellWaiting {
			(*waiting)()
			*waiting = nil
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}

// tryLock takes a lock; nil when another process has it.
func (s Store) tryLock(name string, how int) (*os.File, error) {
	dir := s.lockDir()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = unix.Flock(int(f.Fd()), how|unix.LOCK_NB)
	// A file that a prune has removed meanwhile locks nothing.
	if err == nil && !stands(f) {
		err = unix.EWOULDBLOCK
	}
	if err == nil {
		return f, nil
	}
	f.Close()
	if errors.Is(err, unix.EWOULDBLOCK) || errors.Is(err, unix.EINTR) {
		return nil, nil
	}
	return nil, fmt.Errorf("lock %s: %w", f.Name(), err)
}

// stands says whether a file that was opened is the one that has its name now.
func stands(f *os.File) bool {
	opened, err1 := f.Stat()
	now, err2 := os.Stat(f.Name())
	return err1 == nil && err2 == nil && os.SameFile(opened, now)
}

func lockName(r plan.Ref) string { return r.Namespace + "." + r.Name }

func (s Store) lockDir() string { return filepath.Join(s.Dir, "locks") }

// useLock is what [Store.LockUse] and [Store.LockPrune] lock. No namespace is empty, so it is no pod's.
const useLock = ".use"

// LockUse keeps a prune from taking away what the caller has seen and is about to plan with, until Release. It is held
// until that plan is saved, with the pods' own locks; many may hold it at once. waiting is as in [Store.Lock].
func (s Store) LockUse(ctx context.Context, waiting func()) (*Locks, error) {
	return s.lockAll(ctx, unix.LOCK_SH, waiting)
}

// LockPrune waits until nobody is about to use anything, and keeps others from it until Release. Who holds it takes no
// other lock.
func (s Store) LockPrune(ctx context.Context, waiting func()) (*Locks, error) {
	return s.lockAll(ctx, unix.LOCK_EX, waiting)
}

func (s Store) lockAll(ctx context.Context, how int, waiting func()) (*Locks, error) {
	f, err := s.lockFile(ctx, useLock, how, &waiting)
	if err != nil {
		return nil, err
	}
	return &Locks{files: map[plan.Ref]*os.File{{}: f}}, nil
}

// TryLock takes the lock of a pod; nil when another process has it.
func (s Store) TryLock(r plan.Ref) (*Locks, error) {
	f, err := s.tryLock(lockName(r), unix.LOCK_EX)
	if err != nil || f == nil {
		return nil, err
	}
	return &Locks{files: map[plan.Ref]*os.File{r: f}}, nil
}

type locksKey struct{}

// With returns a context whose commands hold the locks, too: each that of the pod its step is of.
func (l *Locks) With(ctx context.Context) context.Context {
	return context.WithValue(ctx, locksKey{}, l.files)
}

type lockKey struct{}

// forPod returns a context whose commands hold the pod's lock, if there is one to hold.
func forPod(ctx context.Context, r plan.Ref) context.Context {
	files, _ := ctx.Value(locksKey{}).(map[plan.Ref]*os.File)
	if f := files[r]; f != nil {
		return context.WithValue(ctx, lockKey{}, f)
	}
	return ctx
}

// holding is what runs a command that holds a lock. A runtime's helpers outlive its command, podman's name server for as
// long as there are containers, and would take the lock along. So a shell has it, and waits for the command.
const holding = `trap : TERM; "$@" 3>&-; exit $?`

// held returns the argv and the files with which a command holds the lock of the context.
func held(ctx context.Context, argv []string) ([]string, []*os.File) {
	f, _ := ctx.Value(lockKey{}).(*os.File)
	if f == nil {
		return argv, nil
	}
	return append([]string{"sh", "-c", holding, "sh"}, argv...), []*os.File{f}
}
