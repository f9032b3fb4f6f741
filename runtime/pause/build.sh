#!/bin/sh
# Builds pause-amd64 and pause-arm64 from pause.c, or checks that the committed ones match it.
#
#   build.sh          build both, and note the compiler and linker in toolchain.txt
#   build.sh --check  build both elsewhere and compare every byte with the committed ones
#
# The same compiler and linker version gives the same bytes, on any host. Another version may
# not, so the check compares only with the one in toolchain.txt; with another it says so,
# and fails where CI is set: there the comparison must have happened.
set -eu
cd "$(dirname "$0")"

# prefix ARCH: the cross tools' name, empty where the host's own tools build for ARCH.
prefix() {
	case $1-$(uname -m) in
	amd64-x86_64 | arm64-aarch64) ;;
	amd64-*) echo x86_64-linux-gnu- ;;
	arm64-*) echo aarch64-linux-gnu- ;;
	esac
}

build() { # ARCH OUTPUT
	"$(prefix "$1")gcc" -std=c11 -Wall -Wextra -Werror -Os -ffreestanding -nostdlib -static \
		-fno-pie -no-pie -fno-ident -fno-stack-protector -fno-asynchronous-unwind-tables -fno-unwind-tables \
		-fcf-protection=none -fomit-frame-pointer \
		-Wl,--build-id=none -Wl,-z,noseparate-code -Wl,-z,norelro -Wl,-z,noexecstack -Wl,-s \
		-o "$2" pause.c
	"$(prefix "$1")strip" --strip-all --remove-section=.comment --remove-section=.note.gnu.property "$2"
	chmod 0755 "$2"
}

toolchain() {
	for arch in amd64 arm64; do
		p=$(prefix $arch)
		echo "$arch: gcc $("${p}gcc" -dumpfullversion), ld $("${p}ld" --version | sed -n '1s/.* //p')"
	done
}

for arch in amd64 arm64; do
	command -v "$(prefix $arch)gcc" >/dev/null || {
		echo "pause: no $(prefix $arch)gcc on this machine" >&2
		echo "hint: apt-get install gcc gcc-aarch64-linux-gnu (on arm64: gcc gcc-x86-64-linux-gnu)" >&2
		exit 1
	}
done

case ${1-} in
'')
	for arch in amd64 arm64; do build $arch pause-$arch; done
	toolchain >toolchain.txt
	ls -l pause-amd64 pause-arm64
	;;
--check)
	if [ "$(toolchain)" != "$(cat toolchain.txt)" ]; then
		printf 'pause: NOT CHECKED: the committed binaries were built by\n%s\nand this machine has\n%s\n' \
			"$(cat toolchain.txt)" "$(toolchain)" >&2
		echo "hint: check on Debian 12, or run 'make pause' and commit its result" >&2
		[ -z "${CI-}" ] || exit 1
		exit 0
	fi
	dir=$(mktemp -d)
	trap 'rm -rf "$dir"' EXIT
	status=0
	for arch in amd64 arm64; do
		build $arch "$dir/pause-$arch"
		cmp "$dir/pause-$arch" pause-$arch || status=1
	done
	if [ $status != 0 ]; then
		echo "pause: the committed binaries are not built from pause.c" >&2
		echo "hint: run 'make pause' and commit its result" >&2
		exit 1
	fi
	echo "pause: pause-amd64 and pause-arm64 are built from pause.c, byte for byte"
	;;
*)
	echo "usage: build.sh [--check]" >&2
	exit 2
	;;
esac
