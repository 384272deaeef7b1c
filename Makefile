# Everything here sets itself up: nothing but Python 3.11 or 3.12, make and a package index.
PYTHON ?= python3
CUSTOMERS ?= 2000
DAYS ?= 90
SEED ?= 1
UNTIL ?= 2026-06-30
AS_OF ?= 2026-07-01
BIN := .venv/bin
SHELL := /bin/bash
.DEFAULT_GOAL := help

.PHONY: help
help:  ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

# Made anew when the lock changes; finished only when the stamp is there.
.venv/ready: requirements.lock pyproject.toml
	rm -rf .venv
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

.PHONY: run
run: .venv/ready  ## make the sample world and run the whole graph over it
	$(BIN)/unavista sample --customers $(CUSTOMERS) --days $(DAYS) --seed $(SEED) --until $(UNTIL)
	$(BIN)/unavista run --as-of $(AS_OF)

.PHONY: ui
ui: .venv/ready  ## open the graph in Dagster, at http://localhost:3000
	$(BIN)/unavista ui

.PHONY: lint
lint: .venv/ready  ## check the style of Python and SQL
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	UNAVISTA_WAREHOUSE=:memory: $(BIN)/sqlfluff lint --processes 2 dbt_project/models dbt_project/tests

.PHONY: test
test: lint  ## everything that must hold
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.PHONY: torture
torture: .venv/ready  ## what takes longer: kills, full disks, replayed nights
	$(BIN)/pytest -m torture

.PHONY: bench
bench: .venv/ready  ## measure loads, models and a large run
	$(BIN)/python -m tests.benchmarks.measure
	$(BIN)/python -m tests.benchmarks.dirty

.PHONY: docs
docs: .venv/ready  ## write docs/tables.md from the descriptions of the models
	$(BIN)/unavista tables --markdown > docs/.tables.md
	mv docs/.tables.md docs/tables.md

.PHONY: picture
picture: .venv/ready  ## draw docs/graph.png from the page; needs a Chromium
	$(BIN)/python -m tests.graph_picture docs/graph.png

.PHONY: clean
clean:  ## remove what was built; files brought by you stay
	rm -rf .venv build *.egg-info dbt_project/target dbt_project/logs .pytest_cache .ruff_cache
