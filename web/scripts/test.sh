#!/bin/sh
# Types, unit tests, build, and tests in a browser. Usage: test.sh [BUILD_DIR]
# With FILO_URL=http://host:port the browser tests run against that server instead of the mock one.
set -eu
web=$(cd "$(dirname "$0")/.." && pwd)
build=${1:-$web/dist}
"$web/scripts/build.sh" "$build"
build=$(cd "$build" && pwd)
node=$("$web/scripts/node.sh" "$build/../node")
cd "$web"
"$node" node_modules/typescript/bin/tsc --noEmit
"$node" node_modules/vitest/vitest.mjs run --project unit --reporter=dot
FILO_WEB_DIST=$build "$node" node_modules/vitest/vitest.mjs run --project e2e
