# make run: the whole product on an invented operation. make test: every check that needs no whole product;
# make test-all: those that start it, and draw each of its pages in a browser.

BIN = .venv/bin
PYTEST = $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

.PHONY: setup run test test-all lock sbom coverage bench docs pictures clean

setup:
	@.ci/setup runtime

run: setup
	@exec $(BIN)/python app.py serve --demo

test:
	@.ci/setup development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST) -m "not whole_product"

test-all:
	@.ci/setup development
	$(PYTEST) -m whole_product

# Pins every package of requirements*.in, for Python 3.11 to 3.14. What is pinned stays; LOCK=--upgrade takes the newest.
LOCKED = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --custom-compile-command 'make lock' $(LOCK)
lock:
	@.ci/setup development
	$(LOCKED) requirements.in --output-file requirements.txt
	$(LOCKED) requirements-dev.in --constraint requirements.txt --output-file requirements-dev.txt

# sbom.json (CycloneDX), the licences, and what is known against the packages.
sbom:
	@.ci/sbom

# How much of metrics and services the tests reach.
coverage:
	@.ci/setup development
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --cov --cov-report=term:skip-covered

bench:
	@.ci/setup development
	@for script in bench/bench_*.py; do echo "== $$script"; $(BIN)/python -m bench.$$(basename $$script .py) || exit 1; done

# The site of docs/, into site/.
docs:
	@.ci/setup development
	$(BIN)/python -m mkdocs build

pictures:
	@.ci/setup development
	$(BIN)/python -m tests.browser.pictures

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage state/demo pictures site
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
