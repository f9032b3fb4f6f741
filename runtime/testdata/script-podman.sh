set -eu

# check image docker.io/library/tool:1
podman image inspect --format '{{.Id}}' docker.io/library/tool:1 >/dev/null || { echo 'image docker.io/library/tool:1 is not present, and imagePullPolicy is Never' >&2; exit 1; }

# pull image docker.io/library/nginx:1
podman pull --quiet docker.io/library/nginx:1 >/dev/null || { echo 'image docker.io/library/nginx:1 cannot be pulled' >&2; exit 1; }

# ensure image docker.io/library/log:1
podman image inspect --format '{{.Id}}' docker.io/library/log:1 >/dev/null 2>&1 || podman pull --quiet docker.io/library/log:1 >/dev/null

# make claim volume /volumes/a,b "c"
[ -d '/volumes/a,b "c"' ] || { (umask 077; mkdir -p /volumes); mkdir '/volumes/a,b "c"'; chmod 0777 '/volumes/a,b "c"'; }

# make files volume /state/pods/shop/web/volumes/page
[ -d /state/pods/shop/web/volumes/page ] || { (umask 077; mkdir -p /state/pods/shop/web/volumes); mkdir /state/pods/shop/web/volumes/page; chmod 0755 /state/pods/shop/web/volumes/page; }
rm -rf /state/pods/shop/web/volumes/page/..HASH
mkdir -m 0755 /state/pods/shop/web/volumes/page/..HASH
(umask 077; printf %s '<p>it'\''s
' > /state/pods/shop/web/volumes/page/..HASH/index.html); chmod 0644 /state/pods/shop/web/volumes/page/..HASH/index.html
mkdir -m 0755 /state/pods/shop/web/volumes/page/..HASH/sub
mkdir -m 0755 /state/pods/shop/web/volumes/page/..HASH/sub/dir
(umask 077; printf %s AAH/ | base64 -d > /state/pods/shop/web/volumes/page/..HASH/sub/dir/binary); chmod 0400 /state/pods/shop/web/volumes/page/..HASH/sub/dir/binary
(umask 077; printf %s '***' > /state/pods/shop/web/volumes/page/..HASH/token); chmod 0600 /state/pods/shop/web/volumes/page/..HASH/token
ln -sfn ..HASH /state/pods/shop/web/volumes/page/..data
ln -sfn ..data/index.html /state/pods/shop/web/volumes/page/index.html
ln -sfn ..data/sub /state/pods/shop/web/volumes/page/sub
ln -sfn ..data/token /state/pods/shop/web/volumes/page/token

# make emptyDir volume /state/pods/shop/web/empty/cache
[ -d /state/pods/shop/web/empty/cache ] || { (umask 077; mkdir -p /state/pods/shop/web/empty); mkdir /state/pods/shop/web/empty/cache; chmod 0777 /state/pods/shop/web/empty/cache; }

# make memory volume /state/pods/shop/web/memory/fast
[ -d /state/pods/shop/web/memory/fast ] || { (umask 077; mkdir -p /state/pods/shop/web/memory); mkdir /state/pods/shop/web/memory/fast; chmod 0700 /state/pods/shop/web/memory/fast; }
mountpoint -q /state/pods/shop/web/memory/fast >/dev/null 2>&1 || mount -t tmpfs -o mode=1777,size=1048576 tmpfs /state/pods/shop/web/memory/fast >/dev/null

# make hostPath volume /srv/any
[ -e /srv/any ] || (umask 022; mkdir -p /srv/any)

# make hostPath volume /run/the sock
[ -S '/run/the sock' ] || { echo 'hostPath type check failed: /run/the sock is not a socket file' >&2; exit 1; }

# make hostPath volume /etc/conf
[ -e /etc/conf ] || (umask 022; : > /etc/conf)
[ -f /etc/conf ] || { echo 'hostPath type check failed: /etc/conf is not a file' >&2; exit 1; }

# create network kubehost-shop
podman network inspect kubehost-shop >/dev/null 2>&1 || podman network create --label kubehost.dev/managed=true kubehost-shop >/dev/null

# pull image docker.io/library/app:1
podman pull --quiet docker.io/library/app:1 >/dev/null || { echo 'image docker.io/library/app:1 cannot be pulled' >&2; exit 1; }

# create sandbox shop.web-infra
podman pod create --name shop.web --infra-name shop.web-infra --network kubehost-shop --hostname www --network-alias web --network-alias web-nginx --network-alias www.shop --publish 127.0.0.1:8080:80/tcp --publish '[::1]:8080:80/tcp' --publish 0.0.0.0:53:5353/udp --label app=web --label app.kubernetes.io/part-of=shop --label kubehost.dev/hash=HASH --label kubehost.dev/id=shop.web-infra --label kubehost.dev/inits=HASH --label kubehost.dev/namespace=shop --label kubehost.dev/network=kubehost-shop --label kubehost.dev/pod=web --label kubehost.dev/role=infra >/dev/null

# run shop.web-setup to its end
podman run --name shop.web-setup --pod shop.web --pull never --no-healthcheck --stop-timeout 7 --unsetenv TERM --unsetenv container --passwd=false --label app=web --label app.kubernetes.io/part-of=shop --label kubehost.dev/container=setup --label kubehost.dev/hash=HASH --label kubehost.dev/id=shop.web-setup --label kubehost.dev/namespace=shop --label kubehost.dev/pod=web --label kubehost.dev/role=init --mount 'type=bind,"source=/volumes/a,b ""c""","target=/da,ta"' --entrypoint sh docker.io/library/tool:1 -c 'echo "$HOME" it'\''s' >/dev/null || { echo 'init container setup failed' >&2; exit 1; }

# run shop.web-nginx
podman run --name shop.web-nginx --detach --restart on-failure --pod shop.web --pull never --no-healthcheck --stop-timeout 7 --unsetenv TERM --unsetenv container --passwd=false --label app=web --label app.kubernetes.io/part-of=shop --label kubehost.dev/container=nginx --label kubehost.dev/hash=HASH --label kubehost.dev/id=shop.web-nginx --label kubehost.dev/namespace=shop --label kubehost.dev/pod=web --label kubehost.dev/role=main --env-file /dev/stdin --env 'PLAIN=a b
c' --env EMPTY= --workdir '/a b' --mount 'type=bind,"source=/volumes/a,b ""c""",target=/data,readonly' --mount type=bind,source=/state/pods/shop/web/volumes/page,target=/page,readonly --mount type=bind,source=/state/pods/shop/web/empty/cache,target=/cache --mount type=bind,source=/state/pods/shop/web/memory/fast,target=/fast docker.io/library/nginx:1 --verbose '' >/dev/null <<'END'
TOKEN=***
my.token=***
END

# run shop.web-log
podman run --name shop.web-log --detach --restart on-failure --pod shop.web --pull never --no-healthcheck --stop-timeout 7 --unsetenv TERM --unsetenv container --passwd=false --label app=web --label app.kubernetes.io/part-of=shop --label kubehost.dev/container=log --label kubehost.dev/hash=HASH --label kubehost.dev/id=shop.web-log --label kubehost.dev/namespace=shop --label kubehost.dev/pod=web --label kubehost.dev/role=main docker.io/library/log:1 >/dev/null

# create sandbox net-infra
podman pod create --name net --infra-name net-infra --uts host --network host --label kubehost.dev/hash=HASH --label kubehost.dev/id=net-infra --label kubehost.dev/namespace=default --label kubehost.dev/pod=net --label kubehost.dev/role=infra >/dev/null

# run net-app
podman run --name net-app --detach --restart no --pod net --pull never --no-healthcheck --stop-timeout 0 --unsetenv TERM --unsetenv container --passwd=false --label kubehost.dev/container=app --label kubehost.dev/hash=HASH --label kubehost.dev/id=net-app --label kubehost.dev/namespace=default --label kubehost.dev/pod=net --label kubehost.dev/role=main docker.io/library/app:1 >/dev/null
