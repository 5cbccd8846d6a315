PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CLIENTS := $(VENV)/.clients
SITE := $(VENV)/.site
COMPARED := --benchmark-storage=file://./tests/bench/stored --benchmark-compare
SOAK_SECONDS ?= 600
FUZZ_MINUTES ?= 5
FUZZ_SEED ?=
ATTACK_SECONDS ?= 60
ATTACKS ?=
KILLS ?= 1000
KILLS_SEED ?= 1

.PHONY: run test test-clients soak check unit mutants docs fuzz attack kills bench bench-store coverage site help format lock clean

# Sets everything up and ends at the prompt of the default chassis.
run: $(READY)
	@$(BIN)/staros-cli

# Sets everything up and passes all checks.
test: check unit

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(READY)
	$(BIN)/pytest -n 2

# Passes the tests with clients as people install them: OpenSSH, netmiko, Unicon and others.
test-clients: $(CLIENTS)
	$(BIN)/pytest -n 2 tests/clients

# Ten minutes of connects, commands, aborts and reloads; `make soak SOAK_SECONDS=60` for less.
soak: $(READY)
	$(BIN)/python -m tests.soak $(SOAK_SECONDS)

# Breaks the rules of the model one at a time: a proof has to notice. Takes about half an hour the
# first time; later, what is known is kept. `make mutants MUTANTS="recovery cards"` for some modules,
# `MUTANTS=--fresh` to forget what is known, `MUTANTS=--help` for more.
mutants: $(READY)
	$(BIN)/python -m tests.mutation $(MUTANTS)

# Writes the generated documents anew.
docs: $(READY)
	$(BIN)/python -m staros_cli.documents docs
	$(BIN)/pytest -n 2 --requirements=docs/requirements.md

# Random lines, damaged files and streams of bytes; `make fuzz FUZZ_MINUTES=60 FUZZ_SEED=1` for more.
fuzz: $(READY)
	$(BIN)/python -m tests.fuzz $(FUZZ_MINUTES) $(FUZZ_SEED)

# Attacks on a real server while another client measures; `make attack ATTACK_SECONDS=10` for less,
# `ATTACKS="'ten greps' uploads"` for some.
attack: $(READY)
	$(BIN)/python -m tests.attack $(ATTACK_SECONDS) $(ATTACKS)

# Kills at random moments of what writes files: all is old or new. `make kills KILLS=90` for less.
kills: $(READY)
	$(BIN)/python -m tests.kills $(KILLS) $(KILLS_SEED)

# Prints how long things take, and the change against the figures in tests/bench/stored.
bench: $(READY)
	$(BIN)/pytest tests/bench --benchmark-only --benchmark-disable-gc -s $(COMPARED)

# Stores the figures of this machine, to compare with from now on.
bench-store: $(READY)
	mkdir -p build
	$(BIN)/pytest tests/bench --benchmark-only --benchmark-disable-gc --benchmark-json=build/bench.json
	$(BIN)/python -m tests.bench.store build/bench.json

# Runs the tests and notes which lines they reach: the share may not fall.
coverage: $(READY)
	$(BIN)/pytest -n 2 --cov --cov-report=term:skip-covered

# Builds the documentation as a site in build/site; a broken link is an error.
site: $(SITE)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

# Says what can be made.
help:
	@awk '/^# /{text=text substr($$0,2)} /^[a-z-]+:/{sub(":.*","");printf "%-14s%s\n",$$0,text} !/^#/{text=""}' Makefile

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Writes constraints.txt anew: the newest versions that pyproject.toml allows, for development and CI.
lock:
	rm -rf build/lock
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
	build/lock/bin/python -m pip install --quiet --editable . --group dev --group site
	build/lock/bin/python -m pip freeze --exclude-editable >build/lock/constraints.txt
	mv build/lock/constraints.txt constraints.txt
	rm -rf build/lock

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable . --group dev
	@touch $@

$(SITE): $(READY)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable . --group site
	@touch $@

$(CLIENTS): $(READY)
	$(BIN)/python -m pip install --quiet --editable . --group clients
	@touch $@
