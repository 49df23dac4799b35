#!/bin/sh
# run-fuzz.sh BUILD_FOLDER SECONDS: each fuzz target for that long, beginning with its corpus. New inputs go to
# BUILD_FOLDER/corpus; a finding stays there too, and ends the run.
set -eu
cd "$(dirname "$0")/.."
build=$(realpath "$1")
for target in "$build"/tests/fuzz/*_fuzz; do
  name=$(basename "$target" _fuzz)
  mkdir -p "$build/corpus/$name"
  dictionary=
  [ ! -f "tests/fuzz/$name.dict" ] || dictionary="-dict=tests/fuzz/$name.dict"
  echo "== $name for $2 s"
  # shellcheck disable=SC2086 # an option or nothing
  "$target" -max_total_time="$2" -timeout=5 -print_final_stats=1 -artifact_prefix="$build/corpus/finding-$name-" \
    $dictionary "$build/corpus/$name" "tests/fuzz/corpus/$name"
done
