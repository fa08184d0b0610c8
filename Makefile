# Two commands matter: `make demo` runs the main job, `make test` passes the tests. Both set up what they need.
PYTHON ?= python3
JOBS ?= 2
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev

.PHONY: demo test lint types imports proof bench clean

demo: $(READY)
	$(BIN)/holdfast demo

# Two at a time, a file to one of them: what a file sets up once stays set up for all of it.
test: $(READY_DEV)
	$(BIN)/pytest --numprocesses $(JOBS) --dist loadfile

lint: $(READY_DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY_DEV)
	$(BIN)/mypy

imports: $(READY_DEV)
	$(BIN)/lint-imports

proof: $(READY_DEV)
	$(BIN)/python -m tests.proof

bench: $(READY_DEV)
	$(BIN)/python -m tests.bench

clean:
	rm -rf $(VENV) build dist *.egg-info

# The upgrade of pip is not cosmetic: older ones search the dependencies for many minutes before they agree.
$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(READY): $(VENV)/bin/python pyproject.toml
	$(BIN)/pip install --quiet --editable .
	touch $@

$(READY_DEV): $(VENV)/bin/python pyproject.toml
	$(BIN)/pip install --quiet --editable '.[dev,postgres]'
	touch $@ $(READY)
