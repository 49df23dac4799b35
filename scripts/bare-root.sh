#!/bin/sh
# bare-root.sh DIR [TARGET...]: what someone meets who has a bare Debian 12 and a clone of the last commit. Makes such
# a root in DIR with debootstrap, runs `make run` in it, takes over tests/data/crontab.real in the running server and
# checks two minute marks, with a kill -9 of the server and a new start between them; with TARGETs (`test`) it runs
# `make` with those instead. For root, since it needs chroot; of this machine it takes Debian's mirror, the
# certificates, and npm's settings. All that it starts ends with it.
set -eu
root=$(realpath -m "$1")
shift
here=$(realpath "$(dirname "$0")/..")
sources=/etc/apt/sources.list.d/debian.sources
mirror=$(sed -n 's/^URIs: //p' "$sources" 2>/dev/null | head -n 1)
project=/root/mini-scheduler

if [ ! -e "$root/etc/debian_version" ]; then
  debootstrap --variant=minbase bookworm "$root" "${mirror:-http://deb.debian.org/debian}"
fi
rm -rf "${root:?}$project"
git clone --quiet --no-hardlinks "$here" "$root$project"
rm -f "$root/etc/apt/sources.list"
if [ -e "$sources" ]; then cp "$sources" "$root/etc/apt/sources.list.d/"; fi
cp /etc/resolv.conf "$root/etc/resolv.conf"
mkdir -p "$root/etc/ssl/certs"
cp /etc/ssl/certs/ca-certificates.crt "$root/root/certificates.crt"
for settings in /usr/etc/npmrc "$HOME/.npmrc"; do
  if [ -e "$settings" ]; then sed -e '/^cafile/d' -e '/^nodedir/d' "$settings"; fi
done >"$root/root/.npmrc"

cat >"$root/root/inside.sh" <<INSIDE
set -eu
export HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive NODE_EXTRA_CA_CERTS=/root/certificates.crt
mount -t proc proc /proc
mount -t tmpfs tmpfs /dev/shm 2>/dev/null || true
apt-get -q update >/dev/null
apt-get -y -q --no-install-recommends install make git >/dev/null
cd $project
if [ "\$#" -gt 0 ]; then exec make "\$@"; fi
make run &
until /usr/bin/python3 -c 'import urllib.request; urllib.request.urlopen("http://127.0.0.1:8000/readyz")' 2>/dev/null; do
  kill -0 \$! || exit 1
  sleep 1
done
/usr/bin/python3 tests/acceptance/take_over.py build/release/mini-scheduler tests/data/crontab.real \\
  --between 'kill -9 \$(cat data/serve.lock); make run & sleep 5'
INSIDE
exec unshare --mount --pid --fork --kill-child sh -c \
  'mkdir -p "$0/dev" && mount --rbind /dev "$0/dev" && mount --make-rslave "$0/dev" && exec chroot "$0" sh /root/inside.sh "$@"' \
  "$root" "$@"
