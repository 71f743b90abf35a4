# Two commands on a fresh machine: `make demo` and `make test`. Each sets up what it needs.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
LOCKED := --no-deps --require-hashes --only-binary :all:
LANES ?= not s3 and not postgres

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo test check format bench fonts samples docs clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# Debian's python3.11 has no ensurepip: the machine's pip brings one into the environment, which then serves itself.
$(BIN)/pip: deploy/pip.lock
	$(PYTHON) -m venv --without-pip $(VENV)
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --ignore-installed $(LOCKED) -r deploy/pip.lock
	touch $@

$(VENV)/.app: deploy/requirements.lock pyproject.toml | $(BIN)/pip
	$(PIP) install --quiet $(LOCKED) -r deploy/requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: deploy/requirements-dev.lock $(VENV)/.app
	$(PIP) install --quiet $(LOCKED) -r deploy/requirements-dev.lock
	touch $@

install: $(VENV)/.app ## Install the application into .venv, from the lock

install-dev: $(VENV)/.dev ## The same with the developers' tools

demo: $(VENV)/.app ## Upload the samples, watch them decided; ONCE=1 stops afterwards
	$(BIN)/python -m cli.demo $(if $(ONCE),--once)

test: $(VENV)/.dev ## Run the tests; LANES="s3 or postgres" for the lanes that need a server
	$(BIN)/python -m pytest -m "$(LANES)"

check: $(VENV)/.dev ## Format, lint, types, layers, and the tests that need neither models nor servers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -m "not ocr and not flow and not s3 and not postgres"

format: $(VENV)/.dev ## Put the code in form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only --quiet .

bench: $(VENV)/.dev ## Accuracy and speed, tables and dated JSON in bench/results
	$(BIN)/python -m bench.accuracy
	$(BIN)/python -m bench.speed

fonts: ## Fonts that the specimens are drawn with, from Debian, if missing
	sh fixtures/install-fonts.sh

samples: $(VENV)/.app fonts ## Draw the committed samples anew
	$(BIN)/python -m fixtures.draw

docs: $(VENV)/.app ## Write docs/codes.md from the catalogue
	$(BIN)/python -m cli.codes > docs/codes.md

clean: ## Remove the environment and the demo's workspace
	rm -rf $(VENV) workspace
