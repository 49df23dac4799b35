#!/bin/sh
# run-tests.sh BUILD_FOLDER: every test against that build. All parts run, even where one fails; four at a time, since
# most of them wait more than they work. What a part says is shown when it has ended.
set -u
cd "$(dirname "$0")/.." || exit 1
build=$(realpath "$1")
export SCHEDULER_BINARY="$build/mini-scheduler"
rm -f "$build"/sanitizer.*
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

part() {
  name=$1
  shift
  began=$(date +%s)
  "$@" >"$results/$name.log" 2>&1 || touch "$results/$name.failed"
  flock "$results" sh -c 'echo "== $0 ($1 s)"; cat "$2"' "$name" "$(($(date +%s) - began))" "$results/$name.log"
}
pytest() {
  name=$1
  shift
  part "$name" /usr/bin/python3 -m pytest -q -p no:cacheprovider "$@"
}
{
  part unit ctest --test-dir "$build" --output-on-failure --no-tests=error -j "$(nproc)"
  pytest api tests/api
} &
{
  pytest kills tests/crash --ignore tests/crash/test_faults.py --ignore tests/crash/test_full_disks.py
  pytest security tests/security
} &
{
  pytest faults tests/crash/test_faults.py tests/crash/test_full_disks.py
  part page npm --prefix web run --silent check
  part page-units npm --prefix web run --silent test
} &
part browser npm --prefix web run --silent test:browser &
wait
failed=$(cd "$results" && ls | sed -n 's/\.failed$//p' | tr '\n' ' ')
for report in "$build"/sanitizer.*; do
  [ -e "$report" ] || continue
  cat "$report"
  failed="$failed $(basename "$report")"
done
if [ -n "$failed" ]; then
  echo "FAILED: $failed"
  exit 1
fi
echo "All tests passed."
