# make demo and make test work in an empty clone: Python 3.11 to 3.13 and make are all they need.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

# Compiled modules halve the start of the program; an empty environment decides nothing here.
unexport PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME VIRTUAL_ENV

VENV := .venv
PY := $(VENV)/bin/python
RUN_STAMP := $(VENV)/.installed-run
DEV_STAMP := $(VENV)/.installed-dev
PO := $(wildcard crm_tui/locale/*/LC_MESSAGES/*.po)
MO := $(PO:.po=.mo)
INSTALL_INPUTS := pyproject.toml requirements.lock hatch_build.py
PIP := $(PY) -m pip --disable-pip-version-check --quiet
# Twice as many as cores: for half of its time a test of screens waits for an idle program.
WORKERS ?= 4
ARGS ?=

# PYTHON=... chooses another interpreter; a name that does not run (a bare pyenv shim) is passed over.
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3; do \
	"$$name" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	>/dev/null 2>&1 && { echo "$$name"; break; }; done)

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z%-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(PY):
	@test -n "$(PYTHON)" || { echo >&2 "make: no Python 3.11 to 3.13 with venv found; install one (Debian: python3 and python3-venv) or say make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)

# Editable, so that a changed source needs no second install; site-packages is compiled once.
define install
	$(PIP) install -c requirements.lock -e '.[$(1)]'
	$(PY) -m compileall -q -j 0 "$$($(PY) -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" crm_tui
	@touch $(MO)
endef

$(RUN_STAMP): $(INSTALL_INPUTS) | $(PY)
	$(call install,postgres)
	@touch $@

$(DEV_STAMP): $(INSTALL_INPUTS) | $(PY)
	$(call install,postgres$(COMMA)dev)
	@touch $@ $(RUN_STAMP)

COMMA := ,

# Each install compiles the texts; where babel is absent, a changed .po asks for one more.
%.mo: %.po | $(RUN_STAMP)
	@$(PY) hatch_build.py 2>/dev/null || $(PIP) install --no-deps -e .
	@touch $@

.PHONY: venv
venv: $(RUN_STAMP) $(MO) ## build .venv with the program in it: .venv/bin/crm-tui

.PHONY: dev
dev: $(DEV_STAMP) $(MO) ## the same with the tools of make test and make check

.PHONY: demo
demo: venv ## open a bank made on the spot (ARGS='--customers 20000')
	@exec $(VENV)/bin/crm-tui demo $(ARGS)

.PHONY: test
test: dev ## run the whole suite, on SQLite and PostgreSQL (ARGS='tests/unit -x')
	$(PY) -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

.PHONY: check
check: dev ## lint, types, layers, dependencies, keys, translations
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy --strict crm_tui
	$(VENV)/bin/lint-imports
	$(VENV)/bin/deptry .
	$(PY) -m tests.tools.check_keys
	$(PY) -m tests.tools.check_translations

.PHONY: bench
bench: dev ## measure everything beside its peers, at most 20 minutes
	$(PY) -m benchmarks $(ARGS)

bench-%: dev ## measure one area, as bench-search
	$(PY) -m benchmarks $* $(ARGS)

.PHONY: pictures
pictures: dev ## draw the README's pictures from the demo bank
	$(PY) -m tests.tools.pictures $(ARGS)

.PHONY: figures
figures: dev ## put benchmarks/latest.json into the READMEs
	$(PY) -m tests.tools.readme_figures

.PHONY: translations
translations: dev ## compile the translations and say which are missing
	$(PY) hatch_build.py
	$(PY) -m tests.tools.check_translations

.PHONY: lock
lock: ## write requirements.lock anew from pyproject.toml
	@test -n "$(PYTHON)" || { echo >&2 "make: no Python 3.11 to 3.13 with venv found"; exit 1; }
	@scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT; \
	$(PYTHON) -m venv "$$scratch/venv"; \
	"$$scratch/venv/bin/python" -m pip --disable-pip-version-check --quiet install '.[postgres,dev]'; \
	{ echo '# Every package of every extra; written by `make lock`, read by pip as constraints.'; \
	"$$scratch/venv/bin/python" -m pip --disable-pip-version-check list --format freeze \
		--exclude crm-tui --exclude pip --exclude setuptools --exclude wheel \
		| tr 'A-Z' 'a-z' | sort; } > "$$scratch/lock"; \
	cp "$$scratch/lock" requirements.lock; \
	wc -l requirements.lock

.PHONY: clean
clean: ## remove what was built
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis dist
	find crm_tui -name '*.mo' -delete
