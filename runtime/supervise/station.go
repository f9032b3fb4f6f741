package supervise

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// Station is where a pod's supervisor and the commands of users meet: files below a directory that a
// reboot clears.
//
//	<Dir>/<namespace>/<pod>/status.json   the Memory, for everybody to read
//	<Dir>/<namespace>/<pod>/supervisor    locked as long as a supervisor lives; holds its process ID
type Station struct {
	Dir string
	Ref plan.Ref
}

func (s Station) file(name string) string {
	return filepath.Join(s.Dir, s.Ref.Namespace, s.Ref.Name, name)
}

// Memory reads the pod's status. The error is fs.ErrNotExist when there is none.
func (s Station) Memory() (Memory, error) {
	var m Memory
	b, err := os.ReadFile(s.file("status.json"))
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return Memory{}, fmt.Errorf("%s is damaged: %w\n  hint: remove it, and apply the pod again: its supervisor writes it anew", s.file("status.json"), err)
	}
	return m, nil
}

// Kept says whether somebody keeps the pod's status up to date, or it needs nobody: the pod is over, or was brought down as asked.
// Otherwise what the status says of containers was so when their supervisor was killed.
func (s Station) Kept(m Memory) (bool, error) {
	if m.Over || m.Ending != nil && m.Ending.Why == Asked {
		return true, nil
	}
	pid, err := s.Alive()
	return pid != 0, err
}

// Written tells one state of the pod's status from another, for nearly nothing: only two within the same few milliseconds may be
// taken for one. It is empty when there is no status.
func (s Station) Written() string {
	var st unix.Stat_t
	if unix.Stat(s.file("status.json"), &st) != nil {
		return ""
	}
	return fmt.Sprintf("%d %d %d.%09d", st.Ino, st.Size, st.Mtim.Sec, st.Mtim.Nsec)
}

// Still says whether the pod's status is the one of which Written told this; never for "", of which nothing was read.
func (s Station) Still(written string) bool { return written != "" && written == s.Written() }

// save replaces the pod's status, which is no more than a memory of this boot.
func (s Station) save(b []byte) error { return replaceSoon(s.file("status.json"), b) }

// replaceSoon replaces a file at once, but does not wait until it is on the disk: after a power cut it may be empty.
func replaceSoon(name string, b []byte) error {
	if err := os.WriteFile(name+".new", b, 0o600); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}

// Writable tries to write as much as the pod's status is, and says why that cannot be done. It is nil when no supervisor
// has been there yet.
func (s Station) Writable() error {
	const page = 4 << 10
	size := int64(page)
	if status, err := os.Stat(s.file("status.json")); err == nil {
		size = max(size, status.Size())
	}
	name := s.file("room")
	defer os.Remove(name)
	if err := os.WriteFile(name, make([]byte, size), 0o600); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Remove forgets a pod that was deleted.
func (s Station) Remove() error {
	err := os.RemoveAll(filepath.Dir(s.file("status.json")))
	os.Remove(filepath.Join(s.Dir, s.Ref.Namespace)) // if it was the last one
	return err
}

// ErrSupervised says that another process supervises the pod.
var ErrSupervised = errors.New("another process supervises this pod")

// Enter makes this process the pod's supervisor until release is called or the process ends. The
// error is ErrSupervised when there is one.
func (s Station) Enter() (release func(), err error) {
	f, err := s.enter()
	if err != nil {
		return nil, err
	}
	return func() { f.Close() }, nil
}

// enter is Enter; closing the file releases.
func (s Station) enter() (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(s.file("supervisor")), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(s.file("supervisor"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	// Not flock: whether this lock is held can be asked without taking it, which would keep a supervisor out.
	if err := unix.FcntlFlock(f.Fd(), unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_WRLCK}); err != nil {
		f.Close()
		if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EACCES) {
			return nil, ErrSupervised
		}
		return nil, err
	}
	if err := errors.Join(f.Truncate(0), writeAt(f, strconv.Itoa(os.Getpid())+"\n")); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// entered says whether others still find the file that enter returned: somebody may have removed it with all that was beside it.
func (s Station) entered(f *os.File) bool {
	ours, err := f.Stat()
	if err != nil {
		return true
	}
	theirs, err := os.Stat(s.file("supervisor"))
	return err == nil && os.SameFile(ours, theirs) || err != nil && !errors.Is(err, fs.ErrNotExist)
}

func writeAt(f *os.File, text string) error {
	_, err := f.WriteAt([]byte(text), 0)
	return err
}

// Alive returns the process ID of the pod's supervisor, 0 when there is none.
func (s Station) Alive() (int, error) {
	f, err := os.Open(s.file("supervisor")) // not for writing: it is asked on a file system that is read-only, too
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for range 100 {
		lock := unix.Flock_t{Type: unix.F_WRLCK}
		if err := unix.FcntlFlock(f.Fd(), unix.F_OFD_GETLK, &lock); err != nil || lock.Type == unix.F_UNLCK {
			return 0, err
		}
		b, err := os.ReadFile(f.Name())
		if err != nil {
			return 0, err
		}
		if pid, err := strconv.Atoi(strings.TrimSpace(string(b))); err == nil {
			return pid, nil
		}
		time.Sleep(time.Millisecond) // it is empty for the moment between the lock and the writing
	}
	return 0, fmt.Errorf("%s is locked, but does not say by which process", f.Name())
}

// Poke tells the supervisor to read again what is wanted. It says whether there is one.
func (s Station) Poke() (bool, error) {
	pid, err := s.Alive()
	if err != nil || pid == 0 {
		return false, err
	}
	err = unix.Kill(pid, unix.SIGHUP)
	if errors.Is(err, unix.ESRCH) {
		return false, nil
	}
	return err == nil, err
}

// Dismiss makes the pod's supervisor leave its containers to others, and waits until it has gone.
func (s Station) Dismiss(ctx context.Context) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		pid, err := s.Alive()
		if err != nil || pid == 0 {
			return err
		}
		if err := unix.Kill(pid, unix.SIGUSR1); err != nil && !errors.Is(err, unix.ESRCH) {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}

// Wanted is what a user asked for besides the plan. It is kept beside the plan, so that it outlives a reboot.
type Wanted struct {
	// Asked is when a user last applied the pod: what could not be started is tried again at once.
	Asked time.Time `json:"asked,omitzero"`
	// Boot is the boot of the host in which that was.
	Boot string `json:"boot,omitempty"`
	// Fresh says that the runtime had nothing of the pod then.
	Fresh bool `json:"fresh,omitempty"`
	// After are sandboxes of other pods that had ports of this one then: its own is made once they are gone.
	After []Holder `json:"after,omitempty"`
	// Stopped says that the pod should not run. With Removed nothing of it is to stay: who asks removes what has ended.
	Stopped bool `json:"stopped,omitempty"`
	Removed bool `json:"removed,omitempty"`
	// Grace replaces the pod's grace period, in seconds, unless it is nil.
	Grace *int64 `json:"gracePeriodSeconds,omitempty"`
	// Anew is when a user last asked that a container be started anew, by its name; under "" it is the whole pod.
	Anew map[string]time.Time `json:"anew,omitempty"`
}

// Holder is a sandbox of another pod that is about to go.
type Holder struct {
	Pod plan.Ref `json:"pod"`
	// Sandbox is the ID of its infra container.
	Sandbox string `json:"sandbox"`
}

// Holders are those whose infra containers these are.
func Holders(infras []runtime.Container) []Holder {
	var holders []Holder
	for _, c := range infras {
		holders = append(holders, Holder{c.Ref, c.ID})
	}
	return holders
}

const wantedFile = "wanted.json"

// Ask is the wish that a pod run, as a user has just asked for.
func Ask(at time.Time) Wanted { return Wanted{Asked: at, Boot: boot()} }

// boot names the present boot of the host; it is empty where that cannot be told.
func boot() string {
	id, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(id))
}

// ReadWanted reads what is wanted of the pod in that directory.
func ReadWanted(podDir string) (Wanted, error) {
	var w Wanted
	b, err := os.ReadFile(filepath.Join(podDir, wantedFile))
	if errors.Is(err, fs.ErrNotExist) {
		return w, nil
	}
	if err != nil {
		return w, err
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return Wanted{}, fmt.Errorf("%s is damaged: %w\n  hint: remove it, and apply the pod again", filepath.Join(podDir, wantedFile), err)
	}
	return w, nil
}

// Write keeps what is wanted of the pod in that directory.
func (w Wanted) Write(podDir string) error {
	name := filepath.Join(podDir, wantedFile)
	if w.Asked.IsZero() && !w.Stopped && w.Grace == nil && len(w.Anew) == 0 {
		if err := os.Remove(name); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	b, err := json.Marshal(w)
	if err != nil {
		return err
	}
	return runtime.ReplaceFile(name, b)
}

// podLock is the pod's lock, shared by all that one supervisor does at the same time.
type podLock struct {
	take    func(context.Context) (*runtime.Locks, error)
	holders chan int
	locks   *runtime.Locks
}

func newPodLock(take func(context.Context) (*runtime.Locks, error)) *podLock {
	l := &podLock{take: take, holders: make(chan int, 1)}
	l.holders <- 0
	return l
}

// hold takes the lock, or joins those that hold it. The commands of the returned context hold it, too.
func (l *podLock) hold(ctx context.Context) (context.Context, error) {
	n := <-l.holders
	if n == 0 {
		locks, err := l.take(ctx)
		if err != nil {
			l.holders <- 0
			return nil, err
		}
		l.locks = locks
	}
	ctx = l.locks.With(ctx)
	l.holders <- n + 1
	return ctx, nil
}

// with returns a context whose commands hold the lock, for one who holds it.
func (l *podLock) with(ctx context.Context) context.Context { return l.locks.With(ctx) }

// drop leaves the lock, and gives it back when nobody of this process needs it any more.
func (l *podLock) drop() {
	n := <-l.holders
	if n == 1 {
		l.locks.Release()
	}
	l.holders <- n - 1
}
