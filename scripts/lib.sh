# Shared by the scripts beside it; sourced, not run. Says what it does, does nothing twice, works offline once everything
# is there.

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=${FILO_JOBS:-$(nproc)}
# One cache serves every clone: paths below the root do not count.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1

# What the product needs to be built; what its tests need besides.
build_packages=(g++ cmake ninja-build pkg-config ccache mold libboost1.81-dev libnghttp2-dev libzstd-dev libdeflate-dev
  zlib1g-dev libsimdjson-dev libyaml-cpp-dev libcli11-dev libfmt-dev libre2-dev libxxhash-dev libjemalloc-dev ca-certificates)
test_packages=(clang clang-format clang-tidy libclang-rt-14-dev libgtest-dev libbenchmark-dev libprotobuf-dev
  protobuf-compiler python3 python3-venv curl nghttp2-client procps chromium fonts-noto-cjk fonts-dejavu-core)

say() { printf '\033[1m%s\033[0m\n' "filo: $*" >&2; }
fail() { say "$*"; exit 1; }

# quietly COMMAND…: what it says on standard error is shown only when it fails.
quietly() {
  local errors code=0
  errors=$(mktemp)
  "$@" 2>"$errors" || code=$?
  if [ $code != 0 ]; then cat "$errors" >&2; fi
  rm -f "$errors"
  return $code
}

# Prints the lines of the calling script's first comment block: that is its --help.
help_from_header() { sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$1"; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else fail "need root to install packages: run as root, install sudo, or install these yourself: ${missing[*]}"
  fi
}

# install_packages NAME…: those that are not there yet, from the system's own sources.
install_packages() {
  missing=()
  local package
  for package in "$@"; do
    if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then missing+=("$package"); fi
  done
  if [ ${#missing[@]} = 0 ]; then return; fi
  say "installing ${#missing[@]} packages: ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends "${missing[@]}" >/dev/null
}

# The web's build needs Node.js with npm; any that is there will do, web/scripts/node.sh brings a newer one if it must.
install_node() {
  if command -v node >/dev/null && command -v npm >/dev/null; then return; fi
  install_packages nodejs npm
}

# build PRESET TARGET… [-- CMAKE_OPTION…]
build() {
  local preset=$1
  shift
  local targets=() options=()
  while [ $# -gt 0 ] && [ "$1" != -- ]; do targets+=("$1"); shift; done
  if [ $# -gt 0 ]; then shift; options=("$@"); fi
  say "building ${targets[*]} (preset $preset)"
  (cd "$root" && cmake --preset "$preset" "${options[@]}" >"build-$preset.log.tmp" 2>&1) || {
    cat "$root/build-$preset.log.tmp" >&2
    rm -f "$root/build-$preset.log.tmp"
    fail "configuring the $preset preset failed"
  }
  mkdir -p "$root/build/$preset"
  mv "$root/build-$preset.log.tmp" "$root/build/$preset/configure.log"
  # One line a finished quarter minute is progress enough for a log file; a terminal gets ninja's own.
  if [ -t 1 ]; then
    ninja -C "$root/build/$preset" -j "$jobs" "${targets[@]}"
  else
    NINJA_STATUS='[%f/%t %es] ' ninja -C "$root/build/$preset" -j "$jobs" "${targets[@]}" |
      awk 'BEGIN { next_line = 0 } /^\[/ { split($2, t, "s"); if (t[1] + 0 < next_line) { last = $0; next } next_line = t[1] + 15 } { print; fflush() } END { if (last) print last }'
  fi
}
