// Package pause carries the process of a docker pod's infra container, and makes an image of it.
//
// The process ([pause.c]) holds the pod's namespaces open, reaps what it is given and ends on
// SIGTERM and SIGINT; podman brings its own and needs none of this. It is committed built for
// amd64 and arm64, so that kubehost is one file and needs neither a registry nor a compiler;
// "make check-pause" proves that the committed bytes come from the committed source.
//
// The image is made in memory. Its tag is the beginning of its own image ID, so a new
// pause is a new image beside the old one, and "is it loaded?" is a question about one name:
//
//	ref, archive, err := pause.Image("amd64") // kubehost/pause:<12 hex digits>
//	if the engine has no image ref: docker load < archive
//
// The package reads no clock, host or file: equal arguments give equal bytes.
//
// [pause.c]: https://github.com/kubehost/kubehost/blob/main/runtime/pause/pause.c
package pause
