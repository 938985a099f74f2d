#!/usr/bin/env bash
# Installs what a target needs and the machine lacks, and says what it installs. Where all is there it does nothing.
# Usage: scripts/setup.sh rust|wasm|node|chromium|firefox|webkit
set -euo pipefail
cd "$(dirname "$0")/.."

say() { echo "setup: $*" >&2; }
fail() { say "$*"; exit 1; }
has() { command -v "$1" >/dev/null; }

apt_install() {
  has apt-get || fail "please install $* (this system has no apt-get)"
  local root=()
  [ "$(id -u)" = 0 ] || root=(sudo)
  say "installing $* by apt-get"
  "${root[@]}" apt-get update -qq
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

setup_rust() {
  has cargo || fail "please install Rust 1.95 or newer with rustup"
  has cc || apt_install gcc libc6-dev
  cargo clippy --version >/dev/null 2>&1 || rustup_add component clippy
  cargo fmt --version >/dev/null 2>&1 || rustup_add component rustfmt
  [ -d "$(rustc --print target-libdir --target wasm32-unknown-unknown)" ] || rustup_add target wasm32-unknown-unknown
}

rustup_add() {
  has rustup || fail "please install the $1 $2 of your Rust (there is no rustup to do it)"
  say "adding the $1 $2 by rustup"
  rustup "$1" add "$2"
}

# The Makefile puts these two on PATH, from SEALWIRE_TOOLS where the user has not the very version.
setup_wasm() {
  cargo_tool wasm-pack "$WASM_PACK_VERSION" --locked
  # Not --locked: this version's lock file names a release that was withdrawn.
  cargo_tool wasm-bindgen-cli "$WASM_BINDGEN_VERSION"
}

cargo_tool() {
  local crate=$1 version=$2 program=${1%-cli}
  [ "$("$program" --version 2>/dev/null)" != "$program $version" ] || return 0
  say "building $crate $version into $SEALWIRE_TOOLS (once for this machine; some minutes)"
  cargo install "$crate" --version "$version" --root "$SEALWIRE_TOOLS/$crate-$version" --quiet "${@:3}"
}

setup_node() {
  has npm || fail "please install Node.js 20.19 or newer, with npm"
  node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' ||
    fail "Node.js $(node --version) is too old: please install 20.19 or newer"
}

setup_chromium() {
  local packages=()
  has "$CHROMIUM" || packages+=(chromium)
  has chromedriver || packages+=(chromium-driver)
  [ ${#packages[@]} = 0 ] || apt_install "${packages[@]}"
  has "$CHROMIUM" || fail "there is no browser at $CHROMIUM: set CHROMIUM to the path of a Chromium"
}

setup_firefox() {
  has "$FIREFOX" || apt_install firefox-esr
  has "$FIREFOX" || fail "there is no browser at $FIREFOX: set FIREFOX to the path of a Firefox"
}

# The browser is tests/engines/browsers/webkit-window.js, which gjs runs; Xvfb is a display that nobody sees.
setup_webkit() {
  local packages=()
  has WebKitWebDriver || packages+=(webkit2gtk-driver)
  has Xvfb || packages+=(xvfb)
  has gjs || packages+=(gjs)
  gjs -c 'imports.gi.versions.WebKit2 = "4.1"; imports.gi.WebKit2' >/dev/null 2>&1 || packages+=(gir1.2-webkit2-4.1)
  [ ${#packages[@]} = 0 ] || apt_install "${packages[@]}"
}

"setup_$1"
