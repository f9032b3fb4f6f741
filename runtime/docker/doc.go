// Package docker holds what differs in docker's command line: how a pod's sandbox
// is made from an infra container, and how docker lists what it has. All else is in package runtime.
package docker
