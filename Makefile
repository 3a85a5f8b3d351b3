# Every target works on a machine that has only Python 3.11, pip and make; what it needs goes into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Over all cores, the tests of one file together: they share what is slow to make.
SPREAD := -n auto --dist loadfile
QUICK := tests/unit tests/property tests/contracts
KERNEL := $(wildcard src/elchi/screening/*.c)

.PHONY: install demo test nightly coverage lint check bench lock words clean

install: $(STAMP)

$(STAMP): requirements.lock pyproject.toml setup.py $(KERNEL)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Elchi needs Python 3.11 or newer; set PYTHON=/path/to/python3.11" >&2; exit 1; }
	@awk '/^[a-z]/ {on = /^uv==/} on' requirements.lock > $(VENV)/uv.lock
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $(VENV)/uv.lock
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

demo: install
	@$(BIN)/elchi demo

test: lint
	$(BIN)/pytest -q $(SPREAD) $(QUICK) tests/integration tests/node
	$(BIN)/python tests/postgres.py $(BIN)/pytest -q $(SPREAD) tests/node
	$(BIN)/pytest -q tests/browser || $(BIN)/pytest -q --last-failed tests/browser  # Chromium at times breaks off a page

coverage: install  # apart from the tests, whose time it doubles
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -q $(SPREAD) $(QUICK) tests/integration tests/node
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

# What takes long, or needs root: a power cut on a file system of its own.
nightly: install
	$(BIN)/pytest -q -rs tests/nightly

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint
	$(BIN)/pytest -q $(SPREAD) $(QUICK)

bench: install
	@test -n "$(NAME)" || { echo "make bench NAME=exchange|desk|names|index|keys|mrz|lists|figures|picture|private-match|interpol-side|scan|offline-copy|seal|start [ARGS=...]" >&2; exit 2; }
	@$(BIN)/python -m bench.$(subst -,_,$(NAME)) $(ARGS)

lock: install
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev pyproject.toml --output-file requirements.lock

words: install
	@for words in src/elchi/locale/*/LC_MESSAGES/*.po; do $(BIN)/pybabel -q compile --input-file $$words --output-file $${words%.po}.mo; done

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*
