#!/bin/sh
# run-fuzz.sh BUILD_FOLDER SECONDS [TARGET...]: each fuzz target, or those that are named, for that long, beginning with its
# corpus. New inputs go to BUILD_FOLDER/corpus; a finding stays there too, and ends the run.
set -eu
cd "$(dirname "$0")/.."
build=$(realpath "$1")
seconds=$2
shift 2
[ $# -gt 0 ] || set -- $(cd "$build/tests/fuzz" && ls ./*_fuzz | sed 's,^./,,; s/_fuzz$//')
for name in "$@"; do
  mkdir -p "$build/corpus/$name"
  dictionary=
  [ ! -f "tests/fuzz/$name.dict" ] || dictionary="-dict=tests/fuzz/$name.dict"
  echo "== $name for $seconds s"
  # shellcheck disable=SC2086 # an option or nothing
  "$build/tests/fuzz/${name}_fuzz" -max_total_time="$seconds" -timeout=60 -max_len=4096 -print_final_stats=1 \
    -artifact_prefix="$build/corpus/finding-$name-" $dictionary "$build/corpus/$name" "tests/fuzz/corpus/$name"
done
