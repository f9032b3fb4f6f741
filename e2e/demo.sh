#!/bin/bash
# The demo: up runs manifests/examples/web.yaml on this host and fetches its page, down removes it all. session is the one
# that docs/session.txt shows; it leaves nothing behind.
set -euo pipefail
cd "$(dirname "$0")/.."
image=localhost/kubehost-demo:1
manifest=manifests/examples/web.yaml
kubehost=bin/kubehost

# Settings that podman needs on this host, if e2e/setup.sh found that it needs any.
settings() {
	if [ -f bin/e2e/env ]; then . bin/e2e/env; fi
}

# show COMMAND...: as a session in a terminal looks.
show() {
	echo "\$ $*"
	"$@"
}

# runtime: the one that kubehost takes.
runtime() {
	case ${KUBEHOST_RUNTIME-} in docker | podman) echo "$KUBEHOST_RUNTIME" && return ;; esac
	if timeout 10 docker version >/dev/null 2>&1; then echo docker; else echo podman; fi
}

# make_image: a root file system that is busybox and nothing else, because no registry may be reachable.
make_image() {
	local root
	root=$(mktemp -d)
	mkdir -p "$root"/bin "$root"/etc
	cp "$(command -v busybox)" "$root/bin/busybox"
	busybox --list | while read -r applet; do
		[ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
	done
	printf 'root:x:0:0:root:/:/bin/sh\n' >"$root/etc/passwd"
	printf 'root:x:0:\n' >"$root/etc/group"
	tar -C "$root" --owner=0 --group=0 -c . | "$1" import - "$image" >/dev/null 2>bin/e2e/import.log ||
		{ cat bin/e2e/import.log >&2; return 1; }
	rm -rf "$root"
}

fetch() {
	local deadline=$((SECONDS + 20))
	until busybox wget -q -O- "$1" 2>/dev/null; do
		[ $SECONDS -lt $deadline ] || { echo "no answer from $1" >&2; return 1; }
		sleep 0.2
	done
}

# session: what a first session looks like, with a state of its own. Each line is run as it is shown.
session() {
	local line
	dir=$(mktemp -d)
	cp $manifest "$dir/web.yaml"
	export KUBEHOST_STATE_DIR=$dir/state KUBEHOST_VOLUME_DIR=$dir/volumes PATH=$PWD/bin:$PATH
	cd "$dir"
	trap 'kubehost delete -q -f web.yaml --with-data --ignore-not-found >/dev/null; rm -rf "$dir"' EXIT
	while read -r line; do
		echo "\$ $line"
		eval "$line" 2>&1
		echo
	done <<-'END'
		kubehost apply --wait -f web.yaml
		kubehost get pods
		wget -q -O- http://127.0.0.1:8080/
		sed -i 's/It works!/It works on, too!/' web.yaml
		kubehost apply -f web.yaml
		wget -q -O- http://127.0.0.1:8080/
		kubehost get pods -o wide
		kubehost logs web -c httpd --tail 2
		kubehost delete -f web.yaml
	END
}

case ${1-} in
session)
	e2e/setup.sh runtime >&2
	settings
	make_image "$(runtime)"
	session | sed "s|/tmp/tmp\.[^/]*/|/root/|"
	;;
up)
	e2e/setup.sh runtime
	settings
	export KUBEHOST_RUNTIME=$(runtime) # the pod goes where the image is
	make_image "$KUBEHOST_RUNTIME"
	show $kubehost apply -f $manifest
	echo
	show $kubehost get pods
	echo
	echo "\$ wget -q -O- http://127.0.0.1:8080/"
	fetch http://127.0.0.1:8080/
	echo
	echo "The pod runs on $KUBEHOST_RUNTIME. Next:"
	[ "$KUBEHOST_RUNTIME" = docker ] || [ -z "${CONTAINERS_CONF-}" ] || echo "  export CONTAINERS_CONF=$CONTAINERS_CONF   # podman needs it on this host"
	cat <<-END
		  $KUBEHOST_RUNTIME ps
		  $kubehost get pods -o wide
		  $kubehost apply -f $manifest --dry-run
		  cat ${KUBEHOST_VOLUME_DIR-/var/lib/kubehost/volumes}/default/web-notes/watch.log
		Edit $manifest and apply it again: only what changed is replaced.
		"make demo-clean" removes everything.
	END
	;;
down)
	settings
	if [ -x $kubehost ]; then show $kubehost delete -f $manifest --with-data --ignore-not-found; fi
	for r in docker podman; do
		if command -v $r >/dev/null; then timeout 20 $r rmi -f "$image" >/dev/null 2>&1 || true; fi
	done
	;;
*)
	echo "usage: demo.sh up|session|down" >&2
	exit 2
	;;
esac
