package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Hash identifies everything that a sandbox is made from.
func (s Sandbox) Hash() string { return hash(s) }

// UnitHash identifies everything that the unit's container is made from: the
// unit itself and what the pod lends it.
func (p *Pod) UnitHash(u Unit) string {
	type mount struct {
		Mount
		Kind VolumeKind
		Path string
	}
	message := u.Lifecycle.MessagePath    // a mount
	u.Pull, u.Lifecycle = "", Lifecycle{} // when it is pulled and how it is looked after does not change what it is
	u.Logins = nil                        // another login makes no other container
	mounts := make([]mount, 0, len(u.Mounts))
	for _, m := range u.Mounts {
		v := p.Volume(m.Volume)
		mounts = append(mounts, mount{m, v.Kind, v.Path})
	}
	u.Resources.OOMScore = 0 // it depends on the host's memory, which may grow
	return hash(struct {
		Unit    Unit
		Restart RestartPolicy
		Grace   int64
		Message string `json:",omitempty"`
		Mounts  []mount
	}{u, p.RestartPolicy, p.GracePeriod, message, mounts})
}

// ContentHash identifies the files of a Files volume: names, modes and contents.
func (v Volume) ContentHash() string { return hash(v.Files) }

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
