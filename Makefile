# Everything a person or CI does. `make help` lists it. Nothing needs to be installed but python3 and make.

VAR := var
UV := $(VAR)/uv/bin/uv
ENV := $(VAR)/env
RASA_ENV := $(VAR)/rasa-env
FOREIGN := $(VAR)/foreign
PY := $(ENV)/bin/python
RASA_PY := $(RASA_ENV)/bin/python
export UV_PROJECT_ENVIRONMENT :=
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help install run demo chat test test-faults lint check train eval bench browser node foreign clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

install: $(ENV)/installed $(RASA_ENV)/installed ## install both environments (done by the others when needed)

$(UV):
	@echo "Installing uv …"
	@python3 -m venv $(VAR)/uv 2>/dev/null && $(VAR)/uv/bin/python -m pip install --quiet "uv>=0.9,<1" || { \
	  rm -rf $(VAR)/uv; \
	  python3 -m pip install --quiet --target $(VAR)/uv "uv>=0.9,<1"; } || { \
	  echo "uv could not be installed: python3 needs pip or venv (Debian: apt-get install python3-venv)."; exit 1; }

$(ENV)/installed: pyproject.toml uv.lock | $(UV)
	@echo "Installing the bot's environment …"
	@UV_PROJECT_ENVIRONMENT=$(CURDIR)/$(ENV) $(UV) sync --frozen --compile-bytecode
	@touch $@

$(RASA_ENV)/installed: dialogues/pyproject.toml dialogues/uv.lock dialogues/.python-version | $(UV)
	@echo "Installing Rasa's environment (about 300 MB to download) …"
	@# from its own folder: a pyenv Python 3.10 is found through the .python-version there
	@cd dialogues && UV_PROJECT_ENVIRONMENT=$(CURDIR)/$(RASA_ENV) $(CURDIR)/$(UV) sync --frozen --compile-bytecode
	@touch $@

run: install ## install, train and start everything; prints the address of the web chat
	@exec $(PY) -m bot up

demo: install ## run everything on a database of its own, filled with an invented province, with simulated telephones
	@exec $(PY) -m bot demo

chat: install ## talk to the bot in this terminal
	@exec $(PY) -m bot chat

train: install ## train the model if nlu_data/ or dialogues/ changed
	@$(PY) -m bot train

check: install ## refuse content, dialogues or NLU data that are not in order
	@$(PY) -m bot check

lint: install ## format, lint, types and YAML
	@$(ENV)/bin/ruff format --check bot tests dialogues
	@$(ENV)/bin/ruff check bot tests dialogues
	@$(ENV)/bin/mypy
	@$(ENV)/bin/yamllint -s content nlu_data dialogues tests docker-compose.yml

browser: ## install Chromium for the browser tests where it is missing
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { \
	  echo "Installing Chromium …"; \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq chromium >/dev/null; \
	  else echo "The browser tests need Chromium (Debian: sudo apt-get install chromium)."; exit 1; fi; }

node:
	@command -v node >/dev/null && command -v npm >/dev/null || { \
	  echo "Installing Node.js and npm …"; \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null; \
	  else echo "A test needs Node.js and npm (Debian: sudo apt-get install --no-install-recommends nodejs npm)."; exit 1; fi; }

$(FOREIGN)/installed: tests/channels/foreign/package.json tests/channels/foreign/package-lock.json | node
	@echo "Installing a Telegram server that others wrote …"
	@mkdir -p $(FOREIGN) && cp $^ $(FOREIGN)
	@npm ci --prefix $(FOREIGN) --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

foreign: $(FOREIGN)/installed ## install Node.js where it is missing and, for a test, a Telegram server that others wrote

test: install browser foreign lint check train ## everything that CI runs
	@$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-faults: install ## 50 rushes for appointments, 10,000 events without a worker, 20 campaigns with kills, two days of virtual time (hours); SEEDS=1 PEOPLE=5000 ROUNDS=5
	@$(PY) -m tests.faults.booking_rush --rounds $(or $(ROUNDS),50)
	@$(PY) -m tests.faults.inbound
	@$(PY) -m tests.faults.campaign --people $(or $(PEOPLE),20000) --seeds $(or $(SEEDS),20)
	@$(PY) -m tests.faults.two_days --seeds $(or $(SEEDS),20)

eval: install ## measure understanding on questions left out of training; writes var/eval.md
	@PYTHONPATH=$(CURDIR) $(RASA_PY) -m dialogues.components.evaluate

bench: install train ## measure calculators, pictures and the running system; writes var/bench.md; PARTS="console campaigns": those alone
	@$(PY) -m tests.benchmarks $(PARTS)

clean: ## remove everything that was installed, trained or stored
	@rm -rf $(VAR)
