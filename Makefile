# Paths are relative throughout: the clone may lie anywhere, in a directory with spaces too.
# Python starts three times as fast from its cache; what nothing imports is never compiled.
unexport PYTHONDONTWRITEBYTECODE
# One process more than there are processors: most wait for PostgreSQL, or for a program they started. A file's tests
# stay in one of them, in the order in which they stand.
PARALLEL = -n $$(($$(nproc) + 1)) --dist loadfile --no-loadscope-reorder
.DEFAULT_GOAL := help
.PHONY: help up test test-clients conformance check trust lock docs pictures vendor bench bench-load environment environment-dev \
  environment-test environment-clients

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

up: environment ## install what is missing, load the default datasets, serve on http://127.0.0.1:8000/
	@.venv/bin/python -m otn up

test: environment-test ## install what tests need and run them
	.venv/bin/python -m pytest -m "not trust and not clients and not conformance" $(PARALLEL)

test-clients: environment-clients ## install the programs of others that read OTN, and run them against it
	.venv/bin/python -m pytest -m clients -s

conformance: environment-test ## run the tests named as in the OGC test suites; fewer than recorded fail
	.venv/bin/python -m pytest tests/conformance -m conformance -p tests.conformance.record

trust: environment-test ## the long tests: many kills, long hypothesis runs
	.venv/bin/python -m pytest -m trust

check: environment-dev ## lint, format, types, layers, lock files
	scripts/lock.sh --check
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/python -m mypy
	.venv/bin/lint-imports

lock: environment-dev ## write the lock files anew from pyproject.toml
	scripts/lock.sh

docs: environment ## write the generated pages of docs/ anew
	.venv/bin/python docs/generate.py

pictures: environment-clients ## take the pictures of docs/ from the service that `make up` runs
	.venv/bin/python docs/pictures.py

bench: environment-dev ## measure OTN beside its peers on half a million roads; write docs/benchmarks.md
	@scripts/install-system.sh --server
	@scripts/install-bench.sh
	.venv/bin/python -m bench

bench-load: environment-dev ## measure OTN's loads beside osm2pgsql and ogr2ogr; write docs/benchmarks-load.md
	@scripts/install-system.sh --server
	@scripts/install-bench.sh --load
	.venv/bin/python -m bench.load

vendor: ## copy what OTN reads or serves of npm packages into the tree (needs Node)
	scripts/vendor.sh

environment:
	@scripts/install-system.sh $$([ -n "$$OTN_DATABASE_URL" ] || echo --server)
	@scripts/make-venv.sh requirements.lock

environment-dev:
	@scripts/install-system.sh
	@scripts/make-venv.sh requirements-dev.lock

environment-test:
	@scripts/install-system.sh --test
	@scripts/make-venv.sh requirements-dev.lock

environment-clients:
	@scripts/install-system.sh --clients
	@scripts/make-venv.sh requirements-dev.lock
	@scripts/make-web-clients.sh
	@scripts/make-schemas.sh
