# SPDX-License-Identifier: GPL-2.0

O_KERNEL := $(if $(O),$(O),build/kernel)
O_MAINLINE := $(if $(O),$(O),build/mainline)
TESTS := tools/testing/selftests/hibernation

.PHONY: help setup run check check-all kernel mainline unit fuzz bench patches deb layers mutants

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

setup: ## install what is needed, from Debian's packages
	@scripts/setup

kernel: setup ## build our kernel; O=DIR EXTRA_CONFIG=FILES CC=clang LINUX=SOURCE
	@scripts/kernel ours $(O_KERNEL) $(EXTRA_CONFIG)

mainline: setup ## build the untouched kernel with the same configuration
	@scripts/kernel mainline $(O_MAINLINE) $(EXTRA_CONFIG)
