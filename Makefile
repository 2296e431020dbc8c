# Thin: the work is done by tools/. `make help` names what there is.
PYTHON ?= python3
SEGUE = .venv/bin/segue

.PHONY: help setup run stop test bench lint docs lock schemas

help:
	@echo "make run     set up, start the hub here, play the retail day, leave it running"
	@echo "make stop    end the hub on this machine, also after a crash"
	@echo "make test    set up and run every check and test"
	@echo "make bench   measure the hub beside others; figures in tests/bench/results.json"
	@echo "make lint    the quick checks alone: lint, format, types, import rules"
	@echo "make docs    refresh the tables of docs/ and build the site in .segue/docs"
	@echo "make setup   make the environments from the locks, nothing else"
	@echo "make lock    resolve the locks in requirements/ anew"
	@echo "make schemas write into schemas/ what follows from the code"

setup:
	@$(PYTHON) -m tools.bootstrap

run: setup
	@$(SEGUE) run

stop:
	@if [ -x $(SEGUE) ]; then $(SEGUE) stop; else echo "Nothing was ever started here."; fi

test:
	@$(PYTHON) -m tools.bootstrap clients
	@.venv/bin/python tools/check.py

bench: setup
	@$(SEGUE) bench --json tests/bench/results.json

lint: setup
	@.venv/bin/python tools/check.py --quick

docs: setup
	@PYTHONPATH=functions:. .venv/bin/python -m tools.docs

lock: setup
	@.venv/bin/python tools/lock.py

schemas: setup
	@PYTHONPATH=functions:. .venv/bin/python -m tools.schemas
