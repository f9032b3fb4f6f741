// Package probe asks a container something once: the one question of a probe or of a lifecycle hook.
//
//	target := probe.Target{PodIP: "10.89.0.7", Container: "web-app", Exec: probe.NewExec(runner, dialect)}
//	outcome := probe.Run(ctx, p.Check, target, time.Duration(p.Timeout)*time.Second)
//	err := probe.Hook(ctx, *l.PostStart, target)
//
// It answers as a kubelet of Kubernetes 1.35 does, with its texts, and holds no state: when to
// ask, how often and what follows from an answer is the supervisor's. What is decided here:
//
//   - A verdict is about the container. What the runtime or the host got wrong (no such binary to execute, an engine
//     that does not answer) is [Unknown], which counts for nothing. A kubelet tries such a check twice more at once;
//     here the next try is the next period's.
//   - Requests name themselves kube-probe/1.35 and kube-lifecycle/1.35: servers leave these out of
//     their logs and their authentication. They never go through a proxy.
//   - The time-out of an exec probe is for the command, not for the runtime's command line, which may take longer than
//     the default of one second to start it on a busy host. When the time is up, the command is looked for
//     in /proc, by a variable KUBEHOST_PROBE in its environment; it gets the rest of its time if it started late, and
//     is killed with all that it started: docker exec and podman exec would leave it running.
//   - The command of a hook has no time-out of its own and is never killed here: a preStop hook whose grace period
//     is over ends with its container.
//   - A grpc probe is one HTTP/2 request by net/http, and its two messages of one field each are coded by
//     hand: grpc's own library would add half again to the size of kubehost.
//
// # Rootless
//
// Addresses of rootless pods are in a network namespace that only podman may enter. A [Sockets] has a helper process
// there, which makes unconnected sockets and passes them over a socket pair: a socket stays in the namespace
// that it was made in, so the connection, its time-out and its errors are those of a local one. [Route] takes it
// for the pod's own address only: a probe with a host of its own asks from the host, as on a node.
//
// When all of a user's containers have ended, podman makes a new namespace for the next ones. A Sockets finds out when its
// addresses are unreachable, and starts a new helper once in a minute at most; whoever knows of a new sandbox calls
// [Sockets.Close].
package probe
