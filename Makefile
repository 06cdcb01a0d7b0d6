# Works on the local AWS and on this clone only: no target touches a real account.
# `npx platform up dev` deploys to one, without make.

STACK ?= dev
ONLY ?=
DIR ?= dags
STATE ?=
PLAN ?=
ARGS ?=

node := .local/bin/node
# What Node has compiled is kept: https://nodejs.org/api/module.html#module-compile-cache
export NODE_COMPILE_CACHE ?= $(CURDIR)/.local/compile-cache
local := $(node) local/main.mts
# A command of operations/, led to the local AWS as a shell is that has evaluated `make env`.
led := settings=$$($(local) env) && eval "$$settings"
platform := $(led) && exec operations/bin/platform
cache = $${XDG_CACHE_HOME:-$$HOME/.cache}/dse-data-platform/engine

.DEFAULT_GOAL := help
.SILENT:
.NOTPARALLEL:
.PHONY: help up preview down status env bootstrap adopt recover drift doctor teardown deploy-dags submit-job logs airflow cost test unit lint format docs audit evidence bench mutation setup clean clean-cache

help:
	awk 'BEGIN { FS = ":.*## " } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	echo
	echo "No target touches a real account. There, the command line deploys: npx platform up dev"

##@ The platform on an AWS on your own machine; STACK=dev unless you say STACK=qa

up: setup ## start the local AWS, deploy the stack to it, print its outputs
	$(local) up --stack '$(STACK)'

preview: setup ## show what `make up` would change
	$(local) preview --stack '$(STACK)'

down: setup ## destroy the stack; the local AWS stops with the last one
	$(local) down --stack '$(STACK)'

status: setup ## what runs, and what is deployed
	$(local) status --stack '$(STACK)'

env: setup ## shell settings for pulumi, aws and SDKs: eval "$(make -s env)"
	$(local) env --stack '$(STACK)'

bootstrap: setup ## the bucket of Pulumi's state and the key of its secrets, as a new account gets them
	$(platform) bootstrap --local-state '$(or $(DSE_LOCAL_DIR),.local/aws)/bootstrap'

adopt: setup ## take over what Terraform made there: STATE=terraform.tfstate; PLAN=1 shows it first
	$(led) && pulumi stack select --create --non-interactive '$(STACK)' >&2 && \
	  exec operations/bin/platform adopt '$(STACK)' '$(STATE)' $(if $(PLAN),--plan,--yes) \
	    --out '$(or $(DSE_LOCAL_DIR),.local/aws)/adoption/$(STACK)' $(ARGS)

recover: setup ## go on where a killed `make up` was; `make up` does so by itself
	$(platform) recover '$(STACK)' --yes

drift: setup ## what was changed or deleted behind Pulumi's back; fails where something was
	$(platform) drift '$(STACK)'

doctor: setup ## whether the machine and the account have what the stack needs
	$(platform) doctor '$(STACK)'

teardown: setup ## what is lost with the stack, and its end; ARGS="--dry-run" or "--confirm dev"
	$(platform) teardown '$(STACK)' $(ARGS)

cost: setup ## what the stack costs a month, part by part, and what other settings would save
	$(node) cost/main.ts --stack '$(STACK)'

deploy-dags: setup ## make Airflow's DAGs equal to DIR=dags; ARGS="--dry-run" and others
	$(platform) deploy-dags '$(STACK)' '$(DIR)' $(ARGS)

submit-job: setup ## submit a job; ARGS="--follow -- python job.py"
	$(platform) submit-job '$(STACK)' $(ARGS)

logs: setup ## what a job or Airflow has logged; ARGS="job --last" or "airflow task"
	$(platform) logs '$(STACK)' $(ARGS)

airflow: setup ## ask Airflow's command line; ARGS="dags list"
	$(platform) airflow '$(STACK)' -- $(ARGS)

##@ Checks

test: setup ## everything, deployments to local AWSs of its own included; ONLY="lint deploy" for some
	$(node) test/run.mts $(ONLY)

unit: setup ## the fast tests; UPDATE_GOLDEN=1 accepts a change of what the program makes
	$(node) test/run.mts --unit

lint: setup ## format, lint and types
	$(node) test/run.mts format lint types

format: setup ## put all files into the project's format
	$(node) node_modules/prettier/bin/prettier.cjs --write --log-level warn .

audit: setup ## scan dev, deployed for it, with Prowler and parliament; fails on open findings
	$(node) audit/main.mts

evidence: setup ## judge the deployed stack by every policy rule, and write it to .local/evidence
	$(node) evidence/main.ts --stack '$(STACK)'

bench: setup ## time what people wait for, against budgets (3 minutes); ARGS="--all" or "--only preview"
	$(node) bench/main.mts $(ARGS)

mutation: setup ## which small changes of the code no test notices; ARGS="components/bucket.ts" or "--full"
	$(node) mutation/main.mts $(ARGS)

docs: setup ## write the pages of docs/ that come from data
	$(node) docs/generate/main.ts

##@ Housekeeping

setup: ## install what is needed; every target that needs it does so by itself
	./engine/setup >&2

clean: ## stop the local AWS and delete it, its stacks and the tools of this clone (.local)
	for instance in .local/aws .local/test-aws/* .local/audit-aws .local/bench-aws; do \
	  if [ -e $$instance/processes.json ]; then \
	    ./engine/setup >&2 && \
	    DSE_LOCAL_DIR="$(CURDIR)/$$instance" $(local) stop || exit 1; \
	  fi; \
	done
	rm -rf .local

clean-cache: ## delete the engine that was built; building it again takes about 15 minutes
	rm -rf "$(cache)"
