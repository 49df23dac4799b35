#!/bin/sh
# check.sh: format, layers, clang-tidy. All are run; the exit status says whether all are content.
set -u
cd "$(dirname "$0")/.." || exit 1
failed=
git ls-files '*.cpp' '*.h' | xargs clang-format-14 --dry-run -Werror || failed="$failed format"
python3 scripts/check_layers.py src || failed="$failed layers"
# clang reads no precompiled header of g++, and knows not all of its warnings
cmake --preset dev -B build/check -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -DSCHEDULER_WEB=OFF >/dev/null || exit 1
git ls-files 'src/*.cpp' | grep -v '_test\.cpp$' |
  xargs -P "$(nproc)" -n 4 clang-tidy-14 -p build/check --quiet --warnings-as-errors='*' \
    --extra-arg=-include --extra-arg=precompiled.h --extra-arg=-Wno-unknown-warning-option 2>/dev/null ||
  failed="$failed tidy"
if [ -n "$failed" ]; then
  echo "FAILED:$failed"
  exit 1
fi
echo "All checks passed."
