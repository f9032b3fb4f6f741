package machine

import (
	"fmt"
	"os"
)

// roles are what the program's binary is called as, as its first argument.
const (
	keeperRole  = "machine-keeper"
	holderRole  = "machine-holder"
	enterRole   = "machine-enter"
	cgroupsRole = "machine-cgroups"
	agentRole   = "machine-agent"
)

// Main does the work of this process and ends it, where it is one of the machine's own. Elsewhere it does nothing.
func Main() {
	if len(os.Args) < 2 {
		return
	}
	roles := map[string]func(args []string) error{
		keeperRole: keeper, holderRole: holder, enterRole: enter, cgroupsRole: openCgroups, agentRole: agent,
	}
	role, ok := roles[os.Args[1]]
	if !ok {
		return
	}
	if err := role(os.Args[2:]); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
	os.Exit(0)
}
