# Orderflow: every command a person needs. `make help` lists them.
# Recipes stay one line: what needs a decision lives in tools/, where it has tests.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

STARTED := $(shell date +%s)
PY := .venv/bin/python
PYTEST := $(PY) -m pytest
RUN := ORDERFLOW_STARTED=$(STARTED) $(PY) -m tools
DEV := .venv/.installed
WORKFLOW := .venv-workflow/.installed
SCAN := .venv-scan/.installed
CONFORMANCE := .venv-conformance/.installed
ASSISTANT := .venv-assistant/.installed
export PYTHONDONTWRITEBYTECODE := 1
export ENV
export PYTHONPATH := src

# The published schemas of the Agentic Commerce Protocol: read where they are, never copied.
ACP_SPEC := $(abspath $(or $(ORDERFLOW_ACP_SPEC),$(wildcard ../shared/acp/spec)))
SPEC ?= $(ACP_SPEC)
PROFILE ?= conformance/profile.example.toml

# A configuration file that does not exist makes every terraform command fail.
ifneq ($(TF_CLI_CONFIG_FILE),)
ifeq ($(wildcard $(TF_CLI_CONFIG_FILE)),)
unexport TF_CLI_CONFIG_FILE
endif
endif

##@ Start here
.PHONY: help
help: ## this list
	@awk -f tools/help.awk $(MAKEFILE_LIST)

##@ The shop on your machine
.PHONY: up down reset url seed deploy demo
up: $(DEV) ## start the local AWS, apply terraform/, load the catalogue (safe to repeat)
	@$(RUN).stack up

down: $(DEV) ## stop what `make up` started; the data stays
	@$(RUN).stack down

reset: $(DEV) ## stop it and forget its data
	@$(RUN).stack reset

url: $(DEV) ## the API's base URL, nothing else
	@$(RUN).stack url

seed: $(DEV) ## create the sample products that are missing
	@$(RUN).stack seed

deploy: $(DEV) ## FN=place_order: rebuild one function and put it on the running stack
	@$(RUN).stack deploy "$(FN)"

demo: $(DEV) ## register, buy, and follow the order state by state
	@$(RUN).demo

##@ Operations (ENV=dev|staging|prod for AWS, the local stack without)
.PHONY: ops
ops: $(DEV) ## ARGS="doctor": look into the shop and mend it; `make ops ARGS=--help` lists the commands
	@$(RUN).ops $(ARGS)

##@ Build
.PHONY: build contract docs release-contract fmt lint lock clean
build: $(DEV) ## every function's zip into dist/ (FN=key for one)
	@$(RUN).build $(FN)

contract: $(DEV) ## what follows from modules/api/openapi.yaml: validators, headers, docs/api, docs/errors.md; docs/order-status.md
	@$(RUN).contract
	@$(RUN).status_diagram

docs: $(DEV) ## docs/api/index.html: the API's page, one file that needs no network
	@$(RUN).apidocs

release-contract: $(DEV) ## freeze the contract: what later changes may not break without a new major version
	@$(RUN).contract_diff release

fmt: $(DEV) ## format Python and Terraform
	@$(RUN).style fix

lint: $(DEV) ## ruff, mypy, terraform fmt, contract drift, breaking changes
	@$(RUN).style check

lock: ## resolve requirements/*.in again into hash-pinned *.txt
	@tools/lock.sh

clean: ## remove built zips, the API page and tool caches (environments and stack data stay)
	@rm -rf dist docs/api/index.html .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage htmlcov

##@ Tests
.PHONY: test check test-unit test-rules test-docs test-integration test-workflow parity test-conformance test-terraform test-e2e
test: $(DEV) $(WORKFLOW) $(SCAN) $(CONFORMANCE) $(ASSISTANT) ## everything, on a stack of its own
	@$(RUN).steps test

check: $(DEV) $(WORKFLOW) $(SCAN) $(CONFORMANCE) ## everything that needs no running stack
	@$(RUN).steps check

test-unit: $(DEV) ## rules, money, parsing: fakes, no sockets
	@$(PYTEST) -q tests/unit $(ARGS)

test-rules: $(DEV) ## the files themselves: imports, workflows, zips, docs
	@$(PYTEST) -q tests/rules $(ARGS)

test-docs: $(DEV) ## the API's page in a headless Chromium, without a network
	@$(PYTEST) -q tests/docs $(ARGS)

test-integration: $(DEV) $(WORKFLOW) $(CONFORMANCE) ## stores and handlers against AWS semantics (moto)
	@$(PYTEST) -q tests/integration $(ARGS)

test-workflow: $(DEV) $(WORKFLOW) ## every path of every state machine on a Step Functions engine
	@$(PYTEST) -q tests/workflow $(ARGS)

parity: $(DEV) $(WORKFLOW) ## run every workflow case on each interpreter and write docs/parity.md (SFN_ENDPOINT=... one more)
	@$(PY) -m tests.workflow.parity

test-conformance: $(CONFORMANCE) ## the conformance suite itself: a right server passes, and every requirement fails a broken one
	@ACP_SPEC="$(ACP_SPEC)" .venv-conformance/bin/python -m pytest -q conformance $(ARGS)

test-terraform: test-terraform-modules test-terraform-rules ## terraform validate and test for every module, rules, checkov

.PHONY: test-terraform-modules test-terraform-rules
test-terraform-modules: $(DEV)
	@$(RUN).terraform_tests

test-terraform-rules: $(DEV) $(SCAN)
	@$(PYTEST) -q tests/terraform $(ARGS)

test-e2e: $(DEV) $(WORKFLOW) $(ASSISTANT) $(CONFORMANCE) ## a stranger's view by HTTP, on a stack of its own
	@$(PYTEST) -q tests/e2e $(ARGS)

.PHONY: bench-cold bench-api bench-lists bench-storm cost
bench-cold: $(DEV) ## cold import of each handler against boto3's DynamoDB client, size of its zip (ARGS=rounds, 9)
	@$(RUN).bench_cold $(ARGS)

bench-api: $(DEV) ## POST /orders against /health, and 500 orders at once (needs `make up`)
	@$(RUN).bench_api

bench-lists: $(DEV) ## read units of a page of each list at 100 and 100,000 rows (ARGS="100 5000 listOrders" for others)
	@POWERTOOLS_TRACE_DISABLED=true $(PY) -m tests.support.list_costs $(ARGS)

bench-storm: $(DEV) ## 5,000 orders at once with 5 % of AWS calls failing, beside a workflow of one Pass (needs `make up`)
	@$(RUN).bench_storm $(ARGS)

cost: $(DEV) ## USD per 1,000 orders, from the calls that a run of orders makes (needs `make up`)
	@$(RUN).cost $(ARGS)

##@ Agentic Commerce Protocol
.PHONY: conformance conformance-local
conformance: $(CONFORMANCE) ## URL=... KEY=... PROFILE=shop.toml: judge a merchant server (SPEC=folder of schemas, ARGS="--list" and more)
	@PYTHONPATH=conformance/src ACP_CONFORMANCE_KEY="$(or $(KEY),$(ACP_CONFORMANCE_KEY))" .venv-conformance/bin/python -m acp_conformance $(URL) --profile "$(PROFILE)" --spec "$(SPEC)" $(ARGS)

conformance-local: $(DEV) $(CONFORMANCE) ## judge the running local stack, both versions (SPEC=folder of schemas); needs `make up`
	@SPEC="$(SPEC)" $(RUN).own_conformance

##@ AWS (ENV=dev|staging|prod)
.PHONY: init plan apply destroy
init: $(DEV) ## providers and backend of one environment
	@$(RUN).environment init "$(ENV)"

plan: $(DEV) ## build, plan, and save the plan
	@$(RUN).environment plan "$(ENV)"

apply: $(DEV) ## apply the saved plan, as saved
	@$(RUN).environment apply "$(ENV)"

destroy: $(DEV) ## plan and apply the removal of an environment (asks; CONFIRM=<ENV> answers)
	@CONFIRM="$(CONFIRM)" $(RUN).environment destroy "$(ENV)"

# Environments, made from their locks and made again only when the lock changes.
$(DEV): requirements/dev.txt requirements/bootstrap.txt
	@tools/venv.sh .venv requirements/dev.txt

$(WORKFLOW): requirements/workflow.txt requirements/bootstrap.txt
	@tools/venv.sh .venv-workflow requirements/workflow.txt 12

$(SCAN): requirements/scan.txt requirements/bootstrap.txt
	@tools/venv.sh .venv-scan requirements/scan.txt

$(CONFORMANCE): requirements/conformance.txt requirements/bootstrap.txt
	@tools/venv.sh .venv-conformance requirements/conformance.txt

$(ASSISTANT): requirements/assistant.txt requirements/bootstrap.txt
	@tools/venv.sh .venv-assistant requirements/assistant.txt
