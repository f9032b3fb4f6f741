package runtime

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/translate/plan"
)

// storeDir has characters in its name that a pattern would take for its own.
func storeDir(t *testing.T) Store { return Store{Dir: filepath.Join(t.TempDir(), `[a]*?\x {b}`)} }

func TestStorePods(t *testing.T) {
	s := storeDir(t)
	if pods, err := s.Pods(); err != nil || len(pods) != 0 {
		t.Errorf("an empty store: %v, %v", pods, err)
	}
	web := webPod()
	web.Units[1].Env = []plan.EnvVar{{Name: "TOKEN", Value: "it's\nsecret", Secret: true}}
	for _, p := range []plan.Pod{simplePod("shop", "a"), web, simplePod("default", "web.2"), simplePod("a-b", "z"), simplePod("a", "z")} {
		if err := s.SavePod([]byte("manifest of "+p.Ref.String()), p); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Pod(web.Ref)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(StoredPod{Ref: web.Ref, Manifest: []byte("manifest of default/web"), Plan: web}, got); diff != "" {
		t.Error(diff)
	}
	all, err := s.Pods()
	if err != nil {
		t.Fatal(err)
	}
	var refs []string
	for _, p := range all {
		refs = append(refs, p.Ref.String())
	}
	if diff := cmp.Diff([]string{"a/z", "a-b/z", "default/web", "default/web.2", "shop/a"}, refs); diff != "" {
		t.Error(diff)
	}
	if _, err := s.Pod(ref("default", "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a pod that is not there: %v", err)
	}
}

func TestStoreObjects(t *testing.T) {
	s := storeDir(t)
	if b, err := s.Object("Secret", ref("default", "a")); b != nil || err != nil {
		t.Errorf("an object that is not there: %q, %v", b, err)
	}
	for _, o := range []struct {
		kind string
		ref  plan.Ref
	}{{"Secret", ref("default", "b")}, {"ConfigMap", ref("shop", "a")}, {"Secret", ref("default", "a")}, {"ConfigMap", ref("default", "z.1")}} {
		if err := s.SaveObject(o.kind, o.ref, []byte(o.kind+" "+o.ref.String())); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.Objects()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"ConfigMap default/z.1", "Secret default/a", "Secret default/b", "ConfigMap shop/a"}
	var got []string
	for _, b := range all {
		got = append(got, string(b))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if b, err := s.Object("Secret", ref("default", "a")); string(b) != "Secret default/a" || err != nil {
		t.Errorf("got %q, %v", b, err)
	}
	for _, want := range []bool{true, false} {
		if was, err := s.RemoveObject("Secret", ref("default", "a")); was != want || err != nil {
			t.Errorf("removed: %v, %v", was, err)
		}
	}
}

// TestStoreModes: the store holds the values of Secrets.
func TestStoreModes(t *testing.T) {
	withUmask(t, 0)
	s := storeDir(t)
	err := errors.Join(s.SavePod(nil, webPod()), s.SaveObject("Secret", ref("default", "a"), nil))
	release, lockErr := s.Lock(t.Context(), []plan.Ref{ref("default", "web")}, nil)
	if err := errors.Join(err, lockErr); err != nil {
		t.Fatal(err)
	}
	release()
	for line := range strings.Lines(snapshot(t, s.Dir)) {
		if !strings.HasPrefix(line, "drwx------ ") && !strings.HasPrefix(line, "-rw------- ") {
			t.Error(line)
		}
	}
}

// TestStoreReplaces: whoever reads a file while it is written sees one version of it, whole.
func TestStoreReplaces(t *testing.T) {
	s := storeDir(t)
	object := func(n int) []byte { return []byte(strings.Repeat(fmt.Sprintln(n), 1+n%7*1000)) }
	save := func(n int) error { return s.SaveObject("Secret", ref("default", "a"), object(n)) }
	if err := save(0); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		var err error
		for n := 1; n < 200 && err == nil; n++ {
			err = save(n)
		}
		done <- err
	}()
	for {
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			if files, _ := os.ReadDir(filepath.Join(s.Dir, "objects/default/secret")); len(files) != 1 {
				t.Errorf("left over: %v", files)
			}
			return
		default:
		}
		b, err := s.Object("Secret", ref("default", "a"))
		var n int
		fmt.Sscan(string(b), &n)
		if err != nil || string(b) != string(object(n)) {
			t.Fatalf("got %d bytes, %v", len(b), err)
		}
	}
}

// TestStoreFailedWrite leaves neither a pod without its manifest nor a temporary file.
func TestStoreFailedWrite(t *testing.T) {
	s := storeDir(t)
	dir := s.PodDir(webPod().Ref)
	if err := os.MkdirAll(filepath.Join(dir, "manifest.json", "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.SavePod([]byte("m"), webPod()); err == nil {
		t.Fatal("a directory was replaced")
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Errorf("got %v, %v", files, err)
	}
}

func TestLock(t *testing.T) {
	s := storeDir(t)
	a, b := ref("default", "a"), ref("default", "b")
	release, err := s.Lock(t.Context(), []plan.Ref{b, a, b}, func() { t.Error("nobody holds a lock, but it waits") })
	if err != nil {
		t.Fatal(err)
	}
	type taken struct {
		release func()
		err     error
	}
	waits, got := make(chan bool, 9), make(chan taken)
	go func() {
		release, err := s.Lock(t.Context(), []plan.Ref{a, b}, func() { waits <- true })
		got <- taken{release, err}
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
	other()
	release()
	second := <-got
	if second.err != nil || len(waits) != 0 {
		t.Errorf("%v; it said %d times more that it waits", second.err, len(waits))
	}
	second.release()
	third, err := s.Lock(t.Context(), []plan.Ref{a, b}, func() { t.Error("the locks were not released") })
	if err != nil {
		t.Fatal(err)
	}
	third()
}

func TestLockCancel(t *testing.T) {
	s := storeDir(t)
	a, b := ref("default", "a"), ref("default", "b")
	release, err := s.Lock(t.Context(), []plan.Ref{b}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
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
	again()
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
			release, err := s.Lock(t.Context(), order, nil)
			if err == nil {
				select {
				case inside <- true:
					<-inside
				default:
					err = errors.New("two are inside")
				}
				release()
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
