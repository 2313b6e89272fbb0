#!/bin/sh
# Builds the web UI into OUTPUT_DIR, with a .br and a .gz beside each asset. Usage: build.sh OUTPUT_DIR [NODE_CACHE_DIR]
# Does nothing when OUTPUT_DIR is newer than every source. Needs the network only to fill node_modules (and for a Node
# when the system's is too old).
set -eu
output=${1:?usage: build.sh OUTPUT_DIR [NODE_CACHE_DIR]}
mkdir -p "$output"
output=$(cd "$output" && pwd)
web=$(cd "$(dirname "$0")/.." && pwd)
stamp=$output.built

if [ -f "$stamp" ] && [ -f "$output/index.html" ] && [ -z "$(find "$web/src" "$web/scripts" "$web"/*.json "$web"/*.ts "$web/index.html" \
    "$web/../proto/filo/query.openapi.yaml" -newer "$stamp" -type f ! -name schema.d.ts -print | head -n 1)" ]; then
  echo "web: $output is up to date"
  exit 0
fi
node=$("$web/scripts/node.sh" "${2:-$output/../node}")
echo "web: using $node ($("$node" --version))"
"$web/scripts/install.sh" "$node"
cd "$web"
echo "web: checking types"
"$node" node_modules/typescript/bin/tsc --noEmit
echo "web: building into $output"
rm -f "$stamp"
"$node" node_modules/vite/bin/vite.js build --outDir "$output" --emptyOutDir --logLevel warn
"$node" scripts/precompress.mjs "$output"
touch "$stamp"
