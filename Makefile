# make run: everything from nothing to the dashboard.  make test: everything that a change must pass.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test install install-dev lint docs pictures bench clean

run: install
	$(BIN)/python -m engine demo --if-empty
	$(BIN)/streamlit run dashboard.py

test: install-dev lint
	$(BIN)/python -m pytest -n 2 -m "not browser and not spark and not benchmark"

install: .venv/.installed

.venv/.installed: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	touch $@

install-dev: .venv/.installed-dev

.venv/.installed-dev: requirements.txt requirements-dev.txt .venv/.installed
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	touch $@

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m engine docs --check

docs: install
	$(BIN)/python -m engine docs

pictures: install-dev
	$(BIN)/python docs/images/make_pictures.py

bench: install
	$(BIN)/python benchmarks/nightly.py

clean:
	rm -rf .venv node_modules engine/database/generated .mypy_cache .pytest_cache .ruff_cache
