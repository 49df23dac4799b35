#!/bin/sh
# build.sh DIST: installs what package-lock.json names, where it is not installed yet, and builds the page.
set -eu
dist=$1
cd "$(dirname "$0")/.."
stamp=node_modules/.installed
if ! cmp -s package-lock.json "$stamp"; then
  npm ci --no-audit --no-fund --loglevel=error
  cp package-lock.json "$stamp"
fi
node_modules/.bin/vite build --outDir "$dist" --emptyOutDir --logLevel warn
node scripts/precompress.mjs "$dist"
