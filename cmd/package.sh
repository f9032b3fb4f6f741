#!/bin/bash
# Builds bin/kubehost_VERSION_ARCH.deb and .tar.gz: what make install puts below /usr, in the .deb with zsh's completion where
# Debian's zsh looks for it. The same commit gives the same bytes.
#
#   cmd/package.sh VERSION
set -euo pipefail
cd "$(dirname "$0")/.."
command -v dpkg-deb >/dev/null || { echo "package: dpkg-deb is missing" >&2; echo "hint: install dpkg" >&2; exit 1; }

# A version of Debian's begins with a digit. A commit without a tag comes before all releases.
version=${1#v}
case $version in
[0-9]*.[0-9]*) ;;
*) version=0~git$(git log -1 --format=%cd --date=format:%Y%m%d 2>/dev/null || echo 0).$version ;;
esac
version=${version//-/+}
arch=${GOARCH:-$(go env GOARCH)}
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || echo 0)
export SOURCE_DATE_EPOCH

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
umask 022
chmod 755 "$root"
make --no-print-directory install VERSION="$1" PREFIX=/usr DESTDIR="$root" >&2
gzip -9n "$root"/usr/share/man/man1/*
name=bin/kubehost_${version}_$arch

tar -C "$root" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -cf - usr | gzip -9n >"$name.tar.gz"

mkdir "$root/DEBIAN"
mv "$root"/usr/share/zsh/{site-functions,vendor-completions}
cat >"$root/DEBIAN/control" <<CONTROL
Package: kubehost
Version: $version
Architecture: $arch
Maintainer: The kubehost authors <kubehost@users.noreply.github.com>
Installed-Size: $(du -sk "$root/usr" | cut -f1)
Recommends: podman (>= 4.3) | docker.io (>= 20.10) | docker-ce
Suggests: netavark, aardvark-dns, uidmap, slirp4netns
Section: admin
Priority: optional
Homepage: https://github.com/kubehost/kubehost
Description: run Kubernetes Pod manifests on one host with docker or podman
 kubehost apply makes this host run the pods of Kubernetes manifests, without a
 cluster: with plain docker or plain podman, each pod as a service of systemd.
CONTROL
dpkg-deb --root-owner-group -Zxz --build "$root" "$name.deb" >&2
ls "$name.deb" "$name.tar.gz"
