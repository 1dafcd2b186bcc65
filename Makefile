# Two commands matter: `make book` and `make test`. Both create the environment first.
# Works from any directory (make -C, make -f), in paths with spaces or Chinese characters.
SHELL := /bin/sh
PYTHON ?= python3
# Names of folders are data: no part of one is read by make or by a shell.
FILE := $(subst ','\'',$(value MAKEFILE_LIST))
HERE := $(shell cd "$$(dirname "$$(printf '%s' '$(FILE)' | sed 's/^ *//')")" && pwd -P)
export HERE
# The user's own settings of Python are for the user's own programs.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONOPTIMIZE PYTHONWARNINGS PYTHONINSPECT PYTHONDEBUG \
  PYTHONVERBOSE PYTHONPLATLIBDIR PYTHONUSERBASE PYTHONCASEOK PYTHONBREAKPOINT PYTHONSAFEPATH \
  PYTHONIOENCODING PYTHONUTF8 PYTHONPROFILEIMPORTTIME PYTHONDEVMODE PYTHONNODEBUGRANGES \
  PYTHONHASHSEED PYTHONEXECUTABLE PYTHONINTMAXSTRDIGITS PYTHONMALLOC PYTHONTRACEMALLOC \
  PYTHONDONTWRITEBYTECODE PYTHONPYCACHEPREFIX

ifneq ($(HERE),$(shell pwd -P))
.PHONY: $(MAKECMDGOALS) elsewhere
$(or $(MAKECMDGOALS),elsewhere):
	@$(MAKE) --no-print-directory -C "$$HERE" $(filter-out elsewhere,$@)
else

RUN := .venv/bin/python -m
# Modules are compiled when they are first imported: half of what is installed never is.
INSTALL := $(RUN) pip install --disable-pip-version-check --require-hashes --no-compile
LOCK := $(RUN) uv pip compile --universal --generate-hashes --no-header --no-annotate --upgrade
.PHONY: help env lab-env test-env lab book test quick weekly lint serve live chapter pdf twice bench measure times \
  faults fit clean lock screenshot screenshots budgets seal reference learn train wasm
.DEFAULT_GOAL := help

help: ## List the commands
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

# What an environment was made from stands in its file `ready`, byte for byte: times say nothing of
# content. One that was copied or moved with its folder imports from where it was, so it is made anew.
MADE_FROM = requirements.lock pyproject.toml setup.py
OF_HERE = grep -sqxF "$$HERE/book" .venv/lib/python3*/site-packages/__editable__.rebuilt*.pth && \
  .venv/bin/python -c "" 2>/dev/null

# pip's own script has the folder's name in it, for a shell to read; this one asks where it lies.
export COMMAND := exec "$$(dirname -- "$$(readlink -f -- "$$0")")/python" -P -m rebuilt.cli "$$@"

env: ## Create the environment of the book from requirements.lock (hashes checked)
	@{ $(OF_HERE) && cat $(MADE_FROM) | cmp -s - .venv/ready; } || $(MAKE) --no-print-directory .venv

lab-env: env
	@cmp -s requirements-lab.lock .venv/ready-lab || { \
	  echo "Installing about 40 more packages, for JupyterLab (0.1 GB) ..." && \
	  $(INSTALL) --no-deps -r requirements-lab.lock && \
	  cp requirements-lab.lock .venv/ready-lab; }

test-env: lab-env ## The same, and what checks the book, from requirements-test.lock
	@cmp -s requirements-test.lock .venv/ready-test || $(MAKE) --no-print-directory .venv/ready-test

.PHONY: .venv .venv/ready-test
.venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or later is needed; found: $$($(PYTHON) --version 2>&1)." \
	  "Name another one: make book PYTHON=/path/to/python3.12" >&2; exit 1; }
	@echo "Installing about 120 pinned packages into .venv (1 GB, a minute or two) ..."
	@$(OF_HERE) || rm -rf .venv
	$(PYTHON) -m venv .venv
	$(INSTALL) -r requirements.lock
	$(RUN) pip install --disable-pip-version-check --no-deps --no-build-isolation -q -e .
	@printf '%s\n' '#!/bin/sh' "$$COMMAND" > .venv/bin/rebuilt && chmod +x .venv/bin/rebuilt
	@cat $(MADE_FROM) > .venv/ready

.venv/ready-test:
	@echo "Installing about 40 more packages, for the checks (0.4 GB) ..."
	$(INSTALL) --no-deps -r requirements-test.lock
	@cp requirements-test.lock .venv/ready-test

book: env ## Check the data, execute every chapter, build the site into _build/html
	$(RUN) rebuilt.build --check

test: test-env ## Everything: lint, data, chapters, notebooks, site in a real browser
	@$(MAKE) --no-print-directory -j 2 lint book
	$(RUN) pytest -n 2 --dist loadfile --no-loadscope-reorder --durations 20

quick: test-env ## The inner loop, under a minute: style, and every test but those that build, compile, fit or drive a browser
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) pytest -n 2 --dist loadfile -q -m "not weekly and not slow" -p no:nbval

weekly: test-env book ## What is slow and seldom red, beside `make test`
	$(RUN) pytest -m weekly

lint: test-env ## Style, of code and of sentences, spelling, types, import rules
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) codespell_lib
	$(RUN) tools.cells
	$(RUN) tools.prose
	.venv/bin/python -c 'from importlinter.cli import lint_imports_command as run; run()' --no-cache

PORT ?= 8000
LAB_PORT ?= 8888
export PORT LAB_PORT NAME
serve: book ## Serve the site on loopback: http://127.0.0.1:8000, or make serve PORT=8001
	@$(RUN) rebuilt.build.serving --port "$$PORT"

live: test-env book ## The same, but a page that is saved is built and reloaded: make live PORT=8001
	@$(RUN) tools.live --port "$$PORT"

lab: lab-env ## Open the chapters as notebooks in JupyterLab; what is saved there is saved in book/
	$(RUN) rebuilt.build.lab --port "$$LAB_PORT"

chapter: env ## Rebuild one page: make chapter NAME=nvidia
	@test -n "$$NAME" || { echo "Which one? make chapter NAME=nvidia" >&2; exit 2; }
	$(RUN) rebuilt.build --chapter "$$NAME"

pdf: test-env ## Build the site with the whole book as one PDF (needs Debian's chromium)
	$(RUN) rebuilt.build --check --pdf

twice: env ## Build the whole book in two places, from nothing, and compare every byte
	$(RUN) tools.twice

bench: env ## Measure ratios side by side in one run
	$(RUN) tools.bench

measure: env ## Run the benchmark at full size and renew data/measured.csv (8 GB of disk, minutes)
	$(RUN) tools.bench --large --write
	$(RUN) rebuilt.cli check --seal

times: env ## Build from nothing, kernels compiled too, and renew data/chapter_times.csv, from which the status page prints it
	rm -rf _build/work _build/numba _build/drawings
	$(RUN) rebuilt.build
	$(RUN) tools.times --write
	$(RUN) rebuilt.cli check --seal

faults: test-env ## Plant every fault, print the table, and renew data/faults_caught.csv
	$(RUN) tests.faults --write
	$(RUN) rebuilt.cli check --seal

fit: env ## Fit the hardware model again and renew data/efficiencies.csv and what rests on it
	$(RUN) rebuilt.cli fit
	$(RUN) rebuilt.cli fit --answers
	$(RUN) rebuilt.cli check --seal

reference: ## Measure FLOPs on the real implementations (torch in an environment of its own, 2 GB)
	test -d .venv-reference || $(PYTHON) -m venv .venv-reference
	.venv-reference/bin/python -m pip install --disable-pip-version-check -r tools/reference/requirements.txt
	PYTHONPATH=book:. .venv-reference/bin/python -W ignore tools/reference/measure.py data/reference_flops.csv

learn: ## Count a network's own code: make learn ARGS="MODULE:CLASS --config config.json" (torch)
	@test -n "$(ARGS)" || { echo 'Which class? make learn ARGS="MODULE:CLASS --config config.json"' >&2; exit 2; }
	test -d .venv-reference || { $(PYTHON) -m venv .venv-reference && .venv-reference/bin/python -m pip \
	  install --disable-pip-version-check -r tools/reference/requirements.txt; }
	PYTHONPATH=book .venv-reference/bin/python -W ignore -m rebuilt.cli learn $(ARGS)

train: ## Train the miniature and examine it; goes on where it stopped (torch, as for reference)
	test -d .venv-reference || { $(PYTHON) -m venv .venv-reference && .venv-reference/bin/python -m pip \
	  install --disable-pip-version-check -r tools/reference/requirements.txt; }
	PYTHONPATH=book:. .venv-reference/bin/python -W ignore tools/training/training_checks.py
	PYTHONPATH=book:. .venv-reference/bin/python -W ignore -m tools.training

seal: env ## After an intended change in data/: renew hashes and row counts of the descriptor
	$(RUN) rebuilt.cli check --seal

lock: test-env ## Renew the lock files from pyproject.toml; each holds what those before it do not
	$(LOCK) --extra book pyproject.toml -o requirements.lock
	$(LOCK) --extra book --extra lab --constraint requirements.lock \
	  $$(sed -n 's/^\([a-z0-9._-]*\)==.*/--no-emit-package \1/p' requirements.lock) \
	  pyproject.toml -o requirements-lab.lock
	$(LOCK) --extra book --extra test --extra cluster --constraint requirements.lock \
	  --constraint requirements-lab.lock \
	  $$(sed -n 's/^\([a-z0-9._-]*\)==.*/--no-emit-package \1/p' requirements.lock requirements-lab.lock) \
	  pyproject.toml -o requirements-test.lock

wasm: env ## Renew the WebAssembly modules of the pages (needs wasm-ld: apt-get install lld)
	$(RUN) rebuilt.widgets.calculator_module
	$(RUN) rebuilt.widgets.chain_module
	$(RUN) rebuilt.widgets.miniature_module

screenshot: test-env book ## Renew the README's picture (needs Debian's chromium)
	$(RUN) tools.screenshot

screenshots: test-env book ## Picture every page in four forms, in _build/screenshots
	$(RUN) tools.shots

budgets: test-env book ## Weigh and time every page and renew data/page_budgets.csv
	$(RUN) tools.budgets --write
	$(RUN) rebuilt.cli check --seal

clean: ## Remove what was built, and the environment
	rm -rf _build .venv .venv-reference .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

endif
