# Every target does the set-up it needs. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help setup demo dataspace serve test postgres check soak mutations acceptance lint types floors laws golden bench screenshots docs messages locks clean
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv
# Each process goes through its own stretch of the tests in their order, so that what a module or
# the session shares is mostly made once; whoever is done takes from the end of what others have.
PYTEST := $(BIN)/pytest --dist worksteal
# Tests start many processes and rewrite their own assertions: none compiles what another did.
unexport PYTHONDONTWRITEBYTECODE

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

.venv/uv.done: locks/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "error: Doumen needs Python 3.11 or newer; set PYTHON=…" >&2; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r locks/uv.txt
	@touch $@

# Node as a wheel, where the machine has none: 61 MB that others need not load.
.venv/node.done: .venv/uv.done locks/node.txt
	@{ command -v npm && command -v node; } >/dev/null || $(UV) pip install --quiet --require-hashes -r locks/node.txt
	@touch $@

# What the browser files are made of; the build hook makes them anew where these changed.
PAGES := hatch_build.py $(wildcard src/doumen/faces/web/browser/*) src/doumen/faces/web/browser/.npmrc

.venv/demo.done: .venv/node.done locks/demo.txt pyproject.toml $(PAGES)
	$(UV) pip install --quiet --compile-bytecode --require-hashes -r locks/demo.txt
	$(UV) pip install --quiet --no-build-isolation --no-deps -e .
	@touch $@

.venv/dev.done: .venv/node.done locks/all.txt pyproject.toml $(PAGES)
	$(UV) pip install --quiet --compile-bytecode --require-hashes -r locks/all.txt
	$(UV) pip install --quiet --no-build-isolation --no-deps -e .
	@touch $@ .venv/demo.done

# A Chromium, and what holds pages against the rules of accessibility.
TRIED := tools/browser.py $(wildcard tests/browser/npm/*/package-lock.json)
.venv/browser.done: .venv/dev.done $(TRIED)
	$(BIN)/python tools/browser.py
	@touch $@

setup: .venv/browser.done ## make the virtual environment with all tools, and a browser for tests
demo: .venv/demo.done ## run the whole thread on real data, in ./demo
	@$(BIN)/python tools/demo.py

dataspace: .venv/demo.done ## three organisations agree, ask across and prove, in ./demo/dataspace
	@$(BIN)/python tools/dataspace.py

serve: .venv/demo.done ## leave the node of the demo running, with three tokens
	@test -f demo/node/doumen.toml || $(BIN)/python tools/demo.py
	@$(BIN)/python tools/network.py demo/node

test: .venv/browser.done ## run the tests (PYTEST_ARGS=… to choose)
	$(PYTEST) -m "not soak" -n 2 $(PYTEST_ARGS)

postgres: .venv/browser.done ## run all tests with every node on a PostgreSQL started for them
	DOUMEN_TEST_STORE=postgresql $(PYTEST) -m "not soak" -n 2 $(PYTEST_ARGS)

bucket: .venv/dev.done ## run all tests of the laws with every lake in a bucket started for them
	DOUMEN_TEST_LAKE=s3 $(PYTEST) -m "law and not soak" -n 2 $(PYTEST_ARGS)

lint: .venv/dev.done ## style, formatting, sizes of files, addresses in lock files
	$(BIN)/ruff check src tests tools bench hatch_build.py
	$(BIN)/ruff format --check src tests tools bench hatch_build.py
	$(BIN)/python tools/house.py

types: .venv/dev.done ## mypy, strict, tests included
	$(BIN)/mypy

floors: .venv/dev.done ## the floors of the house (import-linter)
	$(BIN)/lint-imports --no-cache

laws: .venv/dev.done ## the laws, as property tests
	$(PYTEST) -m "law and not soak" -n 2

# Tests of the whole, from outside. They run without coverage, which would slow every process.
FAR := tests/browser tests/docs tests/golden tests/hostile tests/journeys tests/laws tests/load

check: .venv/browser.done lint types floors ## everything that must hold before a commit
	rm -f .coverage .coverage.*
	$(BIN)/coverage erase
	$(PYTEST) -m "not soak" -n 2 --durations=25 --cov --cov-report= $(FAR:%=--ignore=%) $(PYTEST_ARGS)
	$(BIN)/python tools/coverage_floor.py
	$(PYTEST) -m "not soak" -n 2 --durations=25 $(FAR)
	$(BIN)/python tools/reference.py --check
	$(BIN)/python tools/signatures.py --check
	$(BIN)/python tools/messages.py --check

soak: .venv/dev.done ## the full counts of kills, fuzzing and load; writes bench/SOAK.md
	DOUMEN_TEST_FULL=1 $(PYTEST) -m "soak or hypothesis" -n 2 --timeout=3600 $(PYTEST_ARGS)

mutations: .venv/dev.done ## break the code on purpose and hold that the laws notice
	$(BIN)/python tools/mutations.py

acceptance: .venv/dev.done ## rerun the commands of docs/acceptance.md
	$(BIN)/python tools/acceptance.py

golden: .venv/dev.done ## rewrite the golden files; review them as code
	DOUMEN_GOLDEN=1 $(PYTEST) -m "not soak" tests/golden tests/faces tests/rooms/analyse/chart -n 2

bench: .venv/dev.done ## measure beside the bare tools; writes bench/RESULTS.md
	$(BIN)/python -m bench

screenshots: .venv/browser.done ## draw the pages into docs/screenshots
	DOUMEN_SCREENSHOTS=1 $(PYTEST) -n 2 tests/browser/test_matrix.py

docs: .venv/dev.done ## write the generated reference
	$(BIN)/python tools/reference.py
	$(BIN)/python tools/signatures.py

messages: .venv/dev.done ## gather what is said into the catalogue, and compile it
	$(BIN)/python tools/messages.py

locks: .venv/uv.done ## resolve the dependencies anew (needs network)
	$(UV) pip compile $(LOCK) pyproject.toml --all-extras --group dev -o locks/all.txt
	$(UV) pip compile $(LOCK) pyproject.toml --extra df --extra service --group build --group demo -c locks/all.txt -o locks/demo.txt
	$(UV) pip compile $(LOCK) --group node -o locks/node.txt
	$(BIN)/python tools/npm.py src/doumen/faces/web/browser $(wildcard tests/browser/npm/*)
LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

clean: ## remove the virtual environment and caches
	rm -rf .venv demo src/doumen/faces/web/static .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
