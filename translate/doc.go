// Package translate turns a checked Set of Kubernetes objects into a Plan.
//
// It is pure: no command is run, and no network, clock, environment or file is read. What
// it must know of the host is in [Host]; what a manifest means is decided
// here, and nowhere else.
//
//	p, problems := translate.Translate(set, translate.Host{StateDir: "/var/lib/kubehost", …})
//
// The Set's own checks come first: fields that are not handled, wrong values and
// references to nothing are refused there. What only shows when pods are put on a host is
// found here, over all pods of the Set, those applied earlier included: two things that would
// get one name, one port of the host, or one claim inside another's directory. The same rules
// hold for both runtimes, though each of them alone would let some of it pass.
//
// Kubernetes' own semantics hold wherever they say something. Where they are silent, or mean a
// cluster, this is what was decided:
//
//   - A pod's aliases are its name, <pod>-<container> of each main container, and its hostname, each also as
//     <name>.<namespace>.svc.cluster.local, as if it were a Service's: that is what the search domains of ClusterFirst
//     ask for first. With a subdomain <hostname>.<subdomain> is one, alone and with more of the full name. Init
//     containers have none, because they have ended by the time that another pod could ask for
//     them. A name with a label of over 63 characters is no alias: no query can hold it.
//   - There is no cluster DNS. With ClusterFirst the resolver that the runtime has on the pod's network plays its
//     part, alone: it knows the aliases, and asks the host's name servers for the rest. A query for a short
//     name that nobody has therefore leaves the host with the domains of a cluster; ndots in dnsConfig mends that where it hurts.
//     On the host's network there is no such resolver: ClusterFirstWithHostNet takes the host's.
//   - With dnsPolicy Default a name server on the host's loopback is replaced by the network's resolver: in the pod nobody
//     would answer there.
//   - What the pod takes over from the host's resolv.conf is no part of the sandbox's hash: a host that moves to another
//     network must not restart its pods.
//   - The pod's address is known when its sandbox runs. Until then the plan holds a place for it ([plan.PodIP]).
//   - hostIP is the address that the host's default route starts from.
//   - A resourceFieldRef to a limit that nobody set is what the host has, nothing being set aside for the system.
//   - Only a hostPort is published, on 127.0.0.1 unless hostIP names an address. Ports of init containers
//     are not; that is a warning. A port asked for twice by one pod, spelled the same or not, is published
//     once. An address of 0.0.0.0 or :: clashes with all others of other pods; within a pod the two
//     stand beside each other, which is how a pod asks for IPv4 and IPv6.
//   - With hostNetwork nothing is published, and the pod has neither aliases nor a hostname; its container ports
//     still take those ports of the host.
//   - Images are named in full: "nginx" is docker.io/library/nginx:latest on both runtimes. Of a tag and a digest
//     the digest stays.
//   - Of a pod's logins (imagePullSecrets, kubehost.dev/registry-login) all that cover an image are tried, the most
//     exact first. With one of them the host's own logins are not asked.
//   - Files of env-files annotations come before envFrom and env, so that what a manifest says itself wins; their values are secret.
//   - Additional options stand last in the command, so that of an option given twice the user's counts.
//   - A pod that depends on one that is not among the manifests is a warning: it may have been applied before.
//   - metadata.uid is the one given, or one made from namespace and name, so that it outlives edits.
//   - A variable stands where it was declared first; envFrom comes first, its keys sorted.
//   - The value of a Secret may be used in other variables, which are then secret too, but not in
//     command or args: there the whole host could read it.
//   - All volumes of a pod are made, mounted or not, as a kubelet does. Volumes whose files kubehost writes are
//     mounted read-only, and so is a claim that says readOnly.
//   - A claim is a directory, unless a PersistentVolume is there for it. What it was bound to once, it keeps.
//   - An ephemeral claim is the directory <pod>-<volume> beside other claims, and goes with the pod. One that was there before is
//     not taken, because what a user stored is never removed.
//   - subPath in a volume whose files kubehost writes must name something that is there: a kubelet would make an empty directory.
//   - A pod applied earlier is planned again when a ConfigMap or Secret that it uses is given. It stays as it is when it cannot be made of
//     the new one.
//   - kubehost.dev/volume-subdir may name several levels ("shop/web"), or the base itself (".").
//   - Mounts stay in the order of the manifest; both runtimes mount parents first.
package translate
