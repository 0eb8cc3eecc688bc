# Two commands: `make run` and `make test`. Each sets up what it needs; Python 3.11+ and make are enough.
PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.ready

.PHONY: run test test-long clean

run: $(READY)
	$(VENV)/bin/qingyang run raw output

test: $(READY)
	@sh tests/set_up_browser.sh
	$(VENV)/bin/python -m pytest

# What takes minutes: 200 events in a row against runs from nothing, and everything that can happen to a run.
test-long: $(READY)
	QINGYANG_STEPS=200 $(VENV)/bin/python -m pytest tests/test_incremental.py
	$(VENV)/bin/python -m bench.crash

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "qingyang needs Python 3.11 or newer; try: make PYTHON=python3.12")'
	@$(VENV)/bin/python -c 'import ssl' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --config-settings editable_mode=compat --editable '.[test]'
	touch $(READY)

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .hypothesis .mypy_cache .ruff_cache
