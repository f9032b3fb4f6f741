set -eu

# check image docker.io/library/tool:1
podman image inspect --format '{{.Id}} {{.Os}}/{{.Architecture}}' docker.io/library/tool:1 >/dev/null || { echo 'image docker.io/library/tool:1 is not present, and imagePullPolicy is Never' >&2; exit 1; }

# pull image docker.io/library/nginx:1
podman pull docker.io/library/nginx:1 >/dev/null || { echo 'image docker.io/library/nginx:1 cannot be pulled' >&2; exit 1; }

# ensure image docker.io/library/log:1
podman image inspect --format '{{.Id}} {{.Os}}/{{.Architecture}}' docker.io/library/log:1 >/dev/null 2>&1 || podman pull docker.io/library/log:1 >/dev/null

# make claim volume /volumes/a,b "c"
[ ! -L '/volumes/a,b "c"' ] || { echo '/volumes/a,b "c" is a symbolic link' >&2; exit 1; }
[ -d '/volumes/a,b "c"' ] || { (umask 077; mkdir -p /volumes); mkdir '/volumes/a,b "c"'; chmod 0777 '/volumes/a,b "c"'; }

# make files volume /state/pods/shop/web/volumes/page
[ ! -L /state/pods/shop/web/volumes/page ] || { echo '/state/pods/shop/web/volumes/page is a symbolic link' >&2; exit 1; }
[ -d /state/pods/shop/web/volumes/page ] || { (umask 077; mkdir -p /state/pods/shop/web/volumes); mkdir /state/pods/shop/web/volumes/page; chmod 0777 /state/pods/shop/web/volumes/page; }
rm -rf /state/pods/shop/web/volumes/page/..HASH
(umask 022; mkdir /state/pods/shop/web/volumes/page/..HASH)
(umask 077; printf %s '<p>it'\''s
' > /state/pods/shop/web/volumes/page/..HASH/index.html); chmod 0644 /state/pods/shop/web/volumes/page/..HASH/index.html
(umask 022; mkdir /state/pods/shop/web/volumes/page/..HASH/sub)
(umask 022; mkdir /state/pods/shop/web/volumes/page/..HASH/sub/dir)
(umask 077; printf %s AAH/ | base64 -d > /state/pods/shop/web/volumes/page/..HASH/sub/dir/binary); chmod 0400 /state/pods/shop/web/volumes/page/..HASH/sub/dir/binary
(umask 077; printf %s '***' > /state/pods/shop/web/volumes/page/..HASH/token); chmod 0600 /state/pods/shop/web/volumes/page/..HASH/token
ln -sfn ..HASH /state/pods/shop/web/volumes/page/..data
ln -sfn ..data/index.html /state/pods/shop/web/volumes/page/index.html
ln -sfn ..data/sub /state/pods/shop/web/volumes/page/sub
ln -sfn ..data/token /state/pods/shop/web/volumes/page/token

# make emptyDir volume /state/pods/shop/web/empty/cache
[ ! -L /state/pods/shop/web/empty/cache ] || { echo '/state/pods/shop/web/empty/cache is a symbolic link' >&2; exit 1; }
[ -d /state/pods/shop/web/empty/cache ] || { (umask 077; mkdir -p /state/pods/shop/web/empty); mkdir /state/pods/shop/web/empty/cache; chmod 0777 /state/pods/shop/web/empty/cache; }

# make memory volume /state/pods/shop/web/memory/fast
[ ! -L /state/pods/shop/web/memory/fast ] || { echo '/state/pods/shop/web/memory/fast is a symbolic link' >&2; exit 1; }
[ -d /state/pods/shop/web/memory/fast ] || { (umask 077; mkdir -p /state/pods/shop/web/memory); mkdir /state/pods/shop/web/memory/fast; chmod 0700 /state/pods/shop/web/memory/fast; }
sh -euc 'if mountpoint -q "$1"; then mount -t tmpfs -o "remount,size=1048576" tmpfs "$1"; else mount -t tmpfs -o "$2" tmpfs "$1"; fi' sh /state/pods/shop/web/memory/fast mode=1777,size=1048576 >/dev/null || { echo 'MountVolume.SetUp failed for volume "fast"' >&2; exit 1; }

# make hostPath volume /srv/any
[ -e /srv/any ] || (umask 022; mkdir -p /srv/any)

# make hostPath volume /run/the sock
[ -S '/run/the sock' ] || { echo 'hostPath type check failed: /run/the sock is not a socket file' >&2; exit 1; }

# make hostPath volume /etc/conf
[ -e /etc/conf ] || (umask 022; : > /etc/conf)
[ -f /etc/conf ] || { echo 'hostPath type check failed: /etc/conf is not a file' >&2; exit 1; }

# make claim volume /volumes/shared
[ ! -L /volumes/shared ] || { echo '/volumes/shared is a symbolic link' >&2; exit 1; }
[ -d /volumes/shared ] || { (umask 077; mkdir -p /volumes); mkdir /volumes/shared; chmod 0777 /volumes/shared; }
sh -euc 'if [ "$3" = OnRootMismatch ] && [ -n "$(find "$1" -maxdepth 0 -gid "$2" -perm -2770)" ]; then exit 0; fi; [ ! -d "$1" ] || chmod -- g-s "$1"; chgrp -hR -- "$2" "$1"; find "$1" ! -type d ! -type l -execdir chmod -- g+rw {} +; find "$1" -depth -type d -execdir chmod -- g+rwxs {} +' sh /volumes/shared 4567 OnRootMismatch >/dev/null || { echo 'MountVolume.SetUp failed for volume "shared"' >&2; exit 1; }

# make emptyDir volume /state/pods/shop/web/empty/scratch
[ ! -L /state/pods/shop/web/empty ] || { echo '/state/pods/shop/web/empty is a symbolic link' >&2; exit 1; }
[ -d /state/pods/shop/web/empty ] || { (umask 077; mkdir -p /state/pods/shop/web); mkdir /state/pods/shop/web/empty; chmod 0700 /state/pods/shop/web/empty; }
sh -euc 'if [ ! -d "$1" ]; then rm -rf -- "$1.new"; mkdir -- "$1.new"; chgrp -- "$2" "$1.new"; chmod -- "$3" "$1.new"; mv -T -- "$1.new" "$1"; fi' sh /state/pods/shop/web/empty/scratch 4567 2777 >/dev/null || { echo 'MountVolume.SetUp failed for volume "scratch"' >&2; exit 1; }
sh -euc 'if [ "$3" = OnRootMismatch ] && [ -n "$(find "$1" -maxdepth 0 -gid "$2" -perm -2770)" ]; then exit 0; fi; [ ! -d "$1" ] || chmod -- g-s "$1"; chgrp -hR -- "$2" "$1"; find "$1" ! -type d ! -type l -execdir chmod -- g+rw {} +; find "$1" -depth -type d -execdir chmod -- g+rwxs {} +' sh /state/pods/shop/web/empty/scratch 4567 OnRootMismatch >/dev/null || { echo 'MountVolume.SetUp failed for volume "scratch"' >&2; exit 1; }

# make memory volume /state/pods/shop/web/memory/ram
[ ! -L /state/pods/shop/web/memory/ram ] || { echo '/state/pods/shop/web/memory/ram is a symbolic link' >&2; exit 1; }
[ -d /state/pods/shop/web/memory/ram ] || { (umask 077; mkdir -p /state/pods/shop/web/memory); mkdir /state/pods/shop/web/memory/ram; chmod 0700 /state/pods/shop/web/memory/ram; }
sh -euc 'if mountpoint -q "$1"; then :; else mount -t tmpfs -o "$2" tmpfs "$1"; fi' sh /state/pods/shop/web/memory/ram mode=3777,gid=4567 >/dev/null || { echo 'MountVolume.SetUp failed for volume "ram"' >&2; exit 1; }
sh -euc 'if [ "$3" = OnRootMismatch ] && [ -n "$(find "$1" -maxdepth 0 -gid "$2" -perm -2770)" ]; then exit 0; fi; [ ! -d "$1" ] || chmod -- g-s "$1"; chgrp -hR -- "$2" "$1"; find "$1" ! -type d ! -type l -execdir chmod -- g+rw {} +; find "$1" -depth -type d -execdir chmod -- g+rwxs {} +' sh /state/pods/shop/web/memory/ram 4567 OnRootMismatch >/dev/null || { echo 'MountVolume.SetUp failed for volume "ram"' >&2; exit 1; }

# make files volume /state/pods/shop/web/volumes/info
[ ! -L /state/pods/shop/web/volumes ] || { echo '/state/pods/shop/web/volumes is a symbolic link' >&2; exit 1; }
[ -d /state/pods/shop/web/volumes ] || { (umask 077; mkdir -p /state/pods/shop/web); mkdir /state/pods/shop/web/volumes; chmod 0700 /state/pods/shop/web/volumes; }
sh -euc '[ -d "$1" ] || mkdir -- "$1"; chgrp -- "$2" "$1"; chmod -- "$3" "$1"' sh /state/pods/shop/web/volumes/info 4567 3777 >/dev/null || { echo 'MountVolume.SetUp failed for volume "info"' >&2; exit 1; }
[ ! -L /state/pods/shop/web/volumes/info ] || { echo '/state/pods/shop/web/volumes/info is a symbolic link' >&2; exit 1; }
[ -d /state/pods/shop/web/volumes/info ] || { (umask 077; mkdir -p /state/pods/shop/web/volumes); mkdir /state/pods/shop/web/volumes/info; chmod 3777 /state/pods/shop/web/volumes/info; }
rm -rf /state/pods/shop/web/volumes/info/..HASH
(umask 022; mkdir /state/pods/shop/web/volumes/info/..HASH)
(umask 077; printf %s web > /state/pods/shop/web/volumes/info/..HASH/name); chmod 0644 /state/pods/shop/web/volumes/info/..HASH/name
ln -sfn ..HASH /state/pods/shop/web/volumes/info/..data
ln -sfn ..data/name /state/pods/shop/web/volumes/info/name

# make claim volume /volumes/labelled
[ ! -L /volumes/labelled ] || { echo '/volumes/labelled is a symbolic link' >&2; exit 1; }
[ -d /volumes/labelled ] || { (umask 077; mkdir -p /volumes); mkdir /volumes/labelled; chmod 0777 /volumes/labelled; }

# make claim volume /volumes/web-own
[ ! -L /state/pods/shop/web/ephemeral ] || { echo '/state/pods/shop/web/ephemeral is a symbolic link' >&2; exit 1; }
[ -d /state/pods/shop/web/ephemeral ] || { (umask 077; mkdir -p /state/pods/shop/web); mkdir /state/pods/shop/web/ephemeral; chmod 0700 /state/pods/shop/web/ephemeral; }
[ "$(readlink /state/pods/shop/web/ephemeral/own)" = /volumes/web-own ] || [ ! -e /volumes/web-own ] || { echo '/volumes/web-own is there already, and was not made for this pod' >&2; exit 1; }
ln -sfn /volumes/web-own /state/pods/shop/web/ephemeral/own
[ ! -L /volumes/web-own ] || { echo '/volumes/web-own is a symbolic link' >&2; exit 1; }
[ -d /volumes/web-own ] || { (umask 077; mkdir -p /volumes); mkdir /volumes/web-own; chmod 0777 /volumes/web-own; }

# make hostPath volume /dev/sdx
[ -b /dev/sdx ] || { echo 'hostPath type check failed: /dev/sdx is not a block device' >&2; exit 1; }

# make image volume docker.io/library/tools:1
podman image inspect --format '{{.Id}} {{.Os}}/{{.Architecture}}' docker.io/library/tools:1 >/dev/null 2>&1 || podman pull docker.io/library/tools:1 >/dev/null

# create network kubehost-shop
podman network inspect kubehost-shop >/dev/null 2>&1 || podman network create --label kubehost.dev/managed=true kubehost-shop >/dev/null

# pull image docker.io/library/app:1
podman pull docker.io/library/app:1 >/dev/null || { echo 'image docker.io/library/app:1 cannot be pulled' >&2; exit 1; }

# create sandbox shop.web-infra
rm -rf /state/pods/shop/web/etc
podman pod create --name shop.web --infra-name shop.web-infra --shm-size 64m \
  --share ipc,net,uts,pid --sysctl net.ipv4.ip_unprivileged_port_start=0 --network kubehost-shop \
  --hostname www --network-alias web --network-alias web-nginx --network-alias www.shop \
  --publish 127.0.0.1:8080:80/tcp --publish '[::1]:8080:80/tcp' --publish 0.0.0.0:53:5353/udp \
  --sysctl 'net.ipv4.ip_local_port_range=1024 65535' --sysctl 'net.ipv4.ping_group_range=0 1' \
  --label app=web --label app.kubernetes.io/part-of=shop \
  --label kubehost.dev/hash=HASH \
  --label kubehost.dev/id=shop.web-infra \
  --label kubehost.dev/inits=HASH --label kubehost.dev/namespace=shop \
  --label kubehost.dev/network=kubehost-shop --label kubehost.dev/pod=web \
  --label kubehost.dev/role=infra >/dev/null
podman start shop.web-infra >/dev/null

# write hosts, hostname and resolv.conf of shop.web
SANDBOX=$(podman container inspect --format '{{with index .NetworkSettings.Networks "kubehost-shop"}}{{$a := print .IPAddress}}{{$b := print .GlobalIPv6Address}}{{if eq $a "invalid IP"}}{{$a = ""}}{{end}}{{if eq $b "invalid IP"}}{{$b = ""}}{{end}}{{$a}}{{if and $a $b}},{{end}}{{$b}} {{if .Gateway}}{{.Gateway}}{{else}}{{.IPv6Gateway}}{{end}}{{end}}' shop.web-infra)
POD_IPS=${SANDBOX% *} RESOLVER=${SANDBOX##* }
POD_IP=${POD_IPS%%,*}
[ ! -L /state/pods/shop/web/etc ] || { echo '/state/pods/shop/web/etc is a symbolic link' >&2; exit 1; }
[ -d /state/pods/shop/web/etc ] || { (umask 077; mkdir -p /state/pods/shop/web); mkdir /state/pods/shop/web/etc; chmod 0700 /state/pods/shop/web/etc; }
{ printf %s '# Kubernetes-managed hosts file.
127.0.0.1	localhost
::1	localhost ip6-localhost ip6-loopback
fe00::0	ip6-localnet
fe00::0	ip6-mcastprefix
fe00::1	ip6-allnodes
fe00::2	ip6-allrouters
'"$POD_IP"'	www.sub.shop.svc.cluster.local	www

# Entries added by HostAliases.
10.0.0.1	a	b
' > /state/pods/shop/web/etc/hosts.clean; chmod 0644 /state/pods/shop/web/etc/hosts.clean; }
cat /state/pods/shop/web/etc/hosts.clean > /state/pods/shop/web/etc/hosts
chmod 0644 /state/pods/shop/web/etc/hosts
[ -e /state/pods/shop/web/etc/resolv.conf ] || { printf %s 'search shop.svc.cluster.local
nameserver '"$RESOLVER"'
options ndots:5
' > /state/pods/shop/web/etc/resolv.conf; chmod 0644 /state/pods/shop/web/etc/resolv.conf; }
[ -e /state/pods/shop/web/etc/hostname ] || { printf %s 'www
' > /state/pods/shop/web/etc/hostname; chmod 0644 /state/pods/shop/web/etc/hostname; }

# run shop.web-setup to its end
cat /state/pods/shop/web/etc/hosts.clean > /state/pods/shop/web/etc/hosts
chmod 0644 /state/pods/shop/web/etc/hosts
podman run --name shop.web-setup --pod shop.web --pull never --no-healthcheck --stop-timeout 7 \
  --unsetenv TERM --unsetenv container --http-proxy=false --passwd=false --label app=web \
  --label app.kubernetes.io/part-of=shop --label kubehost.dev/container=setup \
  --label kubehost.dev/hash=HASH \
  --label kubehost.dev/id=shop.web-setup --label kubehost.dev/namespace=shop \
  --label kubehost.dev/pod=web --label kubehost.dev/role=init \
  --mount type=bind,source=/state/pods/shop/web/etc/hosts,target=/etc/hosts \
  --mount type=bind,source=/state/pods/shop/web/etc/hostname,target=/etc/hostname \
  --mount type=bind,source=/state/pods/shop/web/etc/resolv.conf,target=/etc/resolv.conf \
  --mount 'type=bind,"source=/volumes/a,b ""c""","target=/da,ta"' \
  --entrypoint sh docker.io/library/tool:1 -c 'echo "$HOME" it'\''s' >/dev/null || { echo 'init container setup failed' >&2; exit 1; }

# run shop.web-nginx
SANDBOX=$(podman container inspect --format '{{with index .NetworkSettings.Networks "kubehost-shop"}}{{$a := print .IPAddress}}{{$b := print .GlobalIPv6Address}}{{if eq $a "invalid IP"}}{{$a = ""}}{{end}}{{if eq $b "invalid IP"}}{{$b = ""}}{{end}}{{$a}}{{if and $a $b}},{{end}}{{$b}} {{if .Gateway}}{{.Gateway}}{{else}}{{.IPv6Gateway}}{{end}}{{end}}' shop.web-infra)
POD_IPS=${SANDBOX% *} RESOLVER=${SANDBOX##* }
POD_IP=${POD_IPS%%,*}
cat /state/pods/shop/web/etc/hosts.clean > /state/pods/shop/web/etc/hosts
chmod 0644 /state/pods/shop/web/etc/hosts
podman run --name shop.web-nginx --detach --restart on-failure --pod shop.web --pull never \
  --no-healthcheck --stop-timeout 7 --unsetenv TERM --unsetenv container --http-proxy=false \
  --passwd=false --label app=web --label app.kubernetes.io/part-of=shop \
  --label kubehost.dev/container=nginx --label kubehost.dev/hash=HASH \
  --label kubehost.dev/id=shop.web-nginx --label kubehost.dev/namespace=shop \
  --label kubehost.dev/pod=web --label kubehost.dev/role=main --env-file /dev/stdin \
  --env 'PLAIN=a b
c' --env EMPTY= --workdir '/a b' \
  --mount type=bind,source=/state/pods/shop/web/etc/hosts,target=/etc/hosts \
  --mount type=bind,source=/state/pods/shop/web/etc/hostname,target=/etc/hostname \
  --mount type=bind,source=/state/pods/shop/web/etc/resolv.conf,target=/etc/resolv.conf \
  --mount 'type=bind,"source=/volumes/a,b ""c""",target=/data,readonly' \
  --mount type=bind,source=/state/pods/shop/web/volumes/page,target=/page,readonly \
  --mount type=bind,source=/state/pods/shop/web/empty/cache,target=/cache \
  --mount type=bind,source=/state/pods/shop/web/memory/fast,target=/fast docker.io/library/nginx:1 \
  --verbose '' --listen="$POD_IP":80 >/dev/null <<'END'
TOKEN=***
my.token=***
END

# run shop.web-log
cat /state/pods/shop/web/etc/hosts.clean > /state/pods/shop/web/etc/hosts
chmod 0644 /state/pods/shop/web/etc/hosts
sh -euc 'while mountpoint -q "$1"; do umount -R -- "$1" || umount -Rl -- "$1"; done; (umask 077; mkdir -p -- "$1"); mount -t tmpfs -o mode=0700,size=1m tmpfs "$1"' sh /state/pods/shop/web/subpaths/log >/dev/null
sh -euc 'volume=$1 rest=$2 target=$3 what="for volumeMount \"$4\" of container \"$5\""
fail() { if [ -e "$volume/$sub" ]; then verb='\''prepare subPath'\''; else verb='\''create subPath directory'\''; fi; echo "failed to $verb $what: $1" >&2; exit 1; }
within() { case "$(readlink "$1")/" in "${root%/}/"*) ;; *) fail "$sub leads out of the volume" ;; esac; }
sub=$rest
cd -P -- "$volume" || fail "$volume is not a directory"
root=$(readlink /proc/self/cwd)
mode=$(printf %04o "$((0$(stat -c %a .) & 02777))")
while [ -n "$rest" ]; do
	part=./${rest%%/*}
	case $rest in */*) rest=${rest#*/} ;; *) rest= ;; esac
	if [ -z "$rest" ] && [ -e "$part" ] && [ ! -d "$part" ]; then
		case $(readlink -f "$part") in "${root%/}/"*) ;; *) fail "$sub leads out of the volume" ;; esac
		[ -f "$part" ] || fail "$sub is neither a file nor a directory"
		exec 3<"$part"
		within /proc/self/fd/3
		: >"$target"
		exec mount --no-canonicalize --bind /proc/self/fd/3 "$target"
	fi
	[ -d "$part" ] || (umask 0; mkdir -m "$mode" "$part") || fail "$sub leads out of the volume, or cannot be made"
	cd -P "$part"
	within /proc/self/cwd
done
mkdir "$target"
exec mount --no-canonicalize --rbind . "$target"' sh '/volumes/a,b "c"' 'a b/log' /state/pods/shop/web/subpaths/log/2 data log >/dev/null
sh -euc 'volume=$1 rest=$2 target=$3 what="for volumeMount \"$4\" of container \"$5\""
fail() { if [ -e "$volume/$sub" ]; then verb='\''prepare subPath'\''; else verb='\''create subPath directory'\''; fi; echo "failed to $verb $what: $1" >&2; exit 1; }
within() { case "$(readlink "$1")/" in "${root%/}/"*) ;; *) fail "$sub leads out of the volume" ;; esac; }
sub=$rest
cd -P -- "$volume" || fail "$volume is not a directory"
root=$(readlink /proc/self/cwd)
mode=$(printf %04o "$((0$(stat -c %a .) & 02777))")
while [ -n "$rest" ]; do
	part=./${rest%%/*}
	case $rest in */*) rest=${rest#*/} ;; *) rest= ;; esac
	if [ -z "$rest" ] && [ -e "$part" ] && [ ! -d "$part" ]; then
		case $(readlink -f "$part") in "${root%/}/"*) ;; *) fail "$sub leads out of the volume" ;; esac
		[ -f "$part" ] || fail "$sub is neither a file nor a directory"
		exec 3<"$part"
		within /proc/self/fd/3
		: >"$target"
		exec mount --no-canonicalize --bind /proc/self/fd/3 "$target"
	fi
	[ -d "$part" ] || (umask 0; mkdir -m "$mode" "$part") || fail "$sub leads out of the volume, or cannot be made"
	cd -P "$part"
	within /proc/self/cwd
done
mkdir "$target"
exec mount --no-canonicalize --rbind . "$target"' sh /volumes/labelled x /state/pods/shop/web/subpaths/log/6 labelled log >/dev/null
podman run --name shop.web-log --detach --restart on-failure --pod shop.web --pull never \
  --no-healthcheck --stop-timeout 7 --unsetenv TERM --unsetenv container --http-proxy=false \
  --passwd=false --label app=web --label app.kubernetes.io/part-of=shop \
  --label kubehost.dev/container=log \
  --label kubehost.dev/frozen=info=HASH \
  --label kubehost.dev/hash=HASH --label kubehost.dev/id=shop.web-log \
  --label kubehost.dev/namespace=shop --label kubehost.dev/pod=web --label kubehost.dev/role=main \
  --mount type=bind,source=/state/pods/shop/web/etc/hosts,target=/etc/hosts \
  --mount type=bind,source=/state/pods/shop/web/etc/hostname,target=/etc/hostname \
  --mount type=bind,source=/state/pods/shop/web/etc/resolv.conf,target=/etc/resolv.conf \
  --mount type=bind,source=/srv/any,target=/any,bind-propagation=rslave \
  --mount type=bind,source=/state/pods/shop/web/volumes/info/name,target=/name,readonly \
  --mount type=bind,source=/state/pods/shop/web/subpaths/log/2,target=/log \
  --mount type=bind,source=/volumes/shared,target=/shared,bind-propagation=rshared \
  --mount type=image,source=docker.io/library/tools:1,target=/tools \
  --mount type=bind,source=/volumes/labelled,target=/labelled,relabel=shared \
  --mount type=bind,source=/state/pods/shop/web/subpaths/log/6,target=/again,bind-propagation=rslave,relabel=shared,readonly \
  --device /dev/sdx:/dev/xvda:rwm --device /dev/sdx:/dev/xvdb:r docker.io/library/log:1 >/dev/null

# create sandbox net-infra
rm -rf /state/pods/default/net/etc
podman pod create --name net --infra-name net-infra --uts host --network host \
  --label kubehost.dev/hash=HASH --label kubehost.dev/id=net-infra \
  --label kubehost.dev/namespace=default --label kubehost.dev/pod=net \
  --label kubehost.dev/role=infra >/dev/null
podman start net-infra >/dev/null

# write hosts and resolv.conf of net
[ ! -L /state/pods/default/net/etc ] || { echo '/state/pods/default/net/etc is a symbolic link' >&2; exit 1; }
[ -d /state/pods/default/net/etc ] || { (umask 077; mkdir -p /state/pods/default/net); mkdir /state/pods/default/net/etc; chmod 0700 /state/pods/default/net/etc; }
{ { printf %s '# Kubernetes-managed hosts file (host network).
'; cat /etc/hosts; printf %s '
# Entries added by HostAliases.
10.0.0.1	a
'; } > /state/pods/default/net/etc/hosts.clean; chmod 0644 /state/pods/default/net/etc/hosts.clean; }
cat /state/pods/default/net/etc/hosts.clean > /state/pods/default/net/etc/hosts
chmod 0644 /state/pods/default/net/etc/hosts
[ -e /state/pods/default/net/etc/resolv.conf ] || { printf %s 'nameserver 192.0.2.53
' > /state/pods/default/net/etc/resolv.conf; chmod 0644 /state/pods/default/net/etc/resolv.conf; }

# run net-app
cat /state/pods/default/net/etc/hosts.clean > /state/pods/default/net/etc/hosts
chmod 0644 /state/pods/default/net/etc/hosts
podman run --name net-app --detach --restart no --pod net --pid host --ipc host --pull never \
  --no-healthcheck --stop-timeout 0 --unsetenv TERM --unsetenv container --http-proxy=false \
  --passwd=false --label kubehost.dev/container=app \
  --label kubehost.dev/hash=HASH --label kubehost.dev/id=net-app \
  --label kubehost.dev/namespace=default --label kubehost.dev/pod=net \
  --label kubehost.dev/role=main \
  --mount type=bind,source=/state/pods/default/net/etc/hosts,target=/etc/hosts \
  --mount type=bind,source=/state/pods/default/net/etc/resolv.conf,target=/etc/resolv.conf docker.io/library/app:1 >/dev/null
