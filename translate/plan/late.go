package plan

import "strings"

// Late values exist only once the sandbox of a pod runs. In the plan a word holds their place, wherever
// in a text they are wanted; package runtime asks for the value when it acts. The words hold a NUL byte, which
// translate refuses in every value of a manifest, so that nobody can forge one.
const (
	// PodIP is the pod's first address on its network.
	PodIP = "\x00podIP\x00"
	// PodIPs are all its addresses, separated by commas.
	PodIPs = "\x00podIPs\x00"
	// Resolver is the address of the name server that knows the pods of the network.
	Resolver = "\x00resolver\x00"
)

// lateNames shows the words to people.
var lateNames = strings.NewReplacer(PodIP, "<podIP>", PodIPs, "<podIPs>", Resolver, "<resolver>")

// NameLate shows late values in a text to people: <podIP>.
func NameLate(s string) string { return lateNames.Replace(s) }

// HasLate says whether a text holds a late value.
func HasLate(s string) bool { return strings.IndexByte(s, 0) >= 0 }

// HasLate says whether the unit can only be run once the sandbox's late values are known.
func (u Unit) HasLate() bool {
	for _, words := range [][]string{u.Command, u.Args} {
		for _, w := range words {
			if HasLate(w) {
				return true
			}
		}
	}
	for _, e := range u.Env {
		if HasLate(e.Value) {
			return true
		}
	}
	return false
}
