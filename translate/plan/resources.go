package plan

// Resources are the bounds of one container.
type Resources struct {
	// CPUShares is the container's weight when processors are scarce, as cgroup v1 counts it: 1024 for one processor.
	CPUShares int64 `json:"cpuShares,omitempty"`
	// CPUQuota is how many microseconds of processor time the container may use in [CPUPeriod]; 0 is no limit.
	CPUQuota int64 `json:"cpuQuota,omitempty"`
	// Memory is the limit in bytes, of memory and swap together; 0 is no limit.
	Memory int64 `json:"memory,omitempty"`
	// MemoryRequest is what the manifest asks for, in bytes.
	MemoryRequest int64 `json:"memoryRequest,omitempty"`
	// OOMScore is how willingly the kernel ends the container when memory runs out, 0 to 1000.
	OOMScore int64 `json:"oomScore,omitempty"`
	// Devices are the devices of the host that the container asks for, sorted by name.
	Devices []Device `json:"devices,omitempty"`
}

// CPUPeriod is the time in microseconds that a CPUQuota is for: the kubelet's.
const CPUPeriod = 100_000

// The resources of a container that asks for nothing, in a pod that does not either: it comes last.
const (
	MinShares   = 2
	MaxOOMScore = 1000
)

// NvidiaGPU is the device of which a number is given, rather than one by name.
const NvidiaGPU = "nvidia.com/gpu"

// Device is a device of the host.
type Device struct {
	// Name is a full name of the Container Device Interface, "vendor.com/class=device", or NvidiaGPU.
	Name string `json:"name"`
	// Count is how many of a NvidiaGPU; 0 for a full name.
	Count int64 `json:"count,omitempty"`
}
