# Milepost's tasks. Set-up is a Python script (tools/setup.py); a second one takes milliseconds.

PYTHON ?= python3
VENV := .venv/bin
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo test faults lint lock wheel-test clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 14

setup: ## environment in .venv and a browser, if they are not there yet
	@$(PYTHON) tools/setup.py

demo: setup ## set up, then run the demonstration; make demo ARGS="--plain --json"
	@$(VENV)/milepost demo $(ARGS)

test: setup ## set up, then run every check; make test ARGS=--fast leaves the browser out
	@$(VENV)/python tools/check.py $(ARGS)

faults: setup ## every fault, death and made-up history, then docs/faults.md; make faults ARGS="--passes 3 --resume"
	@$(VENV)/python -m tests.faults $(ARGS)

lint: setup ## set up, then the checks that run nothing: style, types, import contracts, the lock
	@$(VENV)/python tools/check.py --lint

lock: setup ## write the lock files anew; make lock ARGS=--upgrade takes newer versions
	@$(VENV)/python tools/lock.py $(ARGS)

wheel-test: setup ## build the wheel and try it in an environment made without the lock
	@$(VENV)/python tools/wheel_test.py

clean: ## remove the environment, caches and what was built
	rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-results fault-results
	find assistant flows tui tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
