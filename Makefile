# Two commands do everything: `make demo` and `make test`. Each target says what it does in `make help`.
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-all check vectors bench lock

help:            ## show this list
	@sed -n 's/^\([a-z-]*\):[^#]*## */  make \1 — /p' Makefile

setup:           ## install Ridgeway into .venv (no root, no network but the package index)
	@scripts/setup run

demo:            ## start a country: organisations exchange signed, logged, provable messages (ONCE=1 to stop by itself, WITH=southmark for two)
	@scripts/setup run
	@exec .venv/bin/ridgeway lab up $(if $(ONCE),--once) $(if $(WITH),--with $(WITH)) $(if $(STATE),--state $(STATE)) $(if $(BASE_PORT),--base-port $(BASE_PORT))

test:            ## all tests; names what it would install from Debian first (SYSTEM=no keeps it from doing so)
	@SYSTEM="$(SYSTEM)" scripts/test

test-all:        ## the tests that take longer, too
	@SYSTEM="$(SYSTEM)" scripts/test --all

check:           ## linters, types, the import contract
	@scripts/check

vectors:         ## make vectors DIR=… [KINDS=asic,xades,…]: run a folder of test vectors
	@scripts/setup dev
	@scripts/vectors "$(DIR)" $(if $(KINDS),--kinds $(KINDS))

bench:           ## measure: ratios against a physical limit taken in the same run
	@scripts/setup dev
	@scripts/bench

lock:            ## pin the requirements anew
	@scripts/lock
