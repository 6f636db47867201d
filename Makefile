# One command for each thing people do here; every target prepares .venv first.
ifeq ($(OS),Windows_NT)
PYTHON ?= python
BIN := .venv/Scripts
else
PYTHON ?= python3
BIN := .venv/bin
endif
READY := .venv/.ready

.PHONY: run test slow lint bench shots

run: $(READY)
	$(BIN)/arena

test: lint
	$(BIN)/python -m pytest -m "not slow" --numprocesses 2 --dist loadfile

slow: $(READY)
	$(BIN)/python -m pytest -m slow

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)
	$(BIN)/arena bench

shots: $(READY)
	$(BIN)/python -m tests.shots

$(READY): pyproject.toml constraints.txt hatch_build.py
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --constraint constraints.txt --editable ".[dev]"
	$(BIN)/python -c "open('$(READY)', 'w').close()"
