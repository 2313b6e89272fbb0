#!/bin/sh
# Makes web/node_modules what package-lock.json says, without network access when it already is. Usage: install.sh NODE
set -eu
node=${1:?usage: install.sh NODE}
web=$(cd "$(dirname "$0")/.." && pwd)
stamp=$web/node_modules/.filo-lock
if ! cmp -s "$web/package-lock.json" "$stamp"; then
  echo "web: installing node_modules (npm ci)"
  # npm leaves out optional packages (the bundler's native part is one) that the Node it runs on is too old for, so a
  # fetched Node comes with an npm to run on it.
  own_npm=$(dirname "$node")/../../npm/bin/npm-cli.js
  npm() {
    if [ -f "$own_npm" ]; then "$node" "$own_npm" "$@"; else command npm "$@"; fi
  }
  # A Node that npm brought knows its own certificates only; the system's count too, where a proxy has one of its own.
  if [ -f /etc/ssl/certs/ca-certificates.crt ]; then
    export NODE_EXTRA_CA_CERTS="${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}"
  fi
  (cd "$web" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
  cp "$web/package-lock.json" "$stamp"
fi
spec=$web/../proto/filo/query.openapi.yaml
types=$web/src/api/schema.d.ts
if [ ! -f "$types" ] || [ "$spec" -nt "$types" ]; then
  echo "web: generating API types from $(basename "$spec")"
  "$node" "$web/node_modules/openapi-typescript/bin/cli.js" "$spec" -o "$types" >/dev/null
fi
