#!/bin/sh
# run-tests.sh BUILD_FOLDER: every test against that build. All parts run, even where one fails.
set -u
cd "$(dirname "$0")/.." || exit 1
build=$(realpath "$1")
export SCHEDULER_BINARY="$build/mini-scheduler"
failed=
part() {
  name=$1
  shift
  echo "== $name"
  "$@" || failed="$failed $name"
}
part unit ctest --test-dir "$build" --output-on-failure --no-tests=error -j "$(nproc)"
part page npm --prefix web run --silent check
part page-units npm --prefix web run --silent test
part browser npm --prefix web run --silent test:browser
part black-box /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/api tests/crash
if [ -n "$failed" ]; then
  echo "FAILED:$failed"
  exit 1
fi
echo "All tests passed."
