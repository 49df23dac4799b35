#!/bin/sh
# check.sh: format, layers, clang-tidy. All are run; the exit status says whether all are content.
set -u
cd "$(dirname "$0")/.." || exit 1
failed=
git ls-files '*.cpp' '*.h' | xargs clang-format-14 --dry-run -Werror || failed="$failed format"
python3 scripts/check_layers.py src || failed="$failed layers"
# clang reads no precompiled header of g++, and knows not all of its warnings
cmake --preset dev -B build/check -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -DSCHEDULER_WEB=OFF >/dev/null || exit 1
tidy() {
  grep -v '_test\.cpp$' |
    xargs -r -P "$(nproc)" -n 4 clang-tidy-14 -p build/check --quiet --warnings-as-errors='*' "$@" \
      --extra-arg=-include --extra-arg=precompiled.h --extra-arg=-Wno-unknown-warning-option 2>/dev/null
}
git grep -L co_await -- 'src/*.cpp' | tidy || failed="$failed tidy"
# the analyser does not follow a coroutine's frame: it takes what Boost keeps there for undefined
git grep -l co_await -- 'src/*.cpp' | tidy '--checks=-clang-analyzer-core.*' || failed="$failed tidy-of-coroutines"
if [ -n "$failed" ]; then
  echo "FAILED:$failed"
  exit 1
fi
echo "All checks passed."
