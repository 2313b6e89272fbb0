#!/usr/bin/env bash
# Installs the clients from the lists beside this file into build/clients. Does nothing when they are there already.
# Exit code 77 when a registry cannot be reached, with the reason on the last line.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
target=$(cd "$here/../../.." && pwd)/build/clients
mkdir -p "$target"

# install NAME LIST COMMAND…: again only when the list has changed.
install() {
  local name=$1 list=$2
  shift 2
  mkdir -p "$target/$name"
  if cmp -s "$list" "$target/$name/installed"; then return; fi
  echo "installing $name"
  if ! "$@" >"$target/$name.log" 2>&1; then
    tail -n 5 "$target/$name.log"
    echo "clients are not installed: $name could not be fetched, see $target/$name.log"
    exit 77
  fi
  cp "$list" "$target/$name/installed"
}

node_packages() {
  cp "$here/$1/package.json" "$here/$1/package-lock.json" "$target/$1/"
  (cd "$target/$1" && npm ci --no-audit --no-fund --ignore-scripts)
}
python_packages() {
  python3 -m venv "$target/python" && "$target/python/bin/pip" install --disable-pip-version-check -r "$here/requirements.txt"
}

install js-current "$here/js-current/package-lock.json" node_packages js-current
install js-1.30 "$here/js-1.30/package-lock.json" node_packages js-1.30
install python "$here/requirements.txt" python_packages
