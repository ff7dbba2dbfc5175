# A province's worth of rows on this machine, measured for docs/scale.md. Small by
# default, to see in a few minutes that it works; SCALE=full is what the page
# tells of, needs 40 GB of disk and most of an hour, and writes the page's table.
# SCALE_FLAGS changes it: make scale SCALE_FLAGS="-cases 200000 -only full"
SCALE ?= small
SCALE_small := -cases 2000 -items 20000 -tasks 50000 -sqlite 1000 -each 500ms
SCALE_full := -cases 1000000 -items 1000000 -tasks 10000000 -sqlite 100000 -each 10s -out docs/scale.md
SCALE_FLAGS ?=

.PHONY: scale
scale: needs build ## load many cases, verify them, and measure what stands on them (SCALE=full)
	go run ./tests/scale -bin bin/tongban $(SCALE_$(SCALE)) $(SCALE_FLAGS)

# The two pure judges at the size of a province, without a database: 200,000 items
# checked, 200,000 lines compared with as many items. Some minutes, 4 GB.
.PHONY: scale-rules
scale-rules: $(ASSETS) ## check and compare 200,000 items, the rules alone
	TONGBAN_SCALE=1 go test -count=1 -timeout 60m -v -run 'Scale|Province' ./internal/rules/checkup ./internal/rules/reconcile

# Whole lists as files, a million rows in each format, with the heap watched.
.PHONY: scale-stream
scale-stream: $(ASSETS) ## write lists of a million rows as CSV, workbook and JSON
	TONGBAN_SCALE=1 go test -count=1 -timeout 30m -v -run AMillionRowsStream ./internal/web/lists
