# make run: install, run the first study on the embedded data, write its report.
# make test: install what the tests need and run them; about six minutes on two cores.
# make thorough: what make test leaves out because each costs seconds. CI runs it too.
# make lint: the linter and the type checker.
# make site: static pages of the studies in results/ and the reference packs, into build/site.
# STUDIES="...": others.
# make portable: the tests at each instruction level of this processor (default, avx2, avx512) with
# one torch thread, and at the highest with two. LEVELS=second: the one below the highest alone;
# TESTS="...": some tests alone.
PYTHON ?= python3
VENV := .venv
PACKS := $(wildcard coldbench/league/packs/*.coldbench)
STUDIES ?= results $(filter-out %/synthetic@1.coldbench,$(PACKS))  # an invented data set is no draw of data sets
BIN := $(VENV)/bin
L2L := --no-deps --config-settings=--build-option=build_ext learn2learn==0.2.0

# pip compiles one file after the other, and most of them are never imported.
UNUSED := /(tests?|testing|pip|setuptools|sympy|networkx|fontTools|statsmodels|polars)/
COMPILE := -m compileall -q -j 0 -x '$(UNUSED)' $(VENV)/lib

# $(1): what is needed beside requirements.txt. learn2learn is built from C beside it.
define install
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "coldbench needs Python 3.11 or newer: make PYTHON=python3.12")'
$(PYTHON) -m venv $(VENV)
$(BIN)/pip wheel --quiet --wheel-dir $(VENV)/built $(L2L) & \
	$(BIN)/pip install --quiet --no-compile -r requirements.txt $(1) && wait $$!
$(BIN)/pip install --quiet --no-compile --no-deps $(VENV)/built/learn2learn-*.whl
-$(BIN)/python -W ignore $(COMPILE)
endef

.PHONY: run test thorough lint portable slow realdata docs site clean

run: $(VENV)/.run
	$(BIN)/coldbench run --models mamo,melu --seeds 10
	$(BIN)/coldbench report

test: $(VENV)/.test
	$(BIN)/python -m pytest -n 2

lint: $(VENV)/.test
	$(BIN)/pip install --quiet -e '.[lint]'
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

portable: $(VENV)/.test
	$(BIN)/python -m tests.portable --levels "$(LEVELS)" $(TESTS)

thorough: $(VENV)/.test
	$(BIN)/python -m pytest -n 2 -m thorough

slow: $(VENV)/.test
	$(BIN)/python -m pytest -m slow

realdata: $(VENV)/.test
	$(BIN)/python -m pytest -m realdata

docs: $(VENV)/.run
	$(BIN)/pip install --quiet -e '.[docs]'
	$(BIN)/python -m mkdocs build --strict --quiet

site: $(VENV)/.run
	$(BIN)/coldbench site $(STUDIES) --out build/site

clean:
	rm -rf $(VENV)

$(VENV)/.run: requirements.txt pyproject.toml
	$(call install)
	touch $@

$(VENV)/.test: requirements.txt pyproject.toml
	$(call install,-e '.[test]')
	touch $(VENV)/.run $@
