package runtime

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/translate/plan"
)

// put writes files below a store's directory.
func put(t *testing.T, s Store, names ...string) {
	t.Helper()
	for _, n := range names {
		if err := ReplaceFile(filepath.Join(s.Dir, n), []byte("{}")); err != nil {
			t.Fatal(err)
		}
	}
}

func TestHalfWritten(t *testing.T) {
	s := storeDir(t)
	put(t, s, ".new-1", "notes/.new-2", "objects/shop/secret/.new-3", "pods/shop/web/.new-4", "pods/shop/web/plan.json",
		"pods/shop/web/empty/cache/.new-5", "volumes/shop/data/.new-6")
	for _, c := range []struct {
		after time.Duration
		want  []string
	}{{59 * time.Minute, nil}, {61 * time.Minute, []string{".new-1", "notes/.new-2", "objects/shop/secret/.new-3", "pods/shop/web/.new-4"}}} {
		found, err := s.HalfWritten(time.Now().Add(c.after))
		var got []string
		for _, f := range found {
			name, _ := filepath.Rel(s.Dir, f)
			got = append(got, name)
		}
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("after %s: %v (-want +got):\n%s", c.after, err, diff)
		}
	}
}

func TestHalfMade(t *testing.T) {
	s := storeDir(t)
	put(t, s, "pods/shop/whole/plan.json", "pods/shop/whole/empty/cache/file", "pods/shop/half/manifest.json", "pods/shop/half/volumes/page/file",
		"pods/shop/written/empty/cache/file", "pods/shop/claimed/ephemeral/data")
	if err := os.MkdirAll(filepath.Join(s.Dir, "pods/shop/bare/empty"), 0o700); err != nil {
		t.Fatal(err)
	}
	pods, data, err := s.HalfMade()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, r := range pods {
		got[r.Name] = data[r]
		if still, err := s.HalfMadeStill(r); still == data[r] || err != nil {
			t.Errorf("%s may be removed: %v, %v", r, still, err)
		}
	}
	if diff := cmp.Diff(map[string]bool{"half": false, "bare": false, "written": true, "claimed": true}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if still, err := s.HalfMadeStill(ref("shop", "whole")); still || err != nil {
		t.Errorf("a pod with a plan may be removed: %v", err)
	}
}

func TestLocked(t *testing.T) {
	s := storeDir(t)
	if refs, err := s.Locked(); refs != nil || err != nil {
		t.Errorf("without a directory: %v, %v", refs, err)
	}
	locks, err := s.Lock(t.Context(), []plan.Ref{ref("shop", "web.v1")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	use, err := s.LockUse(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	use.Release()
	refs, err := s.Locked()
	if diff := cmp.Diff([]plan.Ref{ref("shop", "web.v1")}, refs); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if other, err := s.TryLock(ref("shop", "web.v1")); other != nil || err != nil {
		t.Errorf("a lock that is held was taken: %v", err)
	}
	locks.Release()
	if other, err := s.TryLock(ref("shop", "web.v1")); other == nil || err != nil {
		t.Errorf("a lock that is free was not taken: %v", err)
	}
}

// TestRemovedLock: who waits for a lock whose file is removed meanwhile, has the one that others meet.
func TestRemovedLock(t *testing.T) {
	s := storeDir(t)
	r := ref("shop", "web")
	first, err := s.TryLock(r)
	if err != nil {
		t.Fatal(err)
	}
	waits, got := make(chan bool, 1), make(chan *Locks)
	go func() {
		locks, err := s.Lock(t.Context(), []plan.Ref{r}, func() { waits <- true })
		if err != nil {
			t.Error(err)
		}
		got <- locks
	}()
	<-waits
	if err := s.RemoveLock(r); err != nil {
		t.Fatal(err)
	}
	first.Release()
	second := <-got
	defer second.Release()
	if third, err := s.TryLock(r); third != nil || err != nil {
		t.Errorf("two hold one lock: %v", err)
	}
}

func TestLockPrune(t *testing.T) {
	s := storeDir(t)
	one, err := s.LockUse(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	two, err := s.LockUse(t.Context(), func() { t.Error("users wait for one another") })
	if err != nil {
		t.Fatal(err)
	}
	waits, got := make(chan bool, 1), make(chan *Locks)
	go func() {
		locks, err := s.LockPrune(t.Context(), func() { waits <- true })
		if err != nil {
			t.Error(err)
		}
		got <- locks
	}()
	<-waits
	one.Release()
	select {
	case <-got:
		t.Fatal("a prune goes on while somebody uses what it may remove")
	default:
	}
	two.Release()
	(<-got).Release()
}

// TestNoteBesidePrune: what is noted while a prune drops the notes of what it did not find, stays noted.
func TestNoteBesidePrune(t *testing.T) {
	s := storeDir(t)
	n := Note{Runtime: "docker", Kind: NotedImage, Name: "app:1", ID: "1"}
	prune, err := s.LockPrune(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	saved := make(chan error, 1)
	go func() { saved <- s.SaveNote(t.Context(), n) }()
	select {
	case err := <-saved:
		t.Errorf("a note is saved while a prune looks: %v", err)
	case <-time.After(100 * time.Millisecond): // it has tried, several times
	}
	if err := s.RemoveNote(n); err != nil {
		t.Fatal(err)
	}
	prune.Release()
	if err := <-saved; err != nil {
		t.Fatal(err)
	}
	if got, err := s.Notes("docker"); len(got) != 1 || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	prune, err = s.LockPrune(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer prune.Release()
	if err := s.SaveNote(ctx, n); !errors.Is(err, context.Canceled) {
		t.Errorf("it waits for ever: %v", err)
	}
}

func TestNotes(t *testing.T) {
	s := storeDir(t)
	image := Note{Runtime: "docker", Kind: NotedImage, Name: "app:1", ID: "1"}
	older := Note{Runtime: "docker", Kind: NotedImage, Name: "app:1", ID: "0"}
	other := Note{Runtime: "podman", Kind: NotedNetwork, Name: "kubehost"}
	for _, n := range []Note{image, other, image, older} {
		if err := s.SaveNote(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	put(t, s, "notes/broken.json")
	if err := os.WriteFile(filepath.Join(s.Dir, "notes/empty.json"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.RemoveNote(older), s.RemoveNote(older)); err != nil {
		t.Error(err)
	}
	for runtime, want := range map[string][]Note{"docker": {image}, "podman": {other}} {
		got, err := s.Notes(runtime)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
	if err := s.RemoveLock(ref("a", "b")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
