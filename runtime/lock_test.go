package runtime

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kubehost/kubehost/translate/plan"
)

func TestLock(t *testing.T) {
	s := storeDir(t)
	a, b := ref("default", "a"), ref("default", "b")
	locks, err := s.Lock(t.Context(), []plan.Ref{b, a, b}, func() { t.Error("nobody holds a lock, but it waits") })
	if err != nil {
		t.Fatal(err)
	}
	type taken struct {
		locks *Locks
		err   error
	}
	waits, got := make(chan bool, 9), make(chan taken)
	go func() {
		locks, err := s.Lock(t.Context(), []plan.Ref{a, b}, func() { waits <- true })
		got <- taken{locks, err}
	}()
	select {
	case <-waits:
	case <-got:
		t.Fatal("two hold one lock")
	}
	other, err := s.Lock(t.Context(), []plan.Ref{ref("shop", "a")}, func() { t.Error("it waits for the lock of another pod") })
	if err != nil {
		t.Fatal(err)
	}
	other.Release()
	locks.Release()
	second := <-got
	if second.err != nil || len(waits) != 0 {
		t.Errorf("%v; it said %d times more that it waits", second.err, len(waits))
	}
	second.locks.Release()
	third, err := s.Lock(t.Context(), []plan.Ref{a, b}, func() { t.Error("the locks were not released") })
	if err != nil {
		t.Fatal(err)
	}
	third.Release()
}

func TestLockCancel(t *testing.T) {
	s := storeDir(t)
	a, b := ref("default", "a"), ref("default", "b")
	locks, err := s.Lock(t.Context(), []plan.Ref{b}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer locks.Release()
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	if _, err := s.Lock(ctx, []plan.Ref{a, b}, func() { cancel(cause) }); !errors.Is(err, cause) {
		t.Errorf("got %v", err)
	}
	// What it had taken before is free again.
	again, err := s.Lock(t.Context(), []plan.Ref{a}, func() { t.Error("a lock was kept") })
	if err != nil {
		t.Fatal(err)
	}
	again.Release()
}

// TestLockOrder takes the same locks in different orders from many sides.
func TestLockOrder(t *testing.T) {
	s := storeDir(t)
	refs := []plan.Ref{ref("a", "x"), ref("a", "y"), ref("b", "x")}
	errs := make(chan error)
	inside := make(chan bool, 1) // holds one
	for i := range 6 {
		go func() {
			order := []plan.Ref{refs[i%3], refs[(i+1+i/3)%3], refs[(i+2-i/3)%3]}
			locks, err := s.Lock(t.Context(), order, nil)
			if err == nil {
				select {
				case inside <- true:
					<-inside
				default:
					err = errors.New("two are inside")
				}
				locks.Release()
			}
			errs <- err
		}()
	}
	for range 6 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

var killedPod = plan.Ref{Namespace: "default", Name: "web"}

// TestLockOfKilled: what a kubehost that was killed had begun keeps the pod locked until it has ended, and what
// it left running in the background does not.
func TestLockOfKilled(t *testing.T) {
	if dir := os.Getenv("KUBEHOST_TEST_KILLED"); dir != "" {
		killMe(t, dir)
		return
	}
	s := storeDir(t)
	begun, end := filepath.Join(s.Dir, "begun"), filepath.Join(s.Dir, "end")
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, fifo := range []string{begun, end} {
		if err := syscall.Mkfifo(fifo, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	killed := exec.Command(os.Args[0], "-test.run=^TestLockOfKilled$")
	killed.Env = append(os.Environ(), "KUBEHOST_TEST_KILLED="+s.Dir)
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.ReadFile(begun); err != nil { // its command runs
		t.Fatal(err)
	}
	if err := killed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = killed.Wait()

	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	waits := false
	locks, err := s.Lock(ctx, []plan.Ref{killedPod}, func() {
		waits = true
		go os.WriteFile(end, nil, 0) // lets the command end
	})
	if err != nil {
		t.Fatal(err)
	}
	locks.Release()
	b, err := os.ReadFile(filepath.Join(s.Dir, "background"))
	if err != nil {
		t.Fatal(err)
	}
	if pid, err := strconv.Atoi(strings.TrimSpace(string(b))); err != nil || syscall.Kill(pid, syscall.SIGKILL) != nil {
		t.Errorf("nothing was left in the background: %v", err)
	}
	if !waits {
		t.Error("the lock was free while the command ran")
	}
}

// killMe runs a command under the lock, until somebody kills this process.
func killMe(t *testing.T, dir string) {
	locks, err := Store{Dir: dir}.Lock(t.Context(), []plan.Ref{killedPod}, nil)
	if err != nil {
		t.Fatal(err)
	}
	// As podman's name server does, what it leaves has none of its streams.
	script := `sleep 600 </dev/null >/dev/null 2>&1 & echo $! >background; : >begun; : <end`
	c := Command{Argv: []string{"sh", "-euc", `cd "$0"; ` + script, dir}}
	if _, err := run(forPod(locks.With(t.Context()), killedPod), Exec{}, c); err != nil {
		t.Fatal(err)
	}
}
