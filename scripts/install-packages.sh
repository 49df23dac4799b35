#!/bin/sh
# install-packages.sh GROUP...: installs the packages of scripts/packages.txt that are missing. Asks for root only then.
# Node: any node from 18 on with npm will do; only where there is none, Debian's is installed.
set -eu
here=$(dirname "$0")
missing=
for group in "$@"; do
  for package in $(sed -n "s/^$group: //p" "$here/packages.txt"); do
    if [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
      missing="$missing $package"
    fi
  done
done
case " $* " in *" build "*)
  if ! { command -v npm && node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)'; } >/dev/null 2>&1; then
    missing="$missing nodejs npm"
  fi ;;
esac
[ -n "$missing" ] || exit 0

echo "Installing:$missing"
as_root=
if [ "$(id -u)" != 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "These packages are missing, and there is no sudo. As root: apt-get install$missing" >&2
    exit 1
  fi
  as_root="sudo"
fi
export DEBIAN_FRONTEND=noninteractive
install="$as_root apt-get -y -q --no-install-recommends install"
# shellcheck disable=SC2086 # a list of words
$install $missing || { $as_root apt-get -q update && $install $missing; }
