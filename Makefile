# make run    a paper account and a chat page in the browser
# make test   the whole suite
# make soak   100,000 checks in virtual time: memory, tasks and files stay what they were
# make chaos  a thousand simulated days of faults (DAYS=100 for fewer)
# make mutants  plant bugs, known ones and 60 drawn by SEED, and see that tests notice each
# make crowd  a hostile crowd around the real process (MINUTES=60)
# make package  the wheel, installed by every Python 3.12 and 3.13 that is here, with its libraries from the index
# make pythons  the whole suite, by every Python 3.12 and 3.13 that is here
# make full   the whole suite, with every case of what a usual run tries a part of
# make nightly  package, pythons, mutants, chaos, crowd, soak, full and bench
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# More than the two cores that CI has: many tests wait for processes.
WORKERS := -n 4 --dist loadgroup

PYTHONS ?= python3.12 python3.13 $(wildcard $(HOME)/.pyenv/versions/3.12.*/bin/python3.12 $(HOME)/.pyenv/versions/3.13.*/bin/python3.13)

.PHONY: run test check lint full bench soak chaos crowd mutants package pythons nightly clean

run: $(VENV)/runtime
	@$(BIN)/python bot.py

test: $(VENV)/dev
	@sh scripts/chromium.sh
	@$(BIN)/python -m pytest $(WORKERS)

# `make -j2 check` runs both at once.
check: lint test

lint: $(VENV)/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

full: $(VENV)/dev
	@sh scripts/chromium.sh
	@TGTP_TESTS_FULL=1 $(BIN)/python -m pytest $(WORKERS)

bench: $(VENV)/dev
	@$(BIN)/python -m bench

soak: $(VENV)/dev
	@$(BIN)/python -m tests.soak --checks 100000

chaos: $(VENV)/dev
	@$(BIN)/python -m tests.chaos --days $(or $(DAYS),1000)

mutants: $(VENV)/dev
	@$(BIN)/python -m tests.mutants --drawn $(or $(DRAWN),60) --seed $(or $(SEED),1)

crowd: $(VENV)/dev
	@$(BIN)/python -m tests.chaos.crowd --minutes $(or $(MINUTES),60)

package: $(VENV)/dev
	@for python in $(PYTHONS); do \
	  if $$python -c '' 2>/dev/null; then \
	    echo "$$python:"; TGTP_PYTHON=$$python $(BIN)/python -m pytest -q tests/e2e/test_package.py || exit 1; \
	  else \
	    echo "$$python is not here"; \
	  fi; \
	done

pythons:
	@for python in $(PYTHONS); do \
	  if version=$$($$python -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null); then \
	    echo "$$python:"; $(MAKE) test PYTHON=$$python VENV=.venv-$$version || exit 1; \
	  else \
	    echo "$$python is not here"; \
	  fi; \
	done

nightly: package pythons mutants chaos crowd soak full bench

clean:
	rm -rf .venv .venv-* build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/runtime: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "tgtp needs Python 3.11 or newer; name one: make run PYTHON=python3.12"; exit 1; }
	@echo "Setting up the virtual environment in $(VENV) (once, one to three minutes) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off --require-hashes -r requirements.txt
	@touch $@

$(VENV)/dev: $(VENV)/runtime requirements-dev.txt
	@echo "Installing what the tests need (once, some minutes) ..."
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off --require-hashes -r requirements-dev.txt
	@touch $@
