// Package e2e tests the kubehost program on real runtimes.
//
// Each testdata/*.txtar is one script; its first line is the promise that it keeps. Every script
// runs once on docker and once on podman, and reads the same for both:
//
//	make e2e                              all scripts, on the runtimes found here
//	make e2e RUN=Scripts/podman/claims    one script on one runtime
//	KUBEHOST_E2E_RUNTIMES="docker podman" makes a missing runtime a failure
//	KUBEHOST_E2E_KEEP=1                   leaves a script's pods and files for a look
//
// The language is that of github.com/rogpeppe/go-internal/testscript. A script finds:
//
//	$RUNTIME            docker or podman, which kubehost uses too; as conditions: [docker] [podman]; of
//	                    the host: [apparmor] [selinux]
//	$NS                 a namespace of its own; $NS-b and the like are also cleaned up
//	$PORT1 … $PORT4     free ports of the host, and $HOSTIP, an address of it that is not loopback
//	$IMAGE              a small image: busybox, the user app (1000, also in group 2000), an entrypoint that prints its
//	                    arguments and waits for SIGTERM ("hold"), IMGVAR=from-image
//	$REGISTRY           host:port of an empty registry of its own
//	$AUTH_REGISTRY      the same content for the user robot with the password s3cret
//	$STATE, $VOLUMES    kubehost's state and volume directories, private to the script
//	$EXAMPLES           manifests/examples
//
// In the script's .yaml and .json files these variables are replaced where they stand as ${NAME}.
// Commands of our own, beside testscript's:
//
//	exits CODE CMD…                            CMD ends with exactly this exit code
//	waitfor [-timeout 30s] [-stdout RE] CMD…   repeats CMD until it succeeds (and prints RE)
//	http URL                                   prints the page, waiting for it; "! http" tries once
//	listening PORT                             prints the local addresses of the port's listening sockets
//	push [-user USER] REPO:TAG [NAME=VALUE…]   puts $IMAGE with a user and more environment into the registry
//	pulls REPO:TAG COUNT                       how often it was pulled since the last "pulls"
//	snapshot FILE                              writes all that the runtime knows of $NS, without ids and times
//	interrupted [-prepare FILE.sh] -check FILE.sh ARGS…
//	                                           kills "kubehost ARGS" after its 1st, 2nd, … change, each time runs
//	                                           it again to its end, and then the check
//	fact N…                                    the script has shown these facts about a kubelet (facts.tsv)
//	deviates N 'reason'                        it has shown what is so instead of that fact, on this runtime
//
// The suite's last lines say how many of the facts hold on each runtime.
package e2e
