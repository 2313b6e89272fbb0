#!/bin/sh
# Makes web/node_modules what package-lock.json says, without network access when it already is. Usage: install.sh NODE
set -eu
node=${1:?usage: install.sh NODE}
web=$(cd "$(dirname "$0")/.." && pwd)
stamp=$web/node_modules/.filo-lock
if ! cmp -s "$web/package-lock.json" "$stamp"; then
  echo "web: installing node_modules (npm ci)"
  (cd "$web" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
  cp "$web/package-lock.json" "$stamp"
fi
spec=$web/../proto/filo/query.openapi.yaml
types=$web/src/api/schema.d.ts
if [ ! -f "$types" ] || [ "$spec" -nt "$types" ]; then
  echo "web: generating API types from $(basename "$spec")"
  "$node" "$web/node_modules/openapi-typescript/bin/cli.js" "$spec" -o "$types" >/dev/null
fi
