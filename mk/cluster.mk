# The trials of several servers on this machine: PostgreSQL under Patroni, nodes
# behind HAProxy, killed, paused, cut, upgraded. CLUSTER_FLAGS changes them, for
# example make cluster CLUSTER_FLAGS="-kills 20" or CLUSTER_FLAGS="-only upgrade".
CLUSTER_FLAGS ?=

.PHONY: cluster
cluster: needs build ## break a cluster of PostgreSQL servers and nodes under load
	@tests/needs-cluster
	go run ./tests/cluster -bin $(CURDIR)/bin/tongban $(CLUSTER_FLAGS)
