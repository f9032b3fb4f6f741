// Package systemd makes each pod a service of systemd.
//
//	file, err := systemd.Service(&pod, systemd.Host{Self: "/usr/bin/kubehost", …}) // what kubehost-web.service says
//	manager := systemd.Manager{Dir: systemd.SystemDir, Runner: runner}             // the system's, or a user's
//
// The service runs the pod's supervisor ([Service] says how). The package does not decide when a service
// is made or started, and it knows nothing of containers: all that is in a pod is its supervisor's.
//
// A unit file is ordered data, and each value in it went through the one quoting writer (value.go): nothing
// that comes from a manifest or a setting is expanded or ends a line. The service manager is spoken to through systemctl,
// as the runtimes are through their command lines.
//
// # What the service says, and why
//
//   - Type=notify: it is started when the pod is ready, or has done its work, so what comes After= it finds a pod that
//     answers. A start has no time-out of its own, because a pod that is not ready is no reason to stop it. But what
//     waits for it, the boot above all, does not wait for ever: JobRunningTimeoutSec= gives the job up and leaves the pod.
//     It counts for the job that stops the service, too, and is never shorter than that may take.
//   - KillMode=process: the processes that stay beside a container (podman's conmon, what publishes the ports of a
//     user's pods) may be in the service's cgroup. They and the containers outlive a supervisor that is killed.
//     OOMPolicy=continue, for the same reason: a container that is out of memory is its pod's affair.
//   - Wants= and After= of docker.service, not Requires=: a pod does not fail at boot because docker came up at
//     the second try, and a supervisor rebuilds its pod when docker is back. Docker stops after the pods.
//   - Wants= and After= of the services of pods in kubehost.dev/depends-on, for the same reason. That a pod starts only
//     when these are ready is its supervisor's to see to, who looks again and again. After= waits for a whole pod, so a
//     need of one container has only Wants=.
//   - RequiresMountsFor= the directories of volumes: a pod that starts before its disk is mounted would write into
//     the empty directory below.
//   - Restart=on-failure, but never after the exit statuses by which a supervisor says that it is done: 0, and
//     [ExitPodFailed].
//   - No Delegate=: both runtimes put containers into cgroups of their own.
package systemd
