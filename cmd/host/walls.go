package host

import (
	"os"
	"strings"
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
