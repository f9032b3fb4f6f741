package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
)

// Hash identifies the whole plan of a pod.
func (p *Pod) Hash() string { return hash(p) }

// Hash identifies everything that a sandbox is made from, as far as the manifest says it.
func (s Sandbox) Hash() string {
	s.DNS.Conf = ""
	return hash(s)
}

// UnitHash identifies everything that the unit's container is made from: the
// unit itself and what the pod lends it.
func (p *Pod) UnitHash(u Unit) string {
	type mount struct {
		Mount
		Kind    VolumeKind
		Path    string
		Size    int64   `json:",omitempty"`
		Relabel Relabel `json:",omitempty"`
	}
	message := u.Lifecycle.MessagePath    // a mount
	u.Pull, u.Lifecycle = "", Lifecycle{} // when it is pulled and how it is looked after does not change what it is
	u.Logins = nil                        // another login makes no other container
	mounts := make([]mount, 0, len(u.Mounts))
	for _, m := range slices.Concat(u.Mounts, u.BlockDevices) {
		v := p.Volume(m.Volume)
		mounts = append(mounts, mount{m, v.Kind, v.Path, v.Size, v.Relabel})
	}
	u.Resources.OOMScore = 0 // it depends on the host's memory, which may grow
	return hash(struct {
		Unit    Unit
		Restart RestartPolicy
		Grace   int64
		Message string `json:",omitempty"`
		Mounts  []mount
		Relabel Relabel `json:",omitempty"`
	}{u, p.RuntimeRestart(p.RestartPolicy), p.GracePeriod, message, mounts, p.Relabel})
}

// ContentHash identifies what a Files volume holds: names, modes, owner and contents.
func (v Volume) ContentHash() string {
	return hash(struct {
		Files []File
		Mode  uint32 `json:",omitempty"`
		Group *int64 `json:",omitempty"`
	}{v.Files, v.Mode, v.Group})
}

// FrozenHashes identify, for each Files volume of which the unit mounts a part, the files that it sees of it: a mount of
// a part never changes while its container lives. They are no part of [Pod.UnitHash], so that
// a change of theirs can be told from others.
func (p *Pod) FrozenHashes(u Unit) map[string]string {
	seen := map[string][]File{}
	for _, m := range u.Mounts {
		v := p.Volume(m.Volume)
		if v.Kind != Files || m.SubPath == "" {
			continue
		}
		for _, f := range v.Files {
			if f.Path == m.SubPath || strings.HasPrefix(f.Path, m.SubPath+"/") {
				seen[v.Name] = append(seen[v.Name], f)
			}
		}
	}
	hashes := map[string]string{}
	for name, files := range seen {
		hashes[name] = hash(files)
	}
	return hashes
}

// hash is the first half of the SHA-256 of a value's JSON: encoding/json writes struct
// fields in order and sorts map keys, so equal values have equal hashes.
func hash(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("plan: a plan is plain data, but " + err.Error()) // no type of this package can fail
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// RuntimeRestart is what the runtime itself is told of a restart policy.
func (p *Pod) RuntimeRestart(own RestartPolicy) RestartPolicy {
	if p.Supervised {
		return RestartNever
	}
	return own
}
