# The front door. `make run` and `make test` are all a newcomer needs: they install what is
# missing (Tools/setup), build, and do the job. Nothing that is up to date is done again.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Two builds at once would only wait for each other.
.NOTPARALLEL:

# One binary that runs without the toolchain and starts in under 2 ms.
RELEASE := swift build -c release --static-swift-stdlib
# Folders count too: their time tells that a file was removed.
SOURCES := $(shell find Package.swift Sources Benchmarks -not -name '.*' 2>/dev/null)

## run: build the server and run it; ARGS='--listen 127.0.0.1:9000' is passed on to it
.PHONY: run
run: .build/release/holdfast
	@exec $< serve $(ARGS)

## test: build and run every test; FILTER=Wire runs those whose name matches
.PHONY: test
test: build/setup/libraries build/setup/programs
	@Tools/test $(FILTER)

## lint: formatting and the house rules; changes nothing
.PHONY: lint
lint: build/setup/python
	@Tools/lint

## format: write the sources as lint wants them
.PHONY: format
format:
	@swift format format --in-place --parallel --recursive \
		$(wildcard Package.swift Sources Tests Benchmarks Fuzz)

## conformance: the Autobahn suite against our server and our client; SET=core takes 15 s, all 8 min
.PHONY: conformance
SET ?= all
conformance: .build/release/holdfast-echo build/setup/wstest
	@Tools/conformance server --set $(SET)
	@Tools/conformance client --set $(SET)

## stress: seeded faults, then equal counts; STRESS=short for a minute of it, SEED=7 to repeat one
.PHONY: stress
STRESS ?= full
stress: .build/release/holdfast-stress .build/release/holdfast
	@ulimit -Sn "$$(ulimit -Hn)"; exec $< --$(STRESS) $(if $(SEED),--seed $(SEED))

## fuzz: every fuzz target for RUNS executions (10000000); ONLY=Name for one of them
.PHONY: fuzz
RUNS ?= 10000000
fuzz: build/setup/libraries
	@Tools/fuzz $(RUNS) $(ONLY)

## counts: allocations and system calls for each message, exactly; fails when there is one too many
.PHONY: counts
counts: .build/release/DeliveryBench
	@$< --check

## bench: count, then measure beside the peers in the same minutes; ONLY='echo1 fan1k16' for some rows
.PHONY: bench
bench: .build/release/DeliveryBench .build/release/holdfast .build/release/holdfast-echo \
	.build/release/holdfast-load build/setup/peers
	@$<
	@Tools/bench $(ONLY)

## bench-tasks: measure what tasks cost, beside websocketd; ONLY='output short change' for some rows
.PHONY: bench-tasks
bench-tasks: .build/release/holdfast build/setup/peers
	@Tools/bench-tasks $(ONLY)

## bench-terminals: measure what terminals carry, beside a bare reader of the kernel's PTY
.PHONY: bench-terminals
bench-terminals: .build/release/holdfast
	@Tools/bench-terminals

## setup: install what the other targets need, without building
.PHONY: setup
setup: build/setup/libraries build/setup/python

## clean: remove everything that was built or installed here
.PHONY: clean
clean:
	rm -rf .build build

## help: this list
.PHONY: help
help:
	@sed -n 's/^## \([a-z]*\): /\1\t/p' Makefile | while IFS=$$'\t' read -r name what; do \
		printf '  make %-12s %s\n' "$$name" "$$what"; done

# SwiftPM leaves a binary alone whose contents would not change, hence the touch.
.build/release/%: $(SOURCES) build/setup/libraries
	$(RELEASE) --product $*
	@touch $@

build/setup/%: Tools/setup
	@Tools/setup $*
	@mkdir -p $(@D) && touch $@

.PRECIOUS: .build/release/% build/setup/%
