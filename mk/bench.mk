# The figures of this machine beside those of the peers, in one table that is kept
# in docs/performance.md. BENCH_FLAGS shortens or lengthens it, for example
#   make bench BENCH_FLAGS="-rounds 1 -each 2s -cases 100000"   to try it
#   make bench BENCH_FLAGS="-only cases,create"                 some parts, not kept
#   make bench BENCH_FLAGS="-only province -items 4000"         a small province; 200,000 items without -items
#   make bench BENCH_FLAGS=-long                                the lifecycle for ten minutes each
# The peers (tests/peers) are modules of their own; building them for the first
# time fetches what they need and takes minutes.
BENCH_FLAGS ?=

.PHONY: bench
bench: needs build ## measure beside the peers and write docs/performance.md
	go run ./tests/bench -bin bin/tongban $(BENCH_FLAGS)

.PHONY: micro
micro: needs $(ASSETS) ## run the benchmarks of single packages
	go run ./tests/withpg go test -p 1 -timeout 60m -run '^$$' -bench . -benchmem ./internal/... ./tests/...

PEERS := $(patsubst tests/peers/%/go.mod,%,$(wildcard tests/peers/*/go.mod))

.PHONY: peers
peers: ## vet and build the peers
	@for peer in $(PEERS); do echo "== tests/peers/$$peer"; (cd tests/peers/$$peer && go vet ./... && CGO_ENABLED=0 go build -o /dev/null .); done
