# The two commands: `make run` and `make test`. `make help` lists all.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# WHEELS=dir installs from a folder filled by `make wheels`, without any registry.
PIP     = $(BIN)/python -m pip --disable-pip-version-check $(1) $(if $(WHEELS),--no-index --find-links $(abspath $(WHEELS)))
TORCH  := torch==2.13.0
# Jupyter wants to hear it where root works, as in containers and some WSL.
ROOT   := $(if $(filter 0,$(shell id -u)),--allow-root)
# On a terminal pip shows what it loads.
QUIET  := $(if $(MAKE_TERMOUT),,--quiet)
LOCKED := --no-deps --require-hashes -r requirements.lock

.DEFAULT_GOAL := help
.PHONY: help setup run test test-system check audit fuzz kills lab ui label report bench results notebooks wheels lock clean

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/.installed  ## the environment in .venv, exactly as locked

$(VENV)/.installed: requirements.lock pyproject.toml
	@echo "== environment in $(VENV), once: 2.3 GB, two to ten minutes by network and disk"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; call make with PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(call PIP,install) $(QUIET) --no-deps $(TORCH)
	$(call PIP,install) $(QUIET) $(LOCKED)
	$(call PIP,install) --quiet --no-deps --no-build-isolation --editable .
	@touch $@

run: setup  ## check the sample, train, evaluate, track, report (the main job)
	@echo "== 1/3 is the sample sound?"
	$(BIN)/pilot data check data/sample
	@echo "== 2/3 train, evaluate and track the quick suite"
	$(BIN)/pilot run --suite quick
	@echo "== 3/3 the report"
	$(BIN)/pilot report
	@echo "== done; make ui shows the runs, make lab opens the notebooks"

test: setup  ## the tests: pip only, no network
	$(BIN)/python -m pytest -m "not system"

test-system: setup  ## tests that need Debian packages (Chromium) or minutes
	sh .ci/packages
	$(BIN)/python -m pytest -m system

check: setup  ## formatting, lint, types, docstrings, the lock, known vulnerabilities where an advisory service answers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_security_supply.py
	$(BIN)/python .ci/audit.py --if-reachable

audit: setup  ## known vulnerabilities of the locked packages, from an advisory service
	$(BIN)/python .ci/audit.py

fuzz: setup  ## bad input at volume: readers, configurations, commands, endpoints (about an hour)
	PILOT_FUZZ=$(or $(CASES),100000) $(BIN)/python -m pytest -q -m "" tests/test_fuzz.py tests/test_security_fuzz.py

kills: setup  ## 200 times kill -9 in import, run, report, label, index (about half an hour)
	PILOT_KILLS=200 $(BIN)/python -m pytest -q -m "" tests/test_faults_kill.py

lab: setup  ## JupyterLab on the Vietnamese start page, this machine only
	@mkdir -p state/lab && cp -rn notebooks/lab_settings/. state/lab/
	JUPYTERLAB_SETTINGS_DIR=state/lab $(BIN)/jupyter lab --notebook-dir . --ip 127.0.0.1 $(ROOT) \
	  --LabApp.default_url=/lab/tree/notebooks/BAT_DAU.md \
	  --LabApp.news_url=None --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate

ui: setup  ## MLflow's pages on this project's runs
	$(BIN)/pilot ui

label: setup  ## the labelling service, this machine only (see HUONG_DAN.md for others)
	$(BIN)/pilot label serve

report: setup  ## the report from the newest completed runs
	$(BIN)/pilot report

bench: setup  ## speed and memory beside peers, as ratios in one run
	$(BIN)/pilot bench

results: setup  ## experiments/RESULTS.md and the README's table from the accepted records
	$(BIN)/pilot results

notebooks: setup  ## execute every notebook and render it to state/notebooks
	@mkdir -p state/notebooks
	$(BIN)/jupyter nbconvert --execute --to html --output-dir state/notebooks notebooks/*.ipynb

wheels: setup  ## fill wheels/ for `make setup WHEELS=wheels` where no registry is reachable
	$(call PIP,download) $(QUIET) --no-deps --dest wheels $(TORCH)
	$(call PIP,download) $(QUIET) --dest wheels $(LOCKED)

lock:  ## write requirements.lock anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --extra dev --generate-hashes --python-version 3.11 --python-platform linux --quiet \
	  --no-emit-package torch --no-emit-package pip --no-emit-index-url --no-emit-find-links --no-annotate --no-header $(UVFLAGS) -o requirements.lock

clean:  ## remove the environment and everything the programs made
	rm -rf $(VENV) state wheels build *.egg-info
