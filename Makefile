# make bench      build, run the default job, print its tables; writes out/default.{json,md,html} and SVG
# make test       everything that must hold: format, build, all tests, the NUMA guests
# make test-numa  placement alone, proven in emulated machines with 2, 3 and 4 NUMA nodes
# make test-browser  the HTML report in a real browser; installs chromium
# make results    make bench, recorded under Results/; the default job's is shown in the README
# make matrix     every placement of two ends here; writes out/matrix.{json,md,html,svg,xml}
# make crosscheck  this machine's limits beside what public tools say; writes out/crosscheck.md
# make build      the optimised command, .build/release/weir
# make lint       the format alone
# make mutants    seeds real bugs, one at a time, and shows that `weir check` finds them
# make selftest   runs stores whose truth is known through the whole harness
# make sanitize   the tests of all that shares memory, by the thread and the address sanitizer
# make gate BASE=REVISION   did this tree become slower? builds both, five minutes; writes out/gate.{md,xml}
# make gate-study  how often the gate errs: RUNS gates of a build against itself; writes Results/gate-study/
# make counts     writes down what a message costs in calls and copies, after a change that is meant
# make plugins    the example stores in C, out/plugins/*.so, for weir check --backend FILE
# make setup      the Debian packages that building and plotting need
# make clean      what was built and written here
SHELL := /bin/bash
.DELETE_ON_ERROR:
.PHONY: bench test test-numa test-browser matrix crosscheck results readme build lint setup clean mutants selftest sanitize sanitize-thread sanitize-address plugins gate gate-study counts

PACKAGES := libhwloc-dev libnuma-dev pkg-config gnuplot-nox
JOB ?= Benchmarks/Jobs/default.yaml
OUT ?= out
NAME := $(basename $(notdir $(JOB)))
WEIR := .build/release/weir
# The test product alone: a build of all tests would also build the tools of every dependency.
TESTS := weirPackageTests
COUNTS := Benchmarks/Counts/counts.json
CHECKED := --explicit-target-dependency-import-check error

bench: build
	@mkdir -p $(OUT)
	$(WEIR) run $(JOB) --out $(OUT)/$(NAME).json
	@$(WEIR) report $(OUT)/$(NAME).json --format markdown --plot $(OUT)/$(NAME) \
	  --html $(OUT)/$(NAME).html > $(OUT)/$(NAME).md
	@echo "written: $(OUT)/$(NAME).json, .md, .html, and the plots in $(OUT)/$(NAME)/"

matrix: build
	@mkdir -p $(OUT)
	$(WEIR) matrix --out $(OUT)/matrix.json --svg $(OUT)/matrix.svg --memattrs $(OUT)/matrix.xml
	@$(WEIR) report $(OUT)/matrix.json --format markdown --html $(OUT)/matrix.html > $(OUT)/matrix.md
	@echo "written: $(OUT)/matrix.json, .md, .html, .svg and .xml"

crosscheck: PACKAGES += linux-perf likwid python3 stress-ng
crosscheck: build
	@mkdir -p $(OUT)
	$(WEIR) crosscheck --rounds 12 --markdown $(OUT)/crosscheck.md

build: setup
	swift build -c release --static-swift-stdlib --product weir $(CHECKED)

test: setup lint
	swift build --product weir $(CHECKED)
	swift build --product TransportPeer $(CHECKED)
	swift build --product NumaGuest $(CHECKED)
	swift build --product $(TESTS) $(CHECKED)
	Tests/NumaGuest/boot.sh .build/debug/weir .build/debug/NumaGuest short
	@# By the clock, on a machine that has just built: it says what it finds, and fails nothing.
	.build/debug/weir gate --allow-debug --base $(or $(BASE_WEIR),.build/debug/weir) --head .build/debug/weir \
	  --primary 'pingpong/shm/large/64B/*' --primary 'stream/shm/large/64KiB/*' --launches 8 --budget 25s || \
	  echo "the gate's exit code, $$?, fails no test"
	swift test --skip-build --no-parallel

selftest: build
	$(WEIR) selftest

# With the optimised command, whose build make build shares. Needs qemu and a kernel, by Debian's packages
# (fetched once, by root or by who may install them); where they cannot be had it says so and is content.
test-numa: build
	swift build -c release --static-swift-stdlib --product NumaGuest $(CHECKED)
	Tests/NumaGuest/boot.sh $(WEIR) .build/release/NumaGuest

# Not in `make test`: the browser is larger than everything else together.
test-browser: PACKAGES += chromium
test-browser: setup
	swift build --product $(TESTS) $(CHECKED)
	swift test --skip-build --no-parallel --filter PageBrowserTests

lint:
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks

# In a build of its own: the bugs are compiled in.
mutants: setup
	swift build -c release --static-swift-stdlib --product weir --scratch-path .build/mutants \
	  -Xswiftc -DWEIR_MUTANTS
	.build/mutants/release/weir mutants

# Builds of their own: the whole program is instrumented. Two processes are two programs to the thread
# sanitizer; what it checks is producers and customers in threads. Leaks have tests of their own: where
# the leak sanitizer may look, it takes Swift's globals, and XCTest's own objects, for leaks.
SANITIZED := SharedMemoryTests|TopologyTests|SerializationTests|TransportTests|PipelineTests|ConformanceTests
sanitize: sanitize-thread sanitize-address
sanitize-thread sanitize-address: sanitize-%: setup
	for product in weir TransportPeer $(TESTS); do \
	  swift build --sanitize $* --scratch-path .build/$* --product $$product \
	    $(if $(filter thread,$*),-Xswiftc -DWEIR_THREAD_SANITIZER) || exit 1; \
	done
	SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0 swift test --sanitize $* --scratch-path .build/$* --skip-build --no-parallel \
	  $(if $(filter thread,$*),-Xswiftc -DWEIR_THREAD_SANITIZER) --filter '$(SANITIZED)'

# Make turns every failure into 2: who needs the gate's own code runs the script.
gate: setup
	Benchmarks/CI/gate.sh "$(BASE)"

# Takes an hour or more of a machine that does nothing else; STUDY_SECONDS bounds it.
gate-study: build
	Benchmarks/CI/gate-study.sh $(WEIR) Results/gate-study $(RUNS)

# Of the debug build too, which make test compares.
counts: PACKAGES += valgrind
counts: build
	swift build --product weir $(CHECKED)
	.build/debug/weir count --save $(COUNTS)
	$(WEIR) count --instructions --save $(COUNTS)

plugins: $(patsubst Benchmarks/Plugins/%.c,out/plugins/lib%.so,$(wildcard Benchmarks/Plugins/*.c))

out/plugins/lib%.so: Benchmarks/Plugins/%.c Sources/CBackend/include/weir_backend.h
	@mkdir -p $(@D)
	$(CC) -std=c11 -O2 -Wall -Wextra -shared -fPIC -fvisibility=hidden -pthread \
	  -I Sources/CBackend/include $< -o $@

# One directory per machine; the index lists every recorded run.
MACHINE ?= $(shell lscpu | sed -n 's/^Model name: *//p' | tr -cs 'A-Za-z0-9\n' '-' | tr 'A-Z' 'a-z')-$(shell nproc)cpu
results:
	@$(MAKE) --no-print-directory bench OUT=Results/$(MACHINE)
	@{ sed '/^## Runs/q' Results/README.md; echo; \
	  for run in Results/*/*.md; do echo "- [$${run#Results/}]($${run#Results/}): $$(sed -n '1s/^#* *//p' $$run)$$(page=$${run%.md}.html; \
	    [ ! -f $$page ] || echo " ([page]($${page#Results/}))")"; done; \
	} > Results/README.tmp && mv Results/README.tmp Results/README.md
	@[ $(NAME) != default ] || $(MAKE) --no-print-directory readme

# The run's tables by size, and what they are tables of, between the README's two marks.
RECORDED = Results/$(MACHINE)/$(NAME).md
readme:
	@{ sed '/^<!-- results/q' README.md; \
	  awk '/^\*\*(throughput|p50)/ { n++; if (n != 3) { print "\n" $$0 "\n"; on = 1; next } } \
	    /^\|/ { if (on) { print; seen = 1 } next } seen { on = seen = 0 } \
	    /^(machine|build|roofline|regimes):/ { said = said "\n" $$0 "\n" } \
	    END { print said "\n[The whole run]($(RECORDED))\n" }' $(RECORDED); \
	  sed -n '/^<!-- end of results/,$$p' README.md; \
	} > README.tmp && mv README.tmp README.md

setup:
	@command -v swift >/dev/null || { echo "weir: Swift 6.2 or later is needed: https://www.swift.org/install"; exit 6; }
	@missing=""; for package in $(PACKAGES); do \
	  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	done; \
	[ -z "$$missing" ] && exit 0; \
	command -v apt-get >/dev/null || { echo "weir: install these packages (Debian's names):$$missing"; exit 6; }; \
	if [ "$$(id -u)" = 0 ]; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
	else echo "weir: run this once: sudo apt-get install$$missing"; exit 6; fi

clean:
	rm -rf .build out
