// Package translate turns a checked Set of Kubernetes objects into a Plan.
//
// It is pure: no command is run, and no network, clock, environment or file is read. What
// it must know of the host is in [Host]; what a manifest means is decided
// here, and nowhere else.
//
//	p, problems := translate.Translate(set, translate.Host{StateDir: "/var/lib/kubehost", …})
package translate
