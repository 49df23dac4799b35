# The two to know: `make run` and `make test`. Each installs the Debian packages that it lacks, then builds.
JOBS ?= $(shell nproc)
PORT ?= 8000
# an include that is edited while its unit compiles must not enter the cache: no sloppiness about times
export CCACHE_SLOPPINESS = pch_defines,time_macros
export CCACHE_DEPEND = 1
BINARY = build/release/mini-scheduler
release = cmake --preset release -DSCHEDULER_TESTS=$(1) -DSCHEDULER_BENCH=$(2) >build/configure.log || { cat build/configure.log; exit 1; }; \
  cmake --build --preset release -j $(JOBS)

.PHONY: run build test bench bench-page fuzz soak check format docs asan tsan api-types pictures clean packages-%

run: build ## build, then serve the page on 127.0.0.1:8000
	exec $(BINARY) serve --port $(PORT)

build: packages-build ## the binary, at build/release/mini-scheduler
	@mkdir -p build
	@$(call release,OFF,OFF)

test: packages-build packages-test ## every test
	@mkdir -p build
	@$(call release,ON,OFF)
	scripts/run-tests.sh build/release

bench: packages-build packages-test packages-bench ## the figures of docs/performance.md
	@mkdir -p build
	@$(call release,ON,ON)
	build/release/bench/cron_bench
	build/release/bench/store_bench
	/usr/bin/python3 bench/run.py

bench-page: packages-test build ## those of the page alone; TASKS, EXECUTIONS, RUNNING, REPEATS, SECONDS, ONLY
	/usr/bin/python3 bench/run.py --only page

fuzz: packages-build packages-test packages-fuzz ## each fuzz target for SECONDS (60)
	cmake --preset fuzz
	cmake --build --preset fuzz --target fuzzers -j $(JOBS)
	scripts/run-fuzz.sh build/fuzz $(or $(SECONDS),60)

soak: packages-build packages-test ## kills for MINUTES (10), and MINUTES x 20 simulated worlds; SEED repeats one
	@mkdir -p build
	@$(call release,ON,OFF)
	SIMULATOR_SEED=1000 SIMULATOR_WORLDS=$$(( $(or $(MINUTES),10) * 20 )) build/release/tests/simulator/simulator_test \
	  --gtest_filter='*EachFireIs*'
	SCHEDULER_BINARY=$(BINARY) /usr/bin/python3 -m pytest -q -s -p no:cacheprovider tests/crash/long_faults.py
	SCHEDULER_BINARY=$(BINARY) /usr/bin/python3 tests/crash/soak.py --minutes $(or $(MINUTES),10) $(if $(SEED),--seed $(SEED))

check: packages-build packages-test packages-check ## format, clang-tidy, layers
	scripts/check.sh

format: packages-check ## write what `check` wants
	git ls-files '*.cpp' '*.h' | xargs clang-format-14 -i

asan tsan: packages-build packages-test ## the whole suite under a sanitizer
	cmake --preset $@
	cmake --build --preset $@ -j $(JOBS)
	SCHEDULER_SANITIZER=$@ scripts/run-tests.sh build/$@

api-types: build ## write web/src/api/schema.ts from the server's own description
	SCHEDULER_BINARY=$(CURDIR)/$(BINARY) node tests/browser/api-types.mjs

pictures: build packages-test ## write docs/pictures from the page itself
	MINI_SCHEDULER_ADMIN_PASSWORD=for-the-pictures SCHEDULER_BINARY=$(CURDIR)/$(BINARY) node tests/browser/pictures.mjs

clean: ## throw the build folders away
	rm -rf build

packages-%:
	@scripts/install-packages.sh $*

docs: packages-build packages-test ## write docs/configuration.md from the table of settings
	@mkdir -p build
	@$(call release,ON,OFF)
	WRITE_DOCS=1 build/release/src/app/app_test --gtest_filter='ConfigurationDocs.*'
