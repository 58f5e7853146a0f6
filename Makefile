# One line each; `make demo` and `make test` are all a newcomer needs. Everything is set up on demand.
UV := .venv/bin/uv
BIN := $(CURDIR)/.venv/bin
export PATH := $(BIN):$(PATH)
# Tests start dozens of Python processes, which load the same modules: what one has compiled, the
# others read. Images often set this variable; what is written is in `.gitignore`.
unexport PYTHONDONTWRITEBYTECODE
PYTHON ?= python3
CHECK_PYTHON = "import sys; found = sys.version.split()[0]; \
	sys.exit(sys.version_info < (3, 13) and f'expected Python 3.13 or later, found {found} as $(PYTHON): \
	make install PYTHON=python3.13')"
# The files are complete, so nothing is resolved again: what is installed is what was compiled.
PIP_SYNC = $(UV) pip install --quiet --no-deps --require-hashes --requirements
COMPILE = $(UV) pip compile --quiet --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.13
JAVASCRIPT := tests/stack/simulator/javascript
NPM := .tools/javascript/bin/npm
# How many examples unit tests of properties try: `ci` tries five times as many, unless a test says
# how many it takes.
EXAMPLES ?= streamwarden
# Whether unit tests print how much of the product they run, branches included: that takes nearly
# twice as long, so a laptop does not wait for it, and CI does (`.ci/run`).
COVERAGE ?=
POLICIES := $(filter-out %.tests.yaml,$(wildcard policies/*.yaml))

.PHONY: install tools clients demo test coverage lint types contracts validate unit integration browser artifact stack build benchmark lock reference rule-kind clean

install: .venv/installed                ## .venv with the `streamwarden` command
tools: .tools/sam/installed .tools/local-aws/installed  ## the SAM command and the local AWS
clients: .tools/aws-cli/installed .tools/javascript/node_modules/installed  ## what people use IVS with

.venv/installed: requirements/dev.txt requirements/uv.txt pyproject.toml
	@$(PYTHON) -c $(CHECK_PYTHON)
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --require-hashes --requirement requirements/uv.txt
	$(PIP_SYNC) requirements/dev.txt
	$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

.tools/%/installed: requirements/%.txt | .venv/installed
	$(UV) venv --quiet --clear --python .venv/bin/python .tools/$*
	$(PIP_SYNC) requirements/$*.txt --python .tools/$*/bin/python
	touch $@

.tools/javascript/node_modules/installed: .tools/javascript/installed $(JAVASCRIPT)/package.json $(JAVASCRIPT)/package-lock.json
	cp $(JAVASCRIPT)/package*.json .tools/javascript
	$(NPM) ci --prefix .tools/javascript --ignore-scripts --no-audit --no-fund --omit=dev --loglevel=error --no-update-notifier
	touch $@

# Packages only, no scripts of theirs. The browser is one of the packages, and unpacks itself into TMPDIR,
# with its libraries where it takes the machine for one of Lambda.
.tools/browser/installed: .tools/javascript/installed tests/browser/package.json tests/browser/package-lock.json
	rm -rf .tools/browser
	mkdir -p .tools/browser/unpacked
	cp tests/browser/package*.json .tools/browser
	$(NPM) ci --prefix .tools/browser --ignore-scripts --no-audit --no-fund --omit=dev --loglevel=error --no-update-notifier
	cd .tools/browser && TMPDIR=$$PWD/unpacked AWS_EXECUTION_ENV=AWS_Lambda_nodejs24.x $(CURDIR)/.tools/javascript/bin/node \
		--input-type=module --eval 'await (await import("@sparticuz/chromium")).default.executablePath()'
	touch $@

demo: tools                             ## the real stack on a local AWS enforces a policy
	python -m streamwarden_cli.demo

# What uses one core at most runs beside another of its kind. What needs a deployed stack mostly waits, so
# the integration tests run beside it.
test: install tools .tools/browser/installed clients  ## everything
	$(MAKE) --jobs 2 lint types contracts validate artifact
	$(MAKE) browser
	$(MAKE) unit
	$(MAKE) --jobs 2 stack integration

lint: install                           ## style, and what is generated
	ruff check .
	ruff format --check .
	python -m streamwarden_cli.policy.reference --check

types: install                          ## mypy strict, tests included
	mypy

contracts: install                      ## imports point one way
	lint-imports

unit: install                           ## seconds, no sockets
	pytest -q -n auto --dist worksteal tests/unit --hypothesis-profile=$(EXAMPLES) $(if $(COVERAGE),--cov --cov-report=term)

integration: install                    ## moto with the real handlers
	pytest -q -n auto --dist worksteal tests/integration

browser: install .tools/browser/installed  ## the page of a report in Chromium: layout, keyboard, axe
	pytest -q tests/browser

coverage: COVERAGE = yes
coverage: unit                          ## the unit tests, and how much of the product they run, branches included

artifact: tools                         ## import every handler from the built output alone
	pytest -q tests/artifact

# Three processes, one for each folder of tests: they mostly wait.
stack: tools clients                    ## the template deployed on the local AWS, IAM enforced
	pytest -q -n 3 tests/stack

validate: tools                         ## the template and the policies
	cfn-lint template.yaml
	SAM_CLI_TELEMETRY=0 .tools/sam/bin/sam validate --lint --region eu-west-1
	streamwarden policy check --strict $(POLICIES)
	streamwarden policy test $(POLICIES)

build: tools                            ## for AWS: `make build && sam deploy`
	STREAMWARDEN_POLICY=$(abspath $(STREAMWARDEN_POLICY)) SAM_CLI_TELEMETRY=0 .tools/sam/bin/sam build

benchmark: tools .tools/cold-start/installed .tools/custodian/installed  ## the budgets, with figures
	python -m benchmarks.decisions
	python -m benchmarks.paging
	python -m benchmarks.notifications
	python -m benchmarks.destinations
	python -m benchmarks.replay
	python -m benchmarks.cold_start
	python -m benchmarks.cost
	python -m benchmarks.latency

lock: install .tools/javascript/installed  ## compile the hash-pinned requirements
	$(COMPILE) layers/streamwarden/requirements.in -o layers/streamwarden/requirements.txt
	for name in uv dev sam cold-start custodian aws-cli javascript; do $(COMPILE) requirements/$$name.in -o requirements/$$name.txt; done
	$(COMPILE) requirements/local-aws.in --overrides requirements/local-aws.overrides.txt -o requirements/local-aws.txt
	for folder in $(JAVASCRIPT) tests/browser; do $(NPM) install --prefix $$folder --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund; done

reference: install                      ## write what is generated: docs/policy.md, docs/metrics.md, the JSON Schemas
	python -m streamwarden_cli.policy.reference

rule-kind: install                      ## the files of a new rule kind: make rule-kind NAME=family/kind
	@python -m scripts.new_rule_kind "$(NAME)"

clean:
	rm -rf .venv .tools .aws-sam .streamwarden
