package runtime

import (
	"strconv"

	"github.com/kubehost/kubehost/translate/plan"
)

// GPUs are the flags for a number of GPUs by their index.
func GPUs(u plan.Unit, flags func(count int64) []string) []string {
	for _, d := range u.Resources.Devices {
		if d.Name == plan.NvidiaGPU {
			return flags(d.Count)
		}
	}
	return nil
}

// resourceFlags bound what the container may use.
func (e Engine) resourceFlags(r plan.Resources) []string {
	var f []string
	if r.CPUShares > 0 && !e.Limits.NoCPUWeight {
		f = append(f, "--cpu-shares", itoa(r.CPUShares))
	}
	if r.CPUQuota > 0 {
		f = append(f, "--cpu-period", strconv.Itoa(plan.CPUPeriod), "--cpu-quota", itoa(r.CPUQuota))
	}
	if r.Memory > 0 {
		f = append(f, "--memory", itoa(r.Memory), "--memory-swap", itoa(r.Memory)) // together: no swap
	}
	if r.OOMScore > 0 {
		f = append(f, "--oom-score-adj", itoa(max(r.OOMScore, e.Limits.MinOOMScore)))
	}
	for _, d := range r.Devices {
		if d.Name != plan.NvidiaGPU {
			f = append(f, "--device", d.Name)
		}
	}
	return f
}

// Limits is what the host keeps from the containers of a user. The zero value is root's: nothing.
type Limits struct {
	// MinOOMScore is the lowest oom_score_adj that may be asked for.
	MinOOMScore int64
	// NoCPUWeight says that the user was not given the cpu controller. A weight is no limit: it can be left out.
	NoCPUWeight bool
}
