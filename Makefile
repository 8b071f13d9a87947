# labeltrust: two commands for everybody (demo, test), the rest for developers.
PYTHON ?= python3
VENV := .venv
AUDIT := .venv-audit
PEERS := .venv-bench
SPARK := .venv-spark
SITE := .venv-site
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest
JOBS ?= 2
DEMO_ARGS ?=
BENCH_ARGS ?=
MUTATIONS_ARGS ?=
REDTEAM_ARGS ?=
LABELSTUDIO_ARGS ?=
FUZZ_ARGS ?=
CHAOS_ARGS ?=
SPARK_ARGS ?=

.PHONY: help demo test labelstudio mutations secrets forged chaos spark fuzz check format lint types imports migrate seed serve lock bench redteam docs site audit sbom clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(BIN)/uv: requirements/tools.lock
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.lock
	touch $@

$(VENV)/.base: $(BIN)/uv requirements/base.lock pyproject.toml
	test -e $(VENV)/.dev || $(BIN)/uv pip install --python $(BIN)/python --quiet --require-hashes --compile-bytecode -r requirements/base.lock
	$(BIN)/uv pip install --python $(BIN)/python --quiet --no-deps --no-build-isolation -e .
	$(BIN)/python -m labeltrust.web.vega_bundle
	touch $@

$(VENV)/.dev: $(BIN)/uv requirements/dev.lock pyproject.toml
	$(BIN)/uv pip install --python $(BIN)/python --quiet --require-hashes --compile-bytecode -r requirements/dev.lock
	$(BIN)/uv pip install --python $(BIN)/python --quiet --no-deps --no-build-isolation -e .
	$(BIN)/python -m labeltrust.web.vega_bundle
	touch $@ $(VENV)/.base

demo: $(VENV)/.base ## install, sample data, assessment, server with the console on 127.0.0.1:8000
	$(BIN)/labeltrust demo $(DEMO_ARGS)

test: check ## install with test extras; every check and test, on SQLite and PostgreSQL
	OMP_NUM_THREADS=1 $(PYTEST) -n $(JOBS) --dist loadscope

labelstudio: $(VENV)/.dev ## a real Label Studio end to end: installs it apart, labels, loses events, reconciles
	$(BIN)/python tests/labelstudio $(LABELSTUDIO_ARGS)

mutations: $(VENV)/.dev ## 700 ways to tamper with a history on each database, and 20 clean ones; some minutes
	$(BIN)/python tests/mutations.py $(MUTATIONS_ARGS)

fuzz: $(VENV)/.dev ## made-up requests, payloads and histories for an hour; FUZZ_ARGS="--minutes 5" for less
	$(BIN)/python tests/fuzz $(FUZZ_ARGS)
	LABELTRUST_TEST_FUZZ_FACTOR=20 $(PYTEST) -q --timeout 3600 tests/properties/test_machines.py tests/contract/test_mutated_payloads.py tests/web/test_filters.py

secrets: $(VENV)/.dev ## canary secrets through real servers on both databases, and where they were not found
	LABELTRUST_TEST_FUZZ_FACTOR=2 $(PYTEST) -q tests/integration/test_canaries.py

forged: $(VENV)/.dev ## forged and captured deliveries, secrets rotated under load, keys revoked, slow sockets: how many were taken
	LABELTRUST_TEST_FUZZ_FACTOR=20 $(PYTEST) -q tests/web/test_forged.py tests/web/test_rotation.py tests/web/test_key_lives.py tests/web/test_proof_of_origin.py
	LABELTRUST_TEST_FUZZ_FACTOR=20 $(PYTEST) -q tests/web/test_slow_sockets.py

chaos: $(VENV)/.dev ## kills, full disks, lost syncs, two servers, poison: what was answered stays; docs/chaos.md
	$(BIN)/python tests/chaos $(CHAOS_ARGS)

$(SPARK)/.ready: $(BIN)/uv requirements/spark.lock pyproject.toml
	$(PYTHON) -m venv $(SPARK)
	$(BIN)/uv pip install --python $(SPARK)/bin/python --quiet --require-hashes --compile-bytecode -r requirements/spark.lock
	$(BIN)/uv pip install --python $(SPARK)/bin/python --quiet --no-deps --no-build-isolation -e .
	touch $@

spark: $(SPARK)/.ready ## counting on a Spark cluster of this machine, one worker killed: the same bits; installs it and Java 17 apart
	tests/spark/with_java $(SPARK)/bin/python -m pytest tests/spark -q -p no:cacheprovider --timeout 1200 $(SPARK_ARGS)

check: format lint types imports site ## formatting, lint, types, layers, links of the documentation

format: $(VENV)/.dev
	$(BIN)/ruff format --check .

lint: $(VENV)/.dev
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/mypy

imports: $(VENV)/.dev
	$(BIN)/lint-imports

migrate: $(VENV)/.base ## schema to the newest version
	$(BIN)/labeltrust migrate

seed: $(VENV)/.dev ## make the sample data again, byte for byte
	$(BIN)/python -m labeltrust.simulate

serve: $(VENV)/.base ## the server on the data folder var/
	$(BIN)/labeltrust serve

redteam: $(VENV)/.dev ## every attack beside the peers, over two hours on two cores; report in docs/redteam
	$(BIN)/python benchmarks/redteam.py $(REDTEAM_ARGS)

$(PEERS)/.ready: $(BIN)/uv requirements/bench.lock
	$(PYTHON) -m venv $(PEERS)
	$(BIN)/uv pip install --python $(PEERS)/bin/python --quiet --require-hashes -r requirements/bench.lock
	touch $@

bench: $(VENV)/.dev $(PEERS)/.ready ## every benchmark beside its peer, as ratios; one that misses its aim does not end the others
	failed=; for script in $(filter-out benchmarks/redteam.py,$(wildcard benchmarks/[a-z]*.py)); do echo "== $$script"; $(BIN)/python $$script $(BENCH_ARGS) || failed="$$failed $$script"; done; test -z "$$failed" || { echo "missed their aim:$$failed"; exit 1; }

docs: $(VENV)/.dev ## charts and generated parts of docs/signals, rules and dashboards; the same every time
	$(BIN)/python docs/_build
	$(BIN)/python docs/_build/observability.py

build/promtool: ## what checks rules for Prometheus, out of the Debian package (as root: apt-get update first)
	mkdir -p build/deb && chmod 777 build/deb && rm -f build/deb/prometheus_*.deb
	test "$$(id -u)" != 0 || apt-get update -qq
	cd build/deb && apt-get download -qq prometheus
	dpkg-deb --fsys-tarfile build/deb/prometheus_*.deb | tar -x -C build --strip-components=3 ./usr/bin/promtool
	rm -rf build/deb && touch $@

$(SITE)/.ready: $(BIN)/uv requirements/site.lock
	$(PYTHON) -m venv $(SITE)
	$(BIN)/uv pip install --python $(SITE)/bin/python --quiet --require-hashes -r requirements/site.lock
	touch $@

site: $(VENV)/.dev $(SITE)/.ready ## the documentation in build/site, offline; a broken link is an error
	$(BIN)/python docs/_site
	cd build && ../$(SITE)/bin/zensical build --clean --strict

$(AUDIT)/.ready: requirements/audit.lock
	$(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/audit.lock
	touch $@

audit: $(AUDIT)/.ready ## every locked package looked up among known vulnerabilities
	$(AUDIT)/bin/python requirements/audit.py $(AUDIT)/bin/pip-audit requirements/base.lock requirements/dev.lock

sbom: $(AUDIT)/.ready ## what is inside, as CycloneDX, in build/sbom.json
	mkdir -p build
	$(AUDIT)/bin/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --output-file build/sbom.json requirements/base.lock

lock: ## lock files anew
	printf 'cyclonedx-bom\npip-audit\n' | $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet -o requirements/audit.lock -
	echo 'zensical' | $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet -o requirements/site.lock -
	echo 'irrCAC' | $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet -o requirements/bench.lock -
	echo 'uv' | $(BIN)/uv pip compile --universal --generate-hashes --no-header --quiet -o requirements/tools.lock -
	$(BIN)/uv pip compile --universal --generate-hashes --no-header --quiet --extra postgres --extra build -o requirements/base.lock pyproject.toml
	$(BIN)/uv pip compile --universal --generate-hashes --no-header --quiet --extra postgres --extra build --extra notebooks --extra dev -o requirements/dev.lock pyproject.toml
	printf 'hypothesis\npixeltable-pgserver\npytest\npytest-asyncio\npytest-timeout\n' | $(BIN)/uv pip compile --universal --generate-hashes --no-header --quiet --extra postgres --extra build --extra spark -o requirements/spark.lock pyproject.toml -

clean: ## forget the environment and the sample installation
	rm -rf $(VENV) $(AUDIT) $(PEERS) $(SPARK) $(SITE) var
