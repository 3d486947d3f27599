# Everything a newcomer needs: `make demo` runs the main job, `make test` passes the tests, `make check` is all that CI does.
# Needed: Python 3.11 or newer, make, and a network to the package registry.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check lint types floors docs docs-check wheel bench setup clean

setup: .venv/ready .venv/browser

# the environment is made again when the dependencies change
.venv/ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "python3 -m venv does not work here; on Debian: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@# pip compiles what it installs, but for editable packages; where Python may not write bytecode, each start would do it anew
	@$(BIN)/python -m compileall -q postiquette
	@touch $@

.venv/browser: .venv/ready
	$(BIN)/postiquette --config .venv/none.toml doctor --install-browser
	@touch $@

# a site by somebody else, in an environment of its own, for the tests
.sites/mastodon-mock/ready: | .venv/ready
	$(PYTHON) -m venv .sites/mastodon-mock
	.sites/mastodon-mock/bin/python -m pip install --quiet --disable-pip-version-check mastodon-mock==0.6.1
	@touch $@

demo: setup
	$(BIN)/postiquette demo --output demo-report

test: setup .sites/mastodon-mock/ready
	$(BIN)/python -m pytest

check: lint types floors docs-check wheel

lint: .venv/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/ready
	$(BIN)/mypy

floors: .venv/ready
	$(BIN)/lint-imports

# the reference pages are made from the code, the index of words from the language files
docs: .venv/ready
	$(BIN)/python docs/generate.py

docs-check: .venv/ready
	$(BIN)/python docs/generate.py --check

# the wheel, installed in an empty environment and run from elsewhere
wheel: .venv/ready
	rm -rf dist build/wheel-test
	$(BIN)/python -m build --wheel --outdir dist . > /dev/null
	$(PYTHON) -m venv build/wheel-test
	build/wheel-test/bin/python -m pip install --quiet --disable-pip-version-check dist/*.whl
	cd / && $(CURDIR)/build/wheel-test/bin/postiquette --version
	cd / && echo "Pls RT!" | $(CURDIR)/build/wheel-test/bin/postiquette classify | grep -q share_request

bench: setup
	$(BIN)/pip install --quiet proselint
	$(BIN)/python benchmarks/reading.py
	$(BIN)/python benchmarks/judging.py
	$(BIN)/python benchmarks/run.py

clean:
	rm -rf .venv .sites build dist demo-report
