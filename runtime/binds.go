package runtime

import (
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/kubehost/kubehost/translate/plan"
)

// bind is a part of the host's file system, or of an image, that a container sees.
type bind struct {
	source, target string
	readOnly       bool
	propagation    plan.Propagation
	// image says that the source is an image, which is read-only by itself.
	image bool
	// relabel says which containers SELinux is told may use it.
	relabel plan.Relabel
}

// volumeBind is the i-th mount of a unit. Where the runtime cannot relabel with the flag that refuses
// a source which is missing, the part of a volume was labelled when it was bound: after a reboot it is missing, and the
// other flag would give the container an empty directory instead.
func (e Engine) volumeBind(p *plan.Pod, u plan.Unit, i int) bind {
	m := u.Mounts[i]
	v := p.Volume(m.Volume)
	b := bind{source: source(p, u, i), target: m.Target, readOnly: m.ReadOnly, propagation: m.Propagation, image: v.Kind == plan.Image, relabel: v.Relabel}
	if e.labelsPart(v, m) {
		b.relabel = plan.KeepLabel
	}
	return b
}

// labelsPart says that the part of a volume is labelled by the command that binds it.
func (e Engine) labelsPart(v *plan.Volume, m plan.Mount) bool {
	return v.Relabel != plan.KeepLabel && m.SubPath != "" && v.Kind != plan.Files && !e.Dialect.Features().MountRelabels
}

// bindFlags are the flags of a bind. The value of --mount is one record of CSV for both runtimes, so a path may hold commas and
// quotes. Only the older flag makes docker relabel.
func (e Engine) bindFlags(b bind) []string {
	relabel := b.relabel != plan.KeepLabel
	switch {
	case b.image:
		return []string{"--mount", record("type=image", "source="+b.source, "target="+b.target)}
	case relabel && !e.Dialect.Features().MountRelabels:
		return []string{"--volume", b.source + ":" + b.target + ":" + strings.Join(b.volumeOptions(), ",")}
	}
	fields := []string{"type=bind", "source=" + b.source, "target=" + b.target}
	switch b.propagation {
	case plan.HostToContainer:
		fields = append(fields, "bind-propagation=rslave")
	case plan.BothPropagations:
		fields = append(fields, "bind-propagation=rshared")
	}
	switch b.relabel {
	case plan.ForAll:
		fields = append(fields, "relabel=shared")
	case plan.ForPod:
		fields = append(fields, "relabel=private")
	}
	if b.readOnly {
		fields = append(fields, "readonly")
	}
	return []string{"--mount", record(fields...)}
}

// volumeOptions are the last part of the value of --volume.
func (b bind) volumeOptions() []string {
	options := []string{"z"}
	if b.relabel == plan.ForPod {
		options[0] = "Z" // the containers of a pod have one label
	}
	if b.readOnly {
		options = append([]string{"ro"}, options...)
	}
	switch b.propagation {
	case plan.HostToContainer:
		options = append(options, "rslave")
	case plan.BothPropagations:
		options = append(options, "rshared")
	}
	return options
}

// unlabelled refuses what would have to be relabelled and cannot: the container would be kept from it.
func (e Engine) unlabelled(binds []bind) []FileOp {
	var ops []FileOp
	for _, b := range binds {
		if b.relabel != plan.KeepLabel && !e.Dialect.Features().MountRelabels && strings.Contains(b.source+b.target, ":") {
			ops = append(ops, refusal(fmt.Sprintf("docker cannot relabel %s for SELinux: there is a colon in its path\n  hint: use podman, or directories without a colon", b.source)))
		}
	}
	return ops
}

// device is the value of --device.
func device(source string, d plan.Mount) string {
	if d.ReadOnly {
		return source + ":" + d.Target + ":r"
	}
	return source + ":" + d.Target + ":rwm"
}

func record(fields ...string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Write(fields)
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}
