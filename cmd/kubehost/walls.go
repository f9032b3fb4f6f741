package main

import (
	"os"
	"strconv"
	"strings"

	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/runtime/rootless"
)

// hasAppArmor says whether the kernel enforces AppArmor profiles.
func hasAppArmor() bool {
	b, _ := os.ReadFile("/sys/module/apparmor/parameters/enabled")
	return strings.HasPrefix(string(b), "Y")
}

// hasSELinux says whether the kernel has a policy loaded.
func hasSELinux() bool {
	_, err := os.Stat("/sys/fs/selinux/enforce")
	return err == nil
}

// userLimits are what this host keeps from the containers of a user: no process may be
// less willing to be ended than the user's own, and not every host hands out the cpu controller.
func userLimits(h rootless.Host) runtime.Limits {
	l := runtime.Limits{NoCPUWeight: !h.Has("cpu")}
	if b, err := os.ReadFile("/proc/self/oom_score_adj"); err == nil {
		score, _ := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
		l.MinOOMScore = max(score, 0)
	}
	return l
}
