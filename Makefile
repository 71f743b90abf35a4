# Two commands on a fresh machine: `make demo` and `make test`. Each sets up what it needs.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
LOCKED := --no-deps --require-hashes --only-binary :all:
PLAIN := not s3 and not postgres and not browser and not flow and not slow and not long
LANES ?= $(PLAIN)
# The plain and the long tests run in several processes, a file in one of them; the others share servers, or look at the clock.
SPREAD := --numprocesses logical --maxprocesses 4 --dist loadfile --inline-snapshot disable
BENCHES := receiver floods outbound durability scene fairness accuracy reality sheets watermarks other_documents families passports quality margins copies names verification rare duplicates register register_import judging batches rereading upload desk reviewer mutants peers speed runtimes damage resolution fuzz
N ?= 1000
MINUTES ?= 5

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo test check static format bench bench-full fuzz fonts samples specimens sheets pictures docs clean

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

install-dev: $(VENV)/.dev ## Install the application and the developers' tools

demo: $(VENV)/.app ## Upload the samples, watch them decided; ONCE=1 stops afterwards
	$(BIN)/python -m cli.demo $(if $(ONCE),--once)

test: $(VENV)/.dev ## Run the tests; LANES="s3 or postgres", LANES=long or LANES="browser or flow or slow" for the others
	$(BIN)/python -m pytest -m "$(LANES)" $(if $(filter long,$(LANES))$(findstring $(PLAIN),$(LANES)),$(SPREAD))

check: static ## Format, lint, types, layers, and the tests that need neither models nor servers
	$(BIN)/python -m pytest -q -m "$(PLAIN) and not ocr" $(SPREAD)

static: $(VENV)/.dev ## Format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev ## Format the code and fix what ruff can fix
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only --quiet .

bench: $(VENV)/.dev fonts ## Run every bench at its small size, in minutes; prints tables, writes dated JSON to bench/results
	for bench in $(BENCHES); do $(BIN)/python -m bench.$$bench || exit; done

bench-full: $(VENV)/.dev fonts ## Run every bench at its full size, in hours
	for bench in $(BENCHES); do $(BIN)/python -m bench.$$bench --full || exit; done

fuzz: $(VENV)/.dev ## Mutate files, notifications and manifests for MINUTES=5; continues where the last call stopped
	$(BIN)/python -m bench.fuzz --minutes $(MINUTES)

fonts: ## Install the specimens' fonts from Debian, if missing
	sh fixtures/install-fonts.sh

samples: $(VENV)/.app fonts ## Draw the committed samples again
	$(BIN)/python -m fixtures.draw

specimens: $(VENV)/.app fonts ## Draw a set of specimens with N pages into build/specimens (N=12000)
	$(BIN)/python -m fixtures.specimens $(N)

sheets: $(VENV)/.app fonts ## Draw the contact sheets of docs/specimens.md again
	$(BIN)/python -m fixtures.sheets

pictures: $(VENV)/.dev ## Take the screenshots of the documents again; look at each before you commit it
	$(BIN)/python -m pytest -m browser --screenshots tests/web/desk/test_manual_pictures.py \
	  tests/web/desk/test_dashboard_browser.py tests/flows/test_run_page.py

docs: $(VENV)/.dev ## Write the generated pages: codes, commands, configuration, benchmarks, JSON Schemas
	$(BIN)/python -m cli.codes > docs/codes.md
	$(BIN)/python -m cli.schemas
	$(BIN)/python -m cli.reference
	$(BIN)/python -m bench.published

clean: ## Remove the environment and the demo's workspace
	rm -rf $(VENV) workspace
