# make grade: environment, installation of the core, and the sample submissions graded.  make test: the whole test suite.
PYTHON ?= python3
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed-$(shell cksum pyproject.toml constraints.txt 2>/dev/null | cksum | cut -d' ' -f1)
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet -c constraints.txt

.PHONY: grade installed test suite cases audit sweep newest wheels pyodide lint docs bench clean

grade: $(STAMP)
	$(BIN)/grader grade dnn_step_by_step samples/dnn_step_by_step -o graded
	@echo "(here the command is $(BIN)/grader)"

test: lint suite

suite: cases
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow"

# The environment of the tests.
installed: $(STAMP)-test

# The cases of the course that the tests need, drawn once in as many processes as there are cores.
cases: $(STAMP)-test
	$(BIN)/python -m tests.draw_cases

# Every known mistake and right style and some mutants of every assignment through the grader, but for those whose
# framework is not installed.
BUDGET ?= 10
AUDITED ?= $$($(BIN)/python -m tests.gradable)
audit: $(STAMP)-test
	set -e; for name in $(AUDITED); do $(BIN)/grader audit --budget $(BUDGET) "$$name"; done

# The full tables, training runs and statistical sweeps, an autograder built from the index.
sweep: cases
	$(BIN)/python -m pytest -n 2 --dist worksteal -m slow

# The core and some kits on the newest NumPy that there is for this Python; the constraints hold the other one back.
KITS := batch_norm dnn_step_by_step
NEWEST := PYTHONPATH=$(VENV)/newest $(BIN)/python
newest: $(STAMP)-test
	$(BIN)/python -m pip --disable-pip-version-check install --quiet --upgrade --no-deps --target $(VENV)/newest numpy
	$(NEWEST) -c 'import numpy; print("NumPy", numpy.__version__)'
	$(NEWEST) -m tests.draw_cases 1 $(KITS)  # the other tests have a course of their own
	$(NEWEST) -m pytest -n 2 --dist worksteal -m "not slow" tests/judging tests/confined tests/grading/test_pipeline.py
	$(NEWEST) -m pytest -n 2 --dist worksteal -m "not slow" tests/publishing/test_kit.py \
	    -k "full_marks and ($$(echo $(KITS) | sed 's/ / or /g'))"

# Is there a wheel of each run-time dependency for every Python and system? Nothing is installed. The pip of the
# environment may be too old to look for another Python's wheels, so a new one lies beside it.
NEW_PIP := PYTHONPATH=$(VENV)/pip $(BIN)/python -m pip --disable-pip-version-check
wheels: $(STAMP)
	$(BIN)/python -m pip --disable-pip-version-check install --quiet --upgrade --target $(VENV)/pip pip
	set -e; for python in 3.12 3.13 3.14 3.15; do for system in win_amd64 macosx_14_0_arm64 manylinux_2_28_x86_64; do \
	    echo "Python $$python, $$system:"; \
	    $(NEW_PIP) install --quiet --dry-run --ignore-installed --only-binary=:all: --target none --report - \
	        --python-version $$python --platform $$system 'numpy>=2.0' 'click>=8.1' 'pyyaml>=6' 'rich>=13' | \
	        $(BIN)/python -c 'import json, sys; print("   ", *(one["metadata"]["name"] + " " + one["metadata"]["version"] \
	            for one in json.load(sys.stdin)["install"]), sep="  ")'; \
	done; done

# Does everything compile in a browser's Python, and start? Needs npm. NumPy is not there, so no submission is graded.
pyodide: $(STAMP)
	npm install --silent --no-save --prefix $(VENV)/pyodide pyodide
	$(BIN)/python -m pip --disable-pip-version-check download --quiet --no-deps -c constraints.txt --dest $(VENV)/pyodide click
	$(BIN)/python -c 'from pathlib import Path; from grader.publishing.wheel import wheel; \
	    Path("$(VENV)/pyodide/grader.whl").write_bytes(wheel()[1])'
	node tests/pyodide.mjs $(VENV)/pyodide $(VENV)/pyodide/*.whl

lint: $(STAMP)-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(STAMP)-docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

bench: $(STAMP)-bench
	$(BIN)/python -m benchmarks --large --save

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed, this is " + sys.version)'
	$(PYTHON) -m venv $(VENV)

$(STAMP): $(VENV)/bin/python
	$(PIP) -e '.[grade,report]'
	@rm -f $(VENV)/.installed-*; touch $@

$(STAMP)-test: $(STAMP)
	$(PIP) -e '.[test]'
	@touch $@

$(STAMP)-docs: $(STAMP)
	$(PIP) -e '.[docs]'
	@touch $@

$(STAMP)-bench: $(STAMP)
	$(PIP) -e '.[test]' -r benchmarks/requirements.txt
	@touch $@

clean:
	rm -rf $(VENV) .grader graded site
