#!/bin/sh
# does_not_compile.sh COMPILER SOURCE_FOLDER: a route without a declared right does not compile, for that reason alone.
set -eu
file="$2/tests/security/route_without_right.cpp"
compile() {
  "$1" -std=c++20 -fsyntax-only -include "$2/cmake/precompiled.h" -I "$2/src" "$3" "$file" 2>&1
}
if ! said=$(compile "$1" "$2" -DWITH_RIGHT); then
  echo "with a right it does not compile either: $said"
  exit 1
fi
if said=$(compile "$1" "$2" -DWITHOUT_RIGHT); then
  echo "a route without a right compiles"
  exit 1
fi
case "$said" in
*"DeclaredRight::DeclaredRight()"*) echo "refused, as it should be" ;;
*)
  echo "it does not compile for another reason: $said"
  exit 1
  ;;
esac
