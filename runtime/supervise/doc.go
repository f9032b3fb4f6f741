// Package supervise keeps one pod true to its plan for as long as the pod should run: what
// a kubelet's pod worker does, the same on docker and podman.
//
// Its heart is [Next], a pure function: (plan, memory, what happened, the time) → memory, what to do now, and when to
// look again. The process around it ([Supervisor]) only watches, calls Next and carries out its
// actions. Everything is level-triggered: a supervisor can be killed, upgraded and started again
// while the containers run on.
//
// What a pod means is measured on a kubelet; where a rule is not obvious the code names
// the Kubernetes page or the part of the kubelet that it follows.
package supervise
