# What a developer types. Everything here works in a checkout with nothing but Python and make;
# README.md has the two commands that need not even make.
.PHONY: demo test coverage journeys faults audit screenshots check lint lock messages bench

BIN := .venv/bin
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-strip-extras --no-emit-index-url --upgrade pyproject.toml

$(BIN)/activate: requirements-dev.lock
	python3 -m venv .venv
	$(BIN)/pip install -q -r requirements-dev.lock
	@touch $@

demo: $(BIN)/activate
	$(BIN)/python manage.py demo

test: $(BIN)/activate
	$(BIN)/python -m pytest

coverage: $(BIN)/activate
	$(BIN)/python -m pytest --cov --cov-report=term

# Half a day of somebody's work each, or of a process's: too long for every run.
journeys: $(BIN)/activate
	$(BIN)/python -m pytest -m journeys

# Processes killed under load: needs PostgreSQL's server programs, and redis-server for one test.
# One after another, since each of them keeps a machine busy.
faults: $(BIN)/activate
	$(BIN)/python -m pytest -m faults -n 0

# Every page in every view, with the Nu HTML checker and Lighthouse. Needs Chromium, Java and Node.
audit: $(BIN)/activate
	@.ci/tools var/tools
	VNU_JAR=var/tools/node_modules/vnu-jar/build/dist/vnu.jar $(BIN)/python -m pytest -m audit
	$(BIN)/python benchmarks/lighthouse.py var/tools

# The pictures in docs/screenshots. Needs Chromium.
screenshots: $(BIN)/activate
	$(BIN)/python -m tests.screenshots

lint: $(BIN)/activate
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py makemigrations --check --dry-run

check: lint test

# What there is to translate, into locale/, and what was translated into the files that are read.
# Needs gettext. tests/test_translations.py fails while something is missing.
messages: $(BIN)/activate
	$(BIN)/python -m tests.messages locale
	DEBUG=1 $(BIN)/python manage.py compilemessages --ignore .venv

# From the root, so that the comments in the files name no folder of yours.
lock: $(BIN)/activate
	$(COMPILE) -o requirements.lock
	$(COMPILE) --group dev -o requirements-dev.lock

# The figures of docs/performance.md, or one of them: make bench CASE=page. Needs wrk and PostgreSQL.
# All of them have shorter rounds, and write over rows of longer ones.
bench: $(BIN)/activate
	$(BIN)/python benchmarks/bench.py $(CASE)
