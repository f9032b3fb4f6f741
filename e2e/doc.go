// Package e2e tests the kubehost program on real runtimes.
//
// Each testdata/*.txtar is one script; its first line is the promise that it keeps. Every script
// runs once on docker and once on podman, and reads the same for both; some run with podman and docker of a user, too (settings):
//
//	make e2e                              all scripts, on the runtimes found here
//	make e2e RUN=Scripts/podman/claims    one script on one runtime
//	make e2e RUN=Scripts/rootless/claims  one with podman of a user and with docker of a user, each on a host booted for it
//	make e2e RUN=Host/rootless/reboot     one on a host of its own
//	KUBEHOST_E2E_RUNTIMES="docker podman" makes a missing runtime a failure
//	KUBEHOST_E2E_KEEP=1                   leaves a script's pods and files for a look
//
// The language is that of github.com/rogpeppe/go-internal/testscript. A script finds:
//
//	$RUNTIME            docker or podman, which kubehost uses too; as conditions: [docker] [podman], and [rootless] for either
//	                    of a user; of the host: [apparmor] [selinux], and [limits], which
//	                    are not kept for users on control groups of version 1
//	$NS                 a namespace of its own; $NS-b and the like are also cleaned up
//	$PORT1 … $PORT4     free ports of the host, and $HOSTIP, an address of it that is not loopback
//	$IMAGE              a small image: busybox, the user app (1000, also in group 2000), an entrypoint that prints its
//	                    arguments and waits for SIGTERM ("hold"), IMGVAR=from-image
//	$REGISTRY           host:port of an empty registry of its own
//	$AUTH_REGISTRY      the same content for the user robot with the password s3cret
//	$STATE, $VOLUMES    kubehost's state and volume directories, private to the script
//	$EXAMPLES           manifests/examples
//	$SERVER             a static program for probes and hooks to ask (e2e/server), to be mounted as a hostPath
//
// In the script's .yaml and .json files these variables are replaced where they stand as ${NAME}.
// Commands of our own, beside testscript's:
//
//	asowner CMD…                               CMD with the ids that files have for containers
//	exits CODE CMD…                            CMD ends with exactly this exit code
//	waitfor [-timeout 30s] [-stdout RE] CMD…   repeats CMD until it succeeds (and prints RE)
//	http URL                                   prints the page, waiting for it; "! http" tries once
//	listening PORT                             prints the local addresses of the port's listening sockets
//	push [-user USER] REPO:TAG [NAME=VALUE…]   puts $IMAGE with a user and more environment into the registry
//	push -foreign REPO:TAG                     puts an image for another processor there, and with REPO:TAG-list one for
//	                                           several, of which none is this host's
//	pulls REPO:TAG COUNT                       how often it was pulled since the last "pulls"
//	pod [-timeout 60s] [-o FORMAT] NAME RE…    waits until lines of the pod's status begin with RE…, and prints them
//	snapshot FILE                              writes all that the runtime knows of $NS, without ids and times
//	interrupted [-prepare FILE.sh] -check FILE.sh ARGS…
//	                                           kills "kubehost ARGS" after its 1st, 2nd, … change, each time runs
//	                                           it again to its end, and then the check
//	kills -rounds N -runs DIR FILE             kills the supervisor of a pod N times at random moments, while containers crash
//	fact N…                                    the script has shown these facts about a kubelet (facts.tsv)
//	deviates N 'reason'                        it has shown what is so instead of that fact, on this runtime
//
// The scripts of testdata/host run on a whole host with systemd as PID 1, each on one of its own (package machine): with docker,
// with podman as root, with podman of a user ("kube", who lingers), and some with docker of a user. They find
//
//	$USER               who runs kubehost: root or kube; as conditions: [docker] [podman], and [rootless] for either of a user
//	$SCOPE              --system or --user, for systemctl and journalctl
//	$UNITS, $TARGET     the directory of that user's units, and what is reached when the host, or the user's part, is up
//	$RUNTIME, $IMAGE    as above; $STATE is kubehost's usual state directory
//	$REGISTRY           where registry.service, which is not started, has $IMAGE as app:1 and as other:1
//	$VOLUMES            kubehost's usual directory of claims
//
// and beside testscript's the commands
//
//	host boot|off|reboot|cut                   switches it on or off in order, or cuts its power
//	host run [-user USER] CMD…                 runs CMD inside, in the directory of the script's files
//	host wait [-timeout 2m] [-stdout RE] [-user USER] CMD…
//	                                           repeats it until it succeeds (and prints RE)
//
// The suite's last lines say how many of the facts hold on each runtime.
package e2e
