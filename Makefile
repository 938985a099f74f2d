# Each target does its own set-up, says what it installs, and does not repeat it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

# Tools are built once for the machine, not for each clone.
export SEALWIRE_TOOLS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/sealwire/tools
export WASM_PACK_VERSION := 0.15.1
# wasm-bindgen's program has to be of the same version as the crate.
export WASM_BINDGEN_VERSION := $(shell sed -n '/^name = "wasm-bindgen"$$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)
export PATH := $(CURDIR)/node_modules/.bin:$(SEALWIRE_TOOLS)/wasm-pack-$(WASM_PACK_VERSION)/bin:$(SEALWIRE_TOOLS)/wasm-bindgen-cli-$(WASM_BINDGEN_VERSION)/bin:$(PATH)
export CHROMIUM ?= $(or $(firstword $(shell command -v chromium chromium-browser google-chrome)),/usr/bin/chromium)
export FIREFOX ?= $(or $(firstword $(shell command -v firefox-esr firefox)),/usr/bin/firefox-esr)

# Panic locations name source files: without the folders of whoever built it.
TRIM_PATHS := --remap-path-prefix $(or $(CARGO_HOME),$(HOME)/.cargo)/registry/src= --remap-path-prefix $(CURDIR)/=

# LLVM's passes that make code larger even at opt-level "z". Sealing, base64 and JSON are as fast without them.
SMALLER := $(addprefix -C llvm-args=,-disable-lsr -disable-licm-promotion -enable-pre=false -enable-gvn-hoist)

CRATE := build.rs Cargo.toml Cargo.lock $(shell find src -type f)
TEMPLATE := $(shell find pkg-template -type f) scripts/build-package.mjs $(wildcard scripts/wasm-*.mjs) LICENSE-MIT LICENSE-APACHE
APP := $(shell find www-demo/app www-demo/bookmarks -type f -not -path '*/node_modules/*' -not -path '*/dist/*')

NPM := node_modules/.package-lock.json
WASM := target/wasm/sealwire_bg.wasm
WASM_GLINT := target/wasm-glint/sealwire_bg.wasm
WASM_TYPELETS := target/wasm-typelets/sealwire_bg.wasm
PACKAGE := pkg/package.json
DIST := www-demo/app/dist/index.html

.PHONY: help demo build test test-all sim sim-todos sim-notes bench docs check size rust wasm node chromium firefox webkit test-rust test-node test-crate test-engines lint-rust lint-package

help: ## Lists these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

demo: $(DIST) ## Builds and serves the demo on one address, until Ctrl-C
	@node scripts/demo.mjs

build: $(PACKAGE) ## Builds the npm package into pkg/

test: test-rust test-node ## Runs the tests of the engine, the worker, the package and the demo

test-all: test-crate test-engines ## Runs what `test` leaves out: the crate's own tests inside a browser, and the core of the suite in Chromium, Firefox and WebKit

test-crate: | rust wasm chromium
	wasm-pack test --mode no-install --headless --chrome --chromedriver "$$(command -v chromedriver)"
	wasm-pack test --mode no-install --headless --chrome --chromedriver "$$(command -v chromedriver)" --features glint
	wasm-pack test --mode no-install --headless --chrome --chromedriver "$$(command -v chromedriver)" --features typelets

sim: | rust ## Runs schedules of the simulator; SEEDS=n of them (2,000) FROM=k (0)
	cargo test --quiet --test sim -- --exact random::random_schedules --nocapture | grep -Ev '^(running|test) |^\.?$$'

sim-todos: | rust ## The same of the simulator of rows (200 hostile ones, 20 of ten users)
	cargo test --quiet --test todos -- --exact random::hostile_schedules ten_users::ten_users --nocapture | grep -Ev '^(running|test) |^\.*$$'

sim-notes: | rust ## The same of the simulator of notes (300 pairs of devices, 200 hostile schedules)
	cargo test --quiet --test notes -- --exact random::hostile_schedules two_devices::two_devices_edit_one_note --nocapture | grep -Ev '^(running|test) |^\.*$$'

bench: $(PACKAGE) | chromium ## Measures sealing, opening and reading in Chromium against bare WebCrypto (benches/README.md)
	node benches/run.mjs

docs: $(PACKAGE) ## Makes the reference of the API in target/docs/
	node docs/reference/build.mjs
	@echo "target/docs/index.html"

check: lint-rust lint-package size ## Runs formatter, linters, type checks, package checks and the size gate
	node scripts/check-tree.mjs

size: $(PACKAGE) ## Prints what a page loads, against budget.json
	@node scripts/size.mjs

test-rust: | rust
	cargo test

test-node: $(PACKAGE) $(DIST) | chromium
	node --test --test-reporter=spec tests/*/*.test.mjs

# One after the other: each starts two browsers and a server.
test-engines: $(PACKAGE) | chromium firefox webkit
	node --test --test-concurrency=1 --test-reporter=spec tests/engines/{chromium,firefox,webkit}.mjs

lint-rust: | rust
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings
	cargo clippy --all-targets --target wasm32-unknown-unknown -- -D warnings
	cargo clippy --all-targets --target wasm32-unknown-unknown --features glint -- -D warnings
	cargo clippy --all-targets --target wasm32-unknown-unknown --features typelets -- -D warnings

lint-package: $(PACKAGE)
	tsc --noEmit -p pkg-template
	tsc --noEmit -p www-demo/worker
	npm run --silent typecheck -w www-demo/app
	node docs/reference/build.mjs --check
	publint --strict pkg
	attw --pack pkg --profile esm-only --exclude-entrypoints react.css sealwire.wasm sealwire.wasm.deflate

$(NPM): package-lock.json | node
	@echo "setup: installing npm packages into node_modules/" >&2
	npm ci --loglevel=error

# One module for each engine: the feature chooses.
$(WASM) $(WASM_GLINT) $(WASM_TYPELETS): $(CRATE) $(NPM) | rust wasm
	RUSTFLAGS="$(TRIM_PATHS) $(SMALLER)" wasm-pack --log-level warn build --mode no-install --target web --release --no-pack --out-dir $(@D) $(FEATURES)

$(WASM_GLINT): FEATURES := -- --features glint
$(WASM_TYPELETS): FEATURES := -- --features typelets

# The link lets the app and the type tests find the package under its name.
$(PACKAGE): $(WASM) $(WASM_GLINT) $(WASM_TYPELETS) $(TEMPLATE) $(NPM)
	node scripts/build-package.mjs
	ln -sfn ../pkg node_modules/sealwire

$(DIST): $(PACKAGE) $(APP)
	npm run --silent build -w www-demo/app

rust wasm node chromium firefox webkit:
	@scripts/setup.sh $@
