# One command per intent. `make demo` shows a living city; `make test` is what CI runs. Both set themselves up.
PYTHON ?= python3
PY := .venv/bin/python
LOG ?= demo
# The city that the demo shows: a folder of streams/places.
PLACE ?= 4101
SOAK_MINUTES ?= 30
# The files of others, which are no part of this project.
DATA ?= ../shared/data
# How long `make torture` goes on; SEED=N repeats a plan.
TORTURE_SECONDS ?= 180
# Processes for the tests with a broker and a browser: they wait more than they compute.
JOBS ?= 3
# Partitions of a topic in these tests: of each a worker has a producer, which it takes up at its start. Those that are alone, and
# chaos, have the four of the settings.
PARTITIONS ?= 2

# Compiled modules are kept, whatever the shell says: a test starts hundreds of processes, each of which would compile them anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup chromium faketime mosquitto senders demo check lint-js js test unit docs signs screenshots bench bench-screen real-use chaos torture attack soak soak-wall lock clean

help:  ## what there is
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: .venv/.ready  ## make .venv from the lock

.venv/.ready: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo "Python 3.11, 3.12 or 3.13 is needed; $$($(PYTHON) --version 2>&1) was found: set PYTHON=python3.13" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "the venv module is missing: install python3-venv" >&2; exit 1; }
	@.venv/bin/pip install -q uv==0.13.9
	@.venv/bin/uv pip sync -q --require-hashes requirements.lock
	@touch $@

tools/js/node_modules/.ready: tools/js/package-lock.json .venv/.ready
	@scripts/node npm --prefix tools/js ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

chromium:
	@scripts/chromium

faketime:
	@scripts/faketime

mosquitto:
	@scripts/mosquitto

senders:
	@scripts/senders

demo: setup  ## a living simulated city on one screen (PLACE=4103: Luoyang); Ctrl-C stops it, data stay in .onescreen/
	@ONESCREEN_PLACE=$(PLACE) ONESCREEN_DATA=$${ONESCREEN_DATA:-.onescreen$(if $(filter-out 4101,$(PLACE)),/$(PLACE))} scripts/demo

check: setup lint-js  ## ruff, mypy --strict, import contracts, rooms and sizes, catalogue, rules, statutes, duty lists; ESLint and tsc over the pages' scripts
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@$(PY) -m pytest -q tests/unit/project/test_house.py
	@$(PY) -m streams catalogue lint
	@$(PY) -m agents rules check
	@$(PY) -m agents rules test
	@$(PY) -m agents law check
	@$(PY) -m agents routes check --place 4101
	@$(PY) -m agents routes check --place 4103

lint-js: tools/js/node_modules/.ready  ## ESLint and tsc over the pages' scripts
	@scripts/node tools/js/node_modules/.bin/eslint --config tools/js/eslint.config.js screen/static tests/js tools/js
	@scripts/node tools/js/node_modules/.bin/tsc --project tools/js

js: setup  ## the tests of the pages' pure modules, by Node's own runner
	@scripts/node --disable-warning=MODULE_TYPELESS_PACKAGE_JSON --test --test-reporter=dot 'tests/js/*.test.js'

unit: setup js  ## the pure tests alone, on all cores
	@$(PY) -m pytest -q -n auto --dist worksteal --durations=15 --doctest-modules streams agents fixtures tests/unit tests/cases tests/golden

test: setup chromium mosquitto senders check unit  ## everything that CI runs: the pure tests, then those with a real broker and a real browser
	@ONESCREEN_PARTITIONS=$(PARTITIONS) $(PY) -m pytest --durations=15 -n $(JOBS) --dist worksteal -m "not chaos and not alone" tests/kafka tests/browser
	@ONESCREEN_COLD=1 $(PY) -m pytest --durations=5 -m "alone and not chaos" tests/kafka tests/browser

docs: setup  ## write the rule book, a page for each domain, into docs/rules
	@$(PY) -m agents rules docs docs/rules

signs: setup  ## write the rules of the crossings of signs, made of the book of signs
	@$(PY) -m agents sign rules agents/domains/signs/rules.toml

screenshots: setup chromium  ## take the pictures of the documents, of a seeded city, into docs/pictures
	@$(PY) -m tests.screenshots

chaos: setup chromium faketime mosquitto  ## kills, frozen workers, a broker away, bad networks, stepped clocks, poison: the slow tests
	@ONESCREEN_COLD=1 $(PY) -m pytest -m chaos tests/chaos tests/kafka tests/browser

torture: setup mosquitto  ## everything killed, frozen, cut off and filled up at random (SEED, TORTURE_SECONDS), then counted: docs/measured/nothing-lost.md
	@ONESCREEN_COLD=1 $(PY) -m pytest -s -m chaos tests/chaos/torture $(if $(SEED),--torture-seed $(SEED)) --torture-seconds $(TORTURE_SECONDS)

attack: setup  ## garbage in every topic, poison in the log, forgeries, hung transactions, every right of every part, an upgrade part by part: the slow tests
	@ONESCREEN_COLD=1 $(PY) -m pytest -m chaos tests/chaos/test_garbage.py tests/chaos/test_poison_kafka.py tests/chaos/test_forgeries.py tests/chaos/test_seals.py tests/chaos/test_upgrade.py
	@$(PY) -m pytest tests/kafka/log/test_garbage.py tests/kafka/log/test_access.py tests/kafka/worker/test_transactions.py tests/kafka/services/test_sealed.py
	@$(PY) -m pytest tests/unit/stages/test_canary.py tests/unit/proofs tests/unit/view/test_sealed_view.py

soak: setup  ## half an hour (SOAK_MINUTES) at a steady rate with flat memory; writes docs/measured/soak.md and its graph
	@$(PY) -m tests.soak.worker --minutes $(SOAK_MINUTES)

soak-wall: setup chromium  ## half an hour (SOAK_MINUTES) of the wall in a real browser with flat memory; writes docs/measured/soak-wall.md and its graph
	@$(PY) -m tests.soak.wall --minutes $(SOAK_MINUTES)

bench: setup chromium  ## speed beside other engines, delay, growth: writes docs/measured/benchmarks.md and .json
	@$(PY) -m tests.bench

bench-screen: setup chromium  ## event to pixels, viewers, first paint, crowds: writes docs/measured/benchmarks-screen.md and .json
	@$(PY) -m tests.benchscreen

real-use: setup  ## the files of others (DATA) through gateways, worker and archive, each number beside pandas'; writes docs/measured/real-use.md
	@$(PY) -m tests.realuse $(DATA) --out docs/measured/real-use.md

lock: setup  ## renew requirements.lock, and of it requirements-prod.lock without test tools, after a change in pyproject.toml
	@.venv/bin/uv pip compile -q pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --no-header -o requirements.lock
	@.venv/bin/uv pip compile -q pyproject.toml --constraint requirements.lock --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --no-header -o requirements-prod.lock

clean:  ## remove .venv and all data
	rm -rf .venv .onescreen tools/js/node_modules
