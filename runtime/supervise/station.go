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
		return Memory{}, fmt.Errorf("%s: %w", s.file("status.json"), err)
	}
	return m, nil
}

// save replaces the pod's status. It is no more than a memory of this boot, so it is not forced to the disk.
func (s Station) save(b []byte) error {
	name := s.file("status.json")
	if err := os.WriteFile(name+".new", b, 0o600); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
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
	if err := os.MkdirAll(filepath.Dir(s.file("supervisor")), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(s.file("supervisor"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, ErrSupervised
		}
		return nil, err
	}
	if err := errors.Join(f.Truncate(0), writeAt(f, strconv.Itoa(os.Getpid())+"\n")); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}

func writeAt(f *os.File, text string) error {
	_, err := f.WriteAt([]byte(text), 0)
	return err
}

// Alive returns the process ID of the pod's supervisor, 0 when there is none.
func (s Station) Alive() (int, error) {
	f, err := os.OpenFile(s.file("supervisor"), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer f.Close()
	err = unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB)
	if err == nil {
		return 0, nil
	}
	if !errors.Is(err, unix.EWOULDBLOCK) {
		return 0, err
	}
	b, err := os.ReadFile(s.file("supervisor"))
	if err != nil {
		return 0, err
	}
	// It is empty for the moment between the lock and the writing.
	pid, _ := strconv.Atoi(strings.TrimSpace(string(b)))
	return pid, nil
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

// Wanted is what a user asked for besides the plan. It is kept beside the plan, so that it outlives a reboot.
type Wanted struct {
	// Asked is when a user last applied the pod: what could not be started is tried again at once.
	Asked time.Time `json:"asked,omitzero"`
	// Stopped says that the pod should not run.
	Stopped bool `json:"stopped,omitempty"`
	// Grace replaces the pod's grace period, in seconds, unless it is nil.
	Grace *int64 `json:"gracePeriodSeconds,omitempty"`
}

const wantedFile = "wanted.json"

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
	return w, json.Unmarshal(b, &w)
}

// Write keeps what is wanted of the pod in that directory.
func (w Wanted) Write(podDir string) error {
	name := filepath.Join(podDir, wantedFile)
	if w == (Wanted{}) {
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
	take    func(context.Context) (release func(), err error)
	holders chan int
	release func()
}

func newPodLock(take func(context.Context) (func(), error)) *podLock {
	l := &podLock{take: take, holders: make(chan int, 1)}
	l.holders <- 0
	return l
}

// hold takes the lock, or joins those that hold it.
func (l *podLock) hold(ctx context.Context) error {
	n := <-l.holders
	if n == 0 {
		release, err := l.take(ctx)
		if err != nil {
			l.holders <- 0
			return err
		}
		l.release = release
	}
	l.holders <- n + 1
	return nil
}

// drop leaves the lock, and gives it back when nobody of this process needs it any more.
func (l *podLock) drop() {
	n := <-l.holders
	if n == 1 {
		l.release()
	}
	l.holders <- n - 1
}
