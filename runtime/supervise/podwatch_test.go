package supervise

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// watchedPods is a watch of a host where nothing was applied yet: not even its directories are there.
func watchedPods(t *testing.T) (w *PodWatch, store runtime.Store, run string) {
	t.Helper()
	top := t.TempDir()
	store, run = runtime.Store{Dir: filepath.Join(top, "state", "kubehost")}, filepath.Join(top, "run", "kubehost")
	w, err := WatchPods(store, run)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w, store, run
}

// next is the next change that is told.
func next(t *testing.T, w *PodWatch) []plan.Ref {
	t.Helper()
	select {
	case refs, ok := <-w.Changes:
		if !ok {
			t.Fatalf("the watch has ended: %v", w.Err())
		}
		return refs
	case <-time.After(10 * time.Second):
		t.Fatal("nothing is told")
	}
	return nil
}

// told waits until a change of the pod is told, or of any.
func told(t *testing.T, w *PodWatch, r plan.Ref) {
	t.Helper()
	for refs := next(t, w); refs != nil && !slices.Contains(refs, r); {
		refs = next(t, w)
	}
}

// drain changes a pod until that is told by its name: what was before has been told then.
func drain(t *testing.T, w *PodWatch, store runtime.Store, r plan.Ref) {
	t.Helper()
	for done := false; !done; {
		if err := (Wanted{Stopped: true}).Write(store.PodDir(r)); err != nil {
			t.Fatal(err)
		}
		done = slices.Contains(next(t, w), r)
	}
}

func TestPodWatchSeesPodsComeChangeAndGo(t *testing.T) {
	w, store, run := watchedPods(t)
	web, db := plan.Ref{Namespace: "shop", Name: "web"}, plan.Ref{Namespace: "shop", Name: "db"}
	save := func(r plan.Ref) {
		if err := store.SavePod(runtime.StoredPod{Ref: r, Manifest: []byte(`{"kind":"Pod"}`), Plan: plan.Pod{Ref: r}}); err != nil {
			t.Fatal(err)
		}
	}
	save(web)
	told(t, w, web)
	drain(t, w, store, web)
	save(db)
	told(t, w, db)
	drain(t, w, store, db)

	station := Station{Dir: run, Ref: web}
	release, err := station.Enter()
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	told(t, w, web)
	drain(t, w, store, web)
	if err := station.save([]byte("{}")); err != nil {
		t.Fatal(err)
	}
	if got := next(t, w); !slices.Equal(got, []plan.Ref{web}) {
		t.Errorf("a new status: %v", got)
	}
	if err := os.RemoveAll(store.PodDir(db)); err != nil {
		t.Fatal(err)
	}
	told(t, w, db)
	drain(t, w, store, web)
	save(db) // again
	told(t, w, db)
}

// TestPodWatchKeepsQuiet: what is not of the pods' status is not told, nor is a file that is being written.
func TestPodWatchKeepsQuiet(t *testing.T) {
	w, store, run := watchedPods(t)
	if err := os.MkdirAll(run, 0o700); err != nil {
		t.Fatal(err)
	}
	web, db := plan.Ref{Namespace: "shop", Name: "web"}, plan.Ref{Namespace: "shop", Name: "db"}
	for _, r := range []plan.Ref{web, db} {
		if err := store.SavePod(runtime.StoredPod{Ref: r, Manifest: []byte(`{"kind":"Pod"}`), Plan: plan.Pod{Ref: r}}); err != nil {
			t.Fatal(err)
		}
		told(t, w, r)
		drain(t, w, store, r)
	}
	for _, name := range []string{filepath.Join(store.PodDir(web), "volumes", "page", "index.html"), filepath.Join(store.Dir, "objects", "shop", "secret", "x.json"),
		filepath.Join(store.Dir, "pods", "shop", "stray"), filepath.Join(filepath.Dir(run), "other", "file"), filepath.Join(store.PodDir(web), "empty", "e")} {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(store.PodDir(web), "half.json"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (Wanted{Stopped: true}).Write(store.PodDir(db)); err != nil {
		t.Fatal(err)
	}
	if got := next(t, w); !slices.Equal(got, []plan.Ref{db}) {
		t.Errorf("told: %v", got)
	}
}

// TestPodWatchIsClosed: whatever it was about to do, a watch that is closed has no error.
func TestPodWatchIsClosed(t *testing.T) {
	for range 100 {
		store := runtime.Store{Dir: t.TempDir()}
		w, err := WatchPods(store, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(store.PodDir(plan.Ref{Namespace: "shop", Name: "web"}), 0o700); err != nil {
			t.Fatal(err)
		}
		w.Close()
		if err := w.Err(); err != nil {
			t.Fatal(err)
		}
	}
}
