package runtime

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/kubehost/kubehost/translate/plan"
)

// Note says that kubehost brought something to this host: an image that it pulled, a network that it made. Only what is
// noted is its own to remove; what a user built, loaded, pulled or made is not, although pods use it. Nor is what a
// kubehost pulled that was killed before it could note it: to leave an image is better than to take one.
type Note struct {
	Runtime string `json:"runtime"`
	Kind    string `json:"kind"` // NotedImage or NotedNetwork
	// Name is the network's, or that by which an image was pulled.
	Name string `json:"name"`
	ID   string `json:"id,omitempty"` // of an image
}

// The kinds of notes.
const (
	NotedImage   = "image"
	NotedNetwork = "network"
)

// A file for each, so that many may be written at once.
func (s Store) noteFile(n Note) string {
	sum := sha256.Sum256([]byte(n.Runtime + "\n" + n.Kind + "\n" + n.Name + "\n" + n.ID))
	return filepath.Join(s.Dir, "notes", hex.EncodeToString(sum[:16])+".json")
}

// SaveNote keeps a note. Not while a prune decides which notes are of nothing: it may have looked before that was there
// of which this note is.
func (s Store) SaveNote(ctx context.Context, n Note) error {
	b, err := json.Marshal(n)
	if err != nil {
		return err
	}
	use, err := s.LockUse(ctx, nil)
	if err != nil {
		return err
	}
	defer use.Release()
	return ReplaceFile(s.noteFile(n), b)
}

// Notes are those of a runtime, in no meaningful but a fixed order.
func (s Store) Notes(runtime string) ([]Note, error) {
	_, notes, err := readAll(s.glob("notes", "*.json"))
	if err != nil {
		return nil, err
	}
	var all []Note
	for _, b := range notes {
		var n Note
		// One that cannot be read is no leave to remove anything.
		if json.Unmarshal(b, &n) == nil && n.Runtime == runtime {
			all = append(all, n)
		}
	}
	return all, nil
}

// RemoveNote drops the note of something that is gone. The caller has looked under [Store.LockPrune].
func (s Store) RemoveNote(n Note) error {
	if err := os.Remove(s.noteFile(n)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// pulls says which image an operation may pull, and when.
func pulls(op Op) (image string, policy plan.PullPolicy, ok bool) {
	switch op := op.(type) {
	case EnsureImage:
		return op.Image, op.Pull, op.Pull != plan.PullNever
	case MakeVolume:
		return op.Volume.Path, op.Volume.Pull, op.Volume.Kind == plan.Image && op.Volume.Pull != plan.PullNever
	}
	return "", "", false
}

// before is the image that stands under a name which is about to be pulled whatever it stands for; else it is not asked.
func (x Executor) before(ctx context.Context, op Op) string {
	image, policy, ok := pulls(op)
	if x.Noted == nil || !ok || policy != plan.PullAlways {
		return ""
	}
	id, err := x.imageID(ctx, image)
	if err != nil {
		return "" // not there, most of the time; otherwise the pull will tell
	}
	return id
}

// note notes what an operation has brought. An image that stood there before the pull was brought by somebody else, or
// is noted already.
func (x Executor) note(ctx context.Context, op Op, before string) error {
	if x.Noted == nil {
		return nil
	}
	n := Note{Runtime: x.Engine.Dialect.Name()}
	if network, ok := op.(CreateNetwork); ok {
		n.Kind, n.Name = NotedNetwork, network.Name
	} else if image, _, ok := pulls(op); ok {
		id, err := x.imageID(ctx, image)
		if err != nil {
			return err
		}
		if id == before {
			return nil
		}
		n.Kind, n.Name, n.ID = NotedImage, image, id
	} else {
		return nil
	}
	if err := x.Noted(ctx, n); err != nil {
		return fmt.Errorf("a note of %s %s cannot be kept: %w", n.Kind, n.Name, err)
	}
	return nil
}

// imageID is the ID of the image that has a name.
func (x Executor) imageID(ctx context.Context, image string) (string, error) {
	res, err := run(ctx, x.Engine.Runner, x.Engine.imageExists(image))
	id, _, _ := strings.Cut(strings.TrimSpace(string(res.Stdout)), " ")
	return ImageID(id), err
}

// ImageID is an image's ID without the name of its hash, which only docker writes.
func ImageID(id string) string { return strings.TrimPrefix(id, "sha256:") }
