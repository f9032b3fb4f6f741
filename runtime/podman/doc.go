// Package podman holds what differs in podman's command line: its own pods, and how
// it lists what it has. All else is in package runtime.
package podman
