# The figures of this machine, printed and kept in docs/performance.md, run
# before the benchmarks of the rooms. BENCH_FLAGS shortens it, for example
# make figures BENCH_FLAGS="-rounds 1 -each 2s -cases 100000".
BENCH_FLAGS ?=

bench: figures

.PHONY: figures
figures: build ## measure the whole product and write docs/performance.md
	go run ./tests/bench -bin bin/tongban $(BENCH_FLAGS)
