# Every fuzz target of the tree, found by its name, each for FUZZ_TIME. What it
# finds is kept under testdata/fuzz of its package and runs in "make test" from
# then on.
FUZZ_TIME ?= 10s

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZ_TIME (10s)
	@for dir in $$(grep -rl '^func Fuzz' --include=*_test.go internal cmd tests | xargs -n1 dirname | sort -u); do \
		for name in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' $$dir/*_test.go | cut -d' ' -f2 | sort -u); do \
			echo "== $$dir $$name"; \
			go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZ_TIME) ./$$dir; \
		done; \
	done
