# The trials of the running binary alone: killed a hundred times under load, full
# and read-only disks, races. "make faults" runs them with all others.

.PHONY: kills
kills: build ## kill the server a hundred times under load, and compare
	TONGBAN_FAULTS=1 go run ./tests/withpg go test -count=1 -timeout 60m -v ./tests/faults
