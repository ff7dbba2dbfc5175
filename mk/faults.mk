# The long trials, and their table: what was tried, how often, what was lost.
# docs/faults.md says how.

.PHONY: faults
faults: needs build ## every long trial: kills, power cuts, full disks, races, a cluster; prints what was lost
	@tests/faults/all one-machine packages cluster

.PHONY: kills
kills: needs build ## only the long trials of one machine, with their table
	@tests/faults/all one-machine
