package main

import (
	"context"
	"testing"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/docker"
)

// stocked is a docker that says what inventory says.
type stocked struct {
	docker.Dialect
	inventory func() runtime.Inventory
}

func (s stocked) Inventory(context.Context, runtime.Runner) (runtime.Inventory, error) {
	return s.inventory(), nil
}

// TestPruneForgets: the note of an image that is gone goes, that of one which is there stays, and none is pulled and noted
// unseen while the notes go.
func TestPruneForgets(t *testing.T) {
	store := runtime.Store{Dir: t.TempDir()}
	note := func(id string) runtime.Note {
		return runtime.Note{Runtime: "docker", Kind: runtime.NotedImage, Name: "app:" + id, ID: id}
	}
	for _, id := range []string{"gone", "there"} {
		if err := store.SaveNote(t.Context(), note(id)); err != nil {
			t.Fatal(err)
		}
	}
	inventory := func() runtime.Inventory {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := store.SaveNote(ctx, note("gone")); err == nil {
			t.Error("a note was saved between the look and the forgetting")
		}
		return runtime.Inventory{Images: []runtime.Image{{ID: "there"}}}
	}
	r := pruning{acting: acting{program: &program{}, store: store}, engine: runtime.Engine{Dialect: stocked{inventory: inventory}}}
	if err := r.forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := store.Notes("docker")
	if len(got) != 1 || got[0] != note("there") || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
}
