package runtime

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/kubehost/kubehost/translate/plan"
)

// binding is a line of bindings.json: the PersistentVolume that a claim was bound to.
type binding struct {
	Claim            plan.Ref `json:"claim"`
	PersistentVolume string   `json:"persistentVolume"`
}

func (s Store) bindingsFile() string { return filepath.Join(s.Dir, "bindings.json") }

// Bindings are the PersistentVolumes that claims were bound to, by the claim's name.
func (s Store) Bindings() (map[plan.Ref]string, error) {
	bound := map[plan.Ref]string{}
	b, err := os.ReadFile(s.bindingsFile())
	if errors.Is(err, fs.ErrNotExist) {
		return bound, nil
	}
	if err != nil {
		return nil, err
	}
	var all []binding
	if err := json.Unmarshal(b, &all); err != nil {
		return nil, fmt.Errorf("%s: %w", s.bindingsFile(), err)
	}
	for _, b := range all {
		bound[b.Claim] = b.PersistentVolume
	}
	return bound, nil
}

// Bind keeps what the claims of these pods are bound to, and forgets the claims that are gone.
func (s Store) Bind(pods []plan.Pod, gone ...plan.Ref) error {
	before, err := s.Bindings()
	if err != nil {
		return err
	}
	now := maps.Clone(before)
	for _, p := range pods {
		for _, v := range p.Volumes {
			if v.PersistentVolume != "" {
				now[plan.Ref{Namespace: p.Namespace, Name: v.Claim}] = v.PersistentVolume
			}
		}
	}
	for _, ref := range gone {
		delete(now, ref)
	}
	if maps.Equal(before, now) {
		return nil
	}
	var all []binding
	for _, ref := range slices.SortedFunc(maps.Keys(now), plan.Ref.Compare) {
		all = append(all, binding{ref, now[ref]})
	}
	b, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return ReplaceFile(s.bindingsFile(), b)
}
