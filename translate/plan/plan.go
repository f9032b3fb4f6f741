package plan

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// Plan is what one host must look like for a set of pods.
type Plan struct {
	// Networks are the bridge networks that the pods join, sorted by name.
	Networks []Network `json:"networks,omitempty"`
	// Pods are in the order in which the manifests name them.
	Pods []Pod `json:"pods,omitempty"`
}

// Network is a bridge network with container DNS.
type Network struct {
	Name string `json:"name"`
}

// Ref names a pod as Kubernetes does.
type Ref struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

// String returns "namespace/name".
func (r Ref) String() string { return r.Namespace + "/" + r.Name }

// Compare orders pods as their names are listed: by what String returns.
func (r Ref) Compare(o Ref) int { return strings.Compare(r.String(), o.String()) }

// ID is the pod's name at the runtime: "web", or "shop.web" outside the namespace "default". No namespace holds a dot, so
// the prefix of one cannot be read as that of another.
func (r Ref) ID() string {
	if r.Namespace == "default" {
		return r.Name
	}
	return r.Namespace + "." + r.Name
}

// UID is that of a pod whose manifest gives none: a UUID of version 8 (RFC 9562), made by a rule of our own.
func (r Ref) UID() string {
	sum := sha256.Sum256([]byte("kubehost.dev/pod/" + r.String()))
	b := sum[:16]
	b[6] = b[6]&0x0f | 0x80
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// Pod is one pod: a sandbox, the volumes that its containers mount, and the
// containers themselves.
type Pod struct {
	Ref
	// ID is the pod's name at the runtime, [Ref.ID].
	ID string `json:"id"`
	// Dir is the directory that holds all files kubehost keeps for this pod.
	Dir string `json:"dir"`
	// Labels are the manifest's labels. They are set on runtime objects when these
	// are made, but are no part of any hash: as in Kubernetes, changing a
	// label restarts nothing.
	Labels map[string]string `json:"labels,omitempty"`
	// RestartPolicy is Always, OnFailure or Never.
	RestartPolicy RestartPolicy `json:"restartPolicy"`
	// Needs are what the pod is started after.
	Needs []Need `json:"needs,omitempty"`
	// Manual says that the pod is not started when the host boots.
	Manual bool `json:"manual,omitempty"`
	// Supervised says that a supervisor starts containers again: the runtime's own restart policy stays "no".
	Supervised bool `json:"supervised,omitempty"`
	// Journal says that what the containers print goes to the journal of systemd. It holds for containers that are made
	// from then on: it is part of no hash but the whole pod's, and restarts nothing.
	Journal bool `json:"journal,omitempty"`
	// GracePeriod is the time in seconds between SIGTERM and SIGKILL when a container is stopped.
	GracePeriod int64 `json:"gracePeriodSeconds"`
	// ActiveDeadline is the longest time in seconds that the pod may run; nil is no limit.
	ActiveDeadline *int64 `json:"activeDeadlineSeconds,omitempty"`
	// FSGroup owns the volumes that kubehost makes, and is a supplementary group of each container. Nil is none.
	FSGroup *int64 `json:"fsGroup,omitempty"`
	// Relabel says which containers SELinux is told may use the files that kubehost keeps for the pod beside its volumes.
	Relabel Relabel `json:"relabelFor,omitempty"`

	Sandbox Sandbox  `json:"sandbox"`
	Volumes []Volume `json:"volumes,omitempty"`
	// Units are the containers: first the init containers in their
	// order, then the main containers in theirs.
	Units []Unit `json:"units"`
}

// RestartPolicy says when a container that ended is started again.
type RestartPolicy string

// The restart policies of https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy.
const (
	RestartAlways    RestartPolicy = "Always"
	RestartOnFailure RestartPolicy = "OnFailure"
	RestartNever     RestartPolicy = "Never"
)

// Unit is one container.
type Unit struct {
	// Name is the container's name in the pod.
	Name string `json:"name"`
	// ID is the container's name at the runtime: "web-nginx".
	ID   string `json:"id"`
	Role Role   `json:"role"`

	// Image is a full reference: registry, repository and tag or digest.
	Image string     `json:"image"`
	Pull  PullPolicy `json:"pull"`
	// Logins are tried in order when the image is pulled; with none, the runtime's own logins hold.
	Logins []Login `json:"logins,omitempty"`
	// Command replaces the image's ENTRYPOINT and CMD; empty keeps the ENTRYPOINT.
	Command []string `json:"command,omitempty"`
	// Args replaces the image's CMD; empty keeps it unless Command is set.
	Args       []string `json:"args,omitempty"`
	WorkingDir string   `json:"workingDir,omitempty"`
	// Options come last in the command that makes the container.
	Options Options `json:"options,omitzero"`
	// Env is the declared environment, each name once, in order.
	Env    []EnvVar `json:"env,omitempty"`
	Mounts []Mount  `json:"mounts,omitempty"`
	// BlockDevices are volumes that are given to the container as devices of the host.
	BlockDevices []Mount `json:"blockDevices,omitempty"`

	Lifecycle Lifecycle `json:"lifecycle,omitzero"`
	// StopSignal asks the container to end, as "SIGTERM"; empty is the one that its image names.
	StopSignal string    `json:"stopSignal,omitempty"`
	Identity   Identity  `json:"identity,omitzero"`
	Security   Security  `json:"security,omitzero"`
	Resources  Resources `json:"resources,omitzero"`
	Terminal   Terminal  `json:"terminal,omitzero"`
}

// Role says when a container runs in the life of its pod.
type Role string

// The roles.
const (
	// Init containers run one after another, each to its end, before the main containers.
	Init Role = "init"
	// Sidecar containers start in the order of the init containers and run on beside the main ones.
	Sidecar Role = "sidecar"
	Main    Role = "main"
)

// PullPolicy says when an image is pulled.
type PullPolicy string

// The pull policies of https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy.
const (
	PullAlways       PullPolicy = "Always"
	PullIfNotPresent PullPolicy = "IfNotPresent"
	PullNever        PullPolicy = "Never"
)

// EnvVar is one environment variable.
type EnvVar struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	// Secret says that the value is, or contains, a value from a Secret: it must
	// reach neither a command line nor any output.
	Secret bool `json:"secret,omitempty"`
}

// Mount makes a volume of the pod visible in a container.
type Mount struct {
	// Volume is the name of one of the pod's volumes.
	Volume string `json:"volume"`
	// Target is the absolute path in the container.
	Target   string `json:"target"`
	ReadOnly bool   `json:"readOnly,omitempty"`
	// SubPath is the file or directory of the volume that is mounted, clean and relative; empty is all of it.
	SubPath string `json:"subPath,omitempty"`
	// Propagation says which later mounts below the volume are seen.
	Propagation Propagation `json:"propagation,omitempty"`
}

// Propagation says whether mounts made later below a volume are seen on the other side.
type Propagation string

// The modes of https://kubernetes.io/docs/concepts/storage/volumes/#mount-propagation; None is the default.
const (
	PropagateNone    Propagation = ""
	HostToContainer  Propagation = "HostToContainer"
	BothPropagations Propagation = "Bidirectional"
)

// Volume is a file or directory of the host that containers mount.
type Volume struct {
	Name string     `json:"name"`
	Kind VolumeKind `json:"kind"`
	// Path is where the volume is on the host.
	Path string `json:"path"`
	// Claim is the name of the PersistentVolumeClaim, for Kind Claim.
	Claim string `json:"claim,omitempty"`
	// Type is what a HostPath must be, or is made as.
	Type HostPathType `json:"type,omitempty"`
	// Size is the limit of a Memory volume in bytes; 0 is the kernel's own limit.
	Size int64 `json:"size,omitempty"`
	// Mode replaces the permission bits that a directory of this kind has; with a Group that is ignored.
	Mode uint32 `json:"mode,omitempty"`
	// Group owns all that is in the volume when the pod is set up; nil leaves it as it is.
	Group *int64 `json:"group,omitempty"`
	// RootTells says that a volume whose root has the group already is taken to have it everywhere.
	RootTells bool `json:"rootTells,omitempty"`
	// PersistentVolume is the one that the claim is bound to; the volume is then what that one names.
	PersistentVolume string `json:"persistentVolume,omitempty"`
	// Mark is a symbolic link to a Claim that belongs to the pod: the directory is removed with the pod, and one that
	// was there before is not taken.
	Mark string `json:"mark,omitempty"`
	// Pull says when the image of an Image volume is pulled, with which logins.
	Pull   PullPolicy `json:"pull,omitempty"`
	Logins []Login    `json:"logins,omitempty"`
	// Relabel says which containers SELinux is told may use it.
	Relabel Relabel `json:"relabelFor,omitempty"`
	// From is what the files come from, in words: "configmap page".
	From string `json:"from,omitempty"`
	// Files are what a Files volume holds, sorted by path.
	Files []File `json:"files,omitempty"`
}

// VolumeKind says what a volume is made of and who owns it.
type VolumeKind string

// The kinds of volumes.
const (
	// Claim is a directory below the volume base; nothing deletes it unasked.
	Claim VolumeKind = "claim"
	// HostPath is a path of the host, used as it is.
	HostPath VolumeKind = "hostPath"
	// EmptyDir is a directory that lives as long as the pod.
	EmptyDir VolumeKind = "emptyDir"
	// Memory is a tmpfs shared by the pod's containers.
	Memory VolumeKind = "memory"
	// Files is a directory whose files kubehost writes.
	Files VolumeKind = "files"
	// Image is the file system of an image, read-only; its Path is the image's full reference.
	Image VolumeKind = "image"
)

// HostPathType is what a hostPath volume must be before the pod starts.
type HostPathType string

// The types of https://kubernetes.io/docs/concepts/storage/volumes/#hostpath-volume-types.
// Any makes a directory when nothing is there.
const (
	Any               HostPathType = ""
	Directory         HostPathType = "Directory"
	DirectoryOrCreate HostPathType = "DirectoryOrCreate"
	RegularFile       HostPathType = "File"
	FileOrCreate      HostPathType = "FileOrCreate"
	Socket            HostPathType = "Socket"
	CharDevice        HostPathType = "CharDevice"
	BlockDevice       HostPathType = "BlockDevice"
)

// File is one file of a Files volume.
type File struct {
	// Path is relative to the volume, without "..".
	Path string `json:"path"`
	// Mode holds the permission bits.
	Mode    uint32 `json:"mode"`
	Content []byte `json:"content,omitempty"`
	// Secret says that the content comes from a Secret and must not be printed.
	Secret bool `json:"secret,omitempty"`
}

// Volume returns the pod's volume of that name, or nil.
func (p *Pod) Volume(name string) *Volume {
	for i := range p.Volumes {
		if p.Volumes[i].Name == name {
			return &p.Volumes[i]
		}
	}
	return nil
}

// Unit returns the pod's container of that name, or nil.
func (p *Pod) Unit(name string) *Unit {
	for i := range p.Units {
		if p.Units[i].Name == name {
			return &p.Units[i]
		}
	}
	return nil
}
