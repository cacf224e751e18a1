# SPDX-License-Identifier: GPL-2.0

TESTS := tools/testing/selftests/hibernation
KERNEL := build/kernel/arch/x86/boot/bzImage
FRAGMENTS := $(TESTS)/qemu

.PHONY: help setup run check check-all ci kernel kernels kernel-debug mainline unit fuzz cases \
	bench bench-full soak fill-bench choice-bench kernel-world kernel-kcsan kernel-restore kernel-noacpi kernel-other \
	kernel-debian mainline-debian \
	patches deb layers metrics analyze mutants originality docs-check htmldocs tools

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

setup: ## install what is needed, from Debian's packages alone
	@scripts/setup

run: kernel ## show one whole cycle: fill, hibernate, power off, boot, resume, verdict
	@$(TESTS)/qemu/show-cycle

check: ## the whole test suite; T=NAME runs one case
ifdef T
	@$(MAKE) -s kernel
	@$(TESTS)/qemu/run-case $(T)
else
	@scripts/check
endif

check-all: ## every case on every kernel: hours
	@scripts/check --all

kernel: setup ## our kernel; O=DIR EXTRA_CONFIG=FILES CC=clang LINUX=SOURCE
	@scripts/kernel ours $(or $(O),build/kernel) $(EXTRA_CONFIG)

kernel-debug: setup ## our kernel with KASAN, lockdep and KUnit
	@scripts/kernel ours build/kernel-debug $(FRAGMENTS)/debug.config $(FRAGMENTS)/kunit.config

kernel-kcsan: setup ## our kernel with the detector of data races and KUnit
	@scripts/kernel ours build/kernel-kcsan $(FRAGMENTS)/kcsan.config $(FRAGMENTS)/kunit.config

kernel-restore: setup ## a tiny kernel that restores an image, or starts another kernel
	@scripts/kernel restore build/kernel-restore

kernel-other: setup ## our kernel in another configuration, by the other compiler
	@LLVM=1 scripts/kernel ours build/kernel-other $(FRAGMENTS)/other.config

kernel-noacpi: setup ## the restore kernel without ACPI, by the other compiler
	@LLVM=1 scripts/kernel restore build/kernel-noacpi $(FRAGMENTS)/noacpi.config

kernel-world: setup ## our kernel with more kinds of disks, file systems and memory
	@scripts/kernel ours build/kernel-world $(FRAGMENTS)/world.config

kernel-debian: setup ## our kernel for a whole Debian; finds an image by itself
	@scripts/kernel ours build/kernel-debian $(FRAGMENTS)/debian.config $(FRAGMENTS)/auto.config

mainline-debian: setup ## the untouched kernel for a whole Debian
	@scripts/kernel mainline build/mainline-debian $(FRAGMENTS)/debian.config

kernels: ## all that the cases of check-all boot but the debug kernel
	@for kernel in kernel kernel-restore kernel-noacpi kernel-other kernel-world kernel-kcsan kernel-debian; do \
		$(MAKE) -s $$kernel || exit; done

mainline: setup ## the untouched kernel in the same configuration; as kernel
	@scripts/kernel mainline $(or $(O),build/mainline) $(EXTRA_CONFIG)

tools: setup ## hibimg, which looks at an image, into build/tools
	@$(MAKE) -s -j$$(nproc) -C tools/power/hibernation BUILD=$(CURDIR)/build/tools

unit: setup ## pure files in user space under ASan and UBSan; T=NAME
	@$(MAKE) -s -j$$(nproc) -C $(TESTS)/unit T=$(T)

fuzz: setup ## decoders under libFuzzer; SECONDS=30 each
	@$(MAKE) -s -j$$(nproc) -C $(TESTS)/fuzz SECONDS=$(or $(SECONDS),30)

bench: kernel ## ours and mainline in turn: speeds, phases, limits; ten minutes; ARGS="--again"
	@scripts/kernel mainline build/mainline
	@$(TESTS)/bench/bench $(ARGS)

bench-full: kernel kernel-restore ## the same with all rows and five rounds
	@scripts/kernel mainline build/mainline
	@$(TESTS)/bench/bench --full $(ARGS)

soak: kernel kernel-restore ## cycles on machines drawn by lot, HOURS=1; SEED=N runs one session again
	@scripts/setup soak
	@$(TESTS)/qemu/soak $(if $(SEED),--seed $(SEED),--hours $(or $(HOURS),1)) $(ARGS)

fill-bench: kernel ## cycles with memory 30 to 90 % full; ARGS="--mem 2048 --jobs 2"
	@scripts/kernel mainline build/mainline
	@$(TESTS)/bench/fill $(ARGS)

choice-bench: kernel ## auto against each fixed way of storing pages; ARGS="--rounds 3"
	@$(TESTS)/bench/choice $(ARGS)

layers: ## refuse calls upwards, cycles, stray state; after make kernel
	@scripts/layers build/kernel

metrics: ## measure length, branches, documents, tests; refuse what misses a target
	@scripts/metrics build/kernel

analyze: setup ## read what compiles in user space with gcc -fanalyzer, clang-tidy, cppcheck
	@scripts/analyze

originality: setup ## how much stands word for word in what we replace
	@scripts/compose --pristine-only
	@scripts/originality.py build/linux .

patches: setup ## a series for git am, each step built; CHECK=no skips building
	@scripts/series $(if $(filter no,$(CHECK)),--no-build)

docs-check: setup ## compare the pages with what is there: names, steps, parameters, log lines
	@scripts/compose
	@scripts/docs-check --self-test
	@scripts/docs-check

htmldocs: setup ## our pages as HTML, in build/htmldocs; a warning fails
	@scripts/compose
	@scripts/htmldocs

mutants: kernel ## break the core one line at a time and check that a test notices
	@scripts/mutants

deb: ## Debian packages of kernel, headers and tools in build/deb; FLAVOUR=cloud
	@scripts/deb $(or $(FLAVOUR),amd64)
