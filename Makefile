# Tongban: government services in one binary. "make help" lists what there is.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

include $(wildcard mk/*.mk)

# Where Git cannot be asked (no checkout, another owner), nothing is stamped.
ifeq ($(shell git rev-parse HEAD 2>/dev/null),)
export GOFLAGS += -buildvcs=false
endif

# What the binary embeds and Git does not hold; the files of mk/ say how it is made.
ASSETS += $(FONT)

# GOTEST_FLAGS adds to every run of the tests, for example -v or -count=1.
GOTEST_FLAGS ?=
# Vetting is make check's, once and whole.
GOTEST := go run ./tests/withpg go test -vet=off -p 2 -timeout 9m

# The suites in JavaScript: each folder of tests/ with a package.json.
SUITES := $(patsubst tests/%/package.json,%,$(wildcard tests/*/package.json))
INSTALLED := $(SUITES:%=tests/%/node_modules/.installed)

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: $(ASSETS) ## build bin/tongban
	CGO_ENABLED=0 go build -trimpath -o bin/tongban ./cmd/tongban

.PHONY: demo
demo: build ## open the demonstration county
	bin/tongban demo --open

.PHONY: test
test: needs build $(INSTALLED) ## run every test: Go on both databases, then the browser, BPMN and API suites
	$(GOTEST) $(GOTEST_FLAGS) ./...
	@for suite in $(SUITES); do echo "== tests/$$suite"; (cd tests/$$suite && npm test --silent); done

.PHONY: check
check: $(ASSETS) .build/staticcheck ## format, vet, staticcheck, and the rules of the house
	@unformatted=$$(gofmt -l cmd internal tests); \
	if [ -n "$$unformatted" ]; then echo "Not formatted, run gofmt -w:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	.build/staticcheck ./...
	go test $(GOTEST_FLAGS) ./tests/house

.PHONY: race
race: needs $(ASSETS) ## run the Go tests with the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GOTEST) -race -timeout 40m $(GOTEST_FLAGS) ./internal/...

.PHONY: cover
cover: needs $(ASSETS) ## write how far the tests reach to .build/cover.html
	mkdir -p .build
	$(GOTEST) -coverpkg ./internal/...,./cmd/... -coverprofile .build/cover.out $(GOTEST_FLAGS) ./...
	go tool cover -html .build/cover.out -o .build/cover.html
	go tool cover -func .build/cover.out | tail -n 1

.PHONY: clean
clean: ## remove what was built, installed for tests, and the demonstration's data
	rm -rf bin .build data-demo tests/*/node_modules $(ASSETS)

.PHONY: needs
needs:
	@tests/needs

# npm ci only when the lockfile changed, so that a second run needs no network.
tests/%/node_modules/.installed: tests/%/package-lock.json tests/%/package.json
	cd tests/$* && npm ci --prefer-offline --no-audit --no-fund --ignore-scripts
	mkdir -p $(@D) && touch $@

.build/staticcheck: tools/go.mod tools/go.sum
	mkdir -p .build
	cd tools && go build -o ../.build/staticcheck honnef.co/go/tools/cmd/staticcheck
	touch $@
