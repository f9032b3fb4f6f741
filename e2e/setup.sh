#!/bin/bash
# Installs and starts what the tests need on a Debian host: docker, podman, what boots a host, compilers. Run as root.
#
# It changes nothing that is already there. Where podman cannot start a container with its own
# settings (no CAP_SYS_RESOURCE, mixed cgroup versions), it writes bin/e2e/containers.conf, and a line
# in bin/e2e/env that makes the tests, and only they, use it.
#
#   setup.sh           all of it
#   setup.sh runtime   one runtime that answers, podman if it must be installed
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p bin/e2e

say() { echo "setup: $*" >&2; }
fail() {
	echo "setup: $1" >&2
	echo "hint: $2" >&2
	exit 1
}

# missing PACKAGE PATH...: queues the package unless one of the programs or files is there.
packages=()
missing() {
	local package=$1 p
	shift
	for p; do
		if command -v "$p" >/dev/null || [ -e "$p" ]; then return; fi
	done
	packages+=("$package")
}

install_packages() {
	if [ ${#packages[@]} = 0 ]; then return; fi
	command -v apt-get >/dev/null || fail "missing here: ${packages[*]}" "install them, this script only knows apt-get"
	[ "$(id -u)" = 0 ] || fail "missing here: ${packages[*]}" "run it as root, or: apt-get install ${packages[*]}"
	say "installing ${packages[*]}"
	export DEBIAN_FRONTEND=noninteractive
	# Packages may be of any age on a machine that was installed from an image.
	apt-get -qq update >&2
	apt-get -qq install -y --no-install-recommends "${packages[@]}" </dev/null >bin/e2e/apt.log 2>&1 ||
		{ tail -n 20 bin/e2e/apt.log >&2; fail "apt-get could not install ${packages[*]}" "see bin/e2e/apt.log"; }
	packages=()
	hash -r
}

want_podman() {
	missing podman podman
	missing runc runc
	missing crun crun
	missing netavark /usr/lib/podman/netavark /usr/libexec/podman/netavark netavark
	missing aardvark-dns /usr/lib/podman/aardvark-dns /usr/libexec/podman/aardvark-dns aardvark-dns
	missing catatonit catatonit /usr/libexec/podman/catatonit
	missing nftables nft
	missing iptables iptables
	missing slirp4netns slirp4netns
	missing uidmap newuidmap
	missing fuse-overlayfs fuse-overlayfs
	want_busybox
}

# A whole host, booted from this machine's own files: see e2e/machine.
want_host() {
	missing systemd-container systemd-nspawn
	missing dbus-user-session /usr/lib/systemd/user/dbus.socket
	# Without it a user may not switch lingering on.
	missing polkitd /usr/lib/polkit-1/polkitd
}

want_busybox() {
	# A dynamically linked busybox would not run in an image of its own.
	if ! command -v busybox >/dev/null || busybox_is_dynamic; then packages+=(busybox-static); fi
}

busybox_is_dynamic() { ldd "$(command -v busybox)" >/dev/null 2>&1; }

docker_answers() { timeout 10 docker version >/dev/null 2>&1; }

start_docker() {
	if docker_answers; then return; fi
	say "starting dockerd"
	if [ -d /run/systemd/system ]; then
		systemctl start docker
	else
		# A pid file of a dockerd that was killed makes the next one refuse to start.
		setsid nohup dockerd >bin/e2e/dockerd.log 2>&1 </dev/null &
	fi
	local deadline=$((SECONDS + 60))
	until docker_answers; do
		[ $SECONDS -lt $deadline ] || {
			tail -n 20 bin/e2e/dockerd.log >&2 || true
			fail "dockerd does not answer" "see bin/e2e/dockerd.log"
		}
		sleep 0.2
	done
}

# podman_starts ENV...: whether podman, with this environment, can start a container.
podman_starts() {
	env "$@" timeout 60 podman run --rm --network none localhost/kubehost-probe:1 /busybox true >bin/e2e/probe.log 2>&1
}

probe_podman() {
	tar -C "$(dirname "$(command -v busybox)")" -ch busybox | podman import -q - localhost/kubehost-probe:1 >/dev/null
	if podman_starts; then
		rm -f bin/e2e/env bin/e2e/containers.conf
	else
		cat >bin/e2e/containers.conf <<-'CONF'
			# Written by e2e/setup.sh: podman could not start a container here with its own settings.
			[containers]
			default_ulimits = ["nofile=20000:20000", "nproc=10000:10000"]
			[engine]
			runtime = "runc"
		CONF
		podman_starts CONTAINERS_CONF="$PWD/bin/e2e/containers.conf" ||
			{ cat bin/e2e/probe.log >&2; fail "podman cannot start a container here" "try: podman run, as above"; }
		say "podman needs other limits here: using bin/e2e/containers.conf"
		echo "export CONTAINERS_CONF=$PWD/bin/e2e/containers.conf" >bin/e2e/env
	fi
	podman rmi -f localhost/kubehost-probe:1 >/dev/null 2>&1 || true
}

# CONTAINERS_CONF set by the caller is the caller's choice: nothing is to be found out.
podman_settings() {
	if [ -n "${CONTAINERS_CONF-}" ]; then
		echo "export CONTAINERS_CONF=$CONTAINERS_CONF" >bin/e2e/env
	else
		probe_podman
	fi
}

case ${1-all} in
all)
	want_podman
	want_host
	missing docker.io dockerd
	missing rootlesskit rootlesskit docker-rootlesskit
	missing gcc gcc
	missing systemd systemd-analyze
	case $(uname -m) in
	aarch64) missing gcc-x86-64-linux-gnu x86_64-linux-gnu-gcc ;;
	*) missing gcc-aarch64-linux-gnu aarch64-linux-gnu-gcc ;;
	esac
	install_packages
	start_docker
	podman_settings
	say "docker $(docker version --format '{{.Server.Version}}'), podman $(podman version --format '{{.Client.Version}}')"
	;;
runtime)
	want_busybox
	if [ "${KUBEHOST_RUNTIME-}" != podman ] && docker_answers; then
		install_packages
	else
		want_podman
		install_packages
		podman_settings
	fi
	;;
*)
	echo "usage: setup.sh [runtime]" >&2
	exit 2
	;;
esac
