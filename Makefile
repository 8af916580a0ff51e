# make run: everything from nothing to the dashboard.
# make test: everything that a change must pass.
PYTHON ?= python3
BIN := .venv/bin
SIZES ?= S M
DEMO ?= S

.PHONY: run test install install-dev lint docs pictures bench bench-quick clean

run: install
	$(BIN)/python -m engine demo --if-empty
	$(BIN)/streamlit run dashboard.py

test: install-dev lint
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not browser and not spark and not benchmark"

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

# The rivals (polars, DuckDB) are installed for the benchmarks only. SIZES="S M L" takes long.
# Loading, reading and reports are measured on a demo of size DEMO in a database of its own, never
# on a real shop. A budget that is not kept is named in the page; only `report.py --check` fails.
bench: export DATA_FOLDER := .data/bench
bench: export CSV_FOLDER := .data/bench/csv_inputs
bench: export DATABASE_URL :=
bench: .venv/.installed-bench
	$(BIN)/python -m engine demo --if-empty --size $(DEMO)
	$(BIN)/python benchmarks/batch.py $(addprefix --size ,$(SIZES)) --keep
	$(BIN)/python benchmarks/live.py --size $(lastword $(SIZES)) --keep
	$(BIN)/python benchmarks/ledger.py --keep
	$(BIN)/python benchmarks/read.py --keep
	$(BIN)/python benchmarks/dashboard.py --keep
	$(BIN)/python benchmarks/write.py --keep
	$(BIN)/python benchmarks/nightly.py --from-nothing --keep
	$(BIN)/python benchmarks/report.py

bench-quick: .venv/.installed-bench
	$(BIN)/python benchmarks/batch.py --quick

.venv/.installed-bench: requirements-bench.txt .venv/.installed
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-bench.txt
	touch $@

clean:
	rm -rf .venv node_modules engine/database/generated .mypy_cache .pytest_cache .ruff_cache
