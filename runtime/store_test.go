package runtime

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/sys/unix"

	"github.com/kubehost/kubehost/translate/plan"
)

// storeDir has characters in its name that a pattern would take for its own.
func storeDir(t *testing.T) Store { return Store{Dir: filepath.Join(t.TempDir(), `[a]*?\x {b}`)} }

// stored is an object as it is stored.
func stored(kind string, r plan.Ref) []byte {
	return fmt.Appendf(nil, `{"kind":%q,"metadata":{"namespace":%q,"name":%q}}`, kind, r.Namespace, r.Name)
}

func TestStorePods(t *testing.T) {
	s := storeDir(t)
	if pods, err := s.Pods(); err != nil || len(pods) != 0 {
		t.Errorf("an empty store: %v, %v", pods, err)
	}
	web := webPod()
	web.Units[1].Env = []plan.EnvVar{{Name: "TOKEN", Value: "it's\nsecret", Secret: true}}
	for _, p := range []plan.Pod{simplePod("shop", "a"), web, simplePod("default", "web.2"), simplePod("a-b", "z"), simplePod("a", "z")} {
		if err := s.SavePod(StoredPod{Ref: p.Ref, Runtime: map[string]string{"shop": "docker", "default": "podman"}[p.Namespace], Manifest: stored("Pod", p.Ref), Plan: p}); err != nil {
			t.Fatal(err)
		}
	}
	// What is no directory of a pod, or has no plan, is none.
	if err := errors.Join(os.MkdirAll(s.PodDir(ref("shop", "gone"))+"/volumes", 0o700), os.WriteFile(s.PodDir(ref("shop", "file")), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	got, err := s.Pod(web.Ref)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(StoredPod{Ref: web.Ref, Runtime: "podman", Manifest: stored("Pod", web.Ref), Plan: web}, got, cmpopts.IgnoreUnexported(StoredPod{})); diff != "" {
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
	of, err := s.Runtimes()
	if diff := cmp.Diff(map[plan.Ref]string{web.Ref: "podman", ref("default", "web.2"): "podman", ref("shop", "a"): "docker", ref("a", "z"): "", ref("a-b", "z"): ""}, of); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
	if _, err := s.Pod(ref("default", "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a pod that is not there: %v", err)
	}
}

// TestStoreKept: a pod need not be written that is kept already, as it is to be.
func TestStoreKept(t *testing.T) {
	s, web := storeDir(t), webPod()
	p := StoredPod{Ref: web.Ref, Runtime: "podman", Manifest: stored("Pod", web.Ref), Plan: web}
	if p.Kept(StoredPod{Ref: web.Ref}) {
		t.Error("a pod is kept that was never saved")
	}
	if err := s.SavePod(p); err != nil {
		t.Fatal(err)
	}
	before, err := s.Pod(web.Ref)
	if err != nil || !p.Kept(before) {
		t.Errorf("what was saved is not kept: %v", err)
	}
	for what, change := range map[string]func(*StoredPod){
		"runtime":  func(p *StoredPod) { p.Runtime = "docker" },
		"manifest": func(p *StoredPod) { p.Manifest = stored("Pod", ref("default", "other")) },
		"plan":     func(p *StoredPod) { p.Plan.GracePeriod++ },
	} {
		other := p
		if change(&other); other.Kept(before) {
			t.Errorf("another %s is taken for kept", what)
		}
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
		if err := s.SaveObject(o.kind, o.ref, stored(o.kind, o.ref)); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.Objects()
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, o := range []struct {
		kind string
		ref  plan.Ref
	}{{"ConfigMap", ref("default", "z.1")}, {"Secret", ref("default", "a")}, {"Secret", ref("default", "b")}, {"ConfigMap", ref("shop", "a")}} {
		want = append(want, string(stored(o.kind, o.ref)))
	}
	for _, b := range all {
		got = append(got, string(b))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if b, err := s.Object("Secret", ref("default", "a")); string(b) != string(stored("Secret", ref("default", "a"))) || err != nil {
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
	err := errors.Join(s.SavePod(StoredPod{Ref: webPod().Ref, Plan: webPod()}), s.SaveObject("Secret", ref("default", "a"), nil))
	locks, lockErr := s.Lock(t.Context(), []plan.Ref{ref("default", "web")}, nil)
	if err := errors.Join(err, lockErr); err != nil {
		t.Fatal(err)
	}
	locks.Release()
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
	if err := s.SavePod(StoredPod{Ref: webPod().Ref, Plan: webPod()}); err == nil {
		t.Fatal("a directory was replaced")
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Errorf("got %v, %v", files, err)
	}
}

// TestKeepFile: a file that has the content already is not written again; another content is there as a whole new file.
func TestKeepFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "dir", "file")
	write := func(content string) os.FileInfo {
		t.Helper()
		if err := keepFile(name, []byte(content)); err != nil {
			t.Fatal(err)
		}
		b, err1 := os.ReadFile(name)
		info, err2 := os.Stat(name)
		if err := errors.Join(err1, err2); err != nil || string(b) != content {
			t.Fatalf("%q, %v", b, err)
		}
		return info
	}
	before := write("one")
	if same := write("one"); !os.SameFile(before, same) {
		t.Error("what was there already was written again")
	}
	if other := write("two"); os.SameFile(before, other) {
		t.Error("a file was changed in its place")
	}
}

// TestAbsent: a pod that is not this user's is none; a file that cannot be read is an error all the same.
func TestAbsent(t *testing.T) {
	dir := t.TempDir()
	hidden, closed := filepath.Join(dir, "hidden"), filepath.Join(dir, "closed")
	if err := errors.Join(os.Mkdir(hidden, 0), os.WriteFile(closed, nil, 0), os.Chmod(filepath.Dir(dir), 0o755), os.Chmod(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 { // root may read all: this thread is somebody else, and ends with the test
		goruntime.LockOSThread()
		if err := unix.Setfsuid(65534); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = unix.Setfsuid(0) })
	}
	for file, want := range map[string]bool{hidden + "/plan.json": true, dir + "/gone": true, closed + "/plan.json": true, closed: false, dir: false} {
		if _, err := os.ReadFile(file); err == nil || absent(file, err) != want {
			t.Errorf("%s: %v, absent: %v", file, err, !want)
		}
	}
}
