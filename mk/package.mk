# Packages: the stripped static program, a Debian package, and the context of a
# container image, all in bin/. The same source gives the same bytes.
TAG := $(shell git describe --tags --match 'v[0-9]*' --dirty=+dirty 2>/dev/null)
# v1.2.3 is 1.2.3, commits after it 1.2.3+4.g0123456; without a tag the day and the commit.
PACKAGE_VERSION := $(or $(shell echo '$(TAG)' | sed -n 's/^v//; s/-\([0-9]*\)-g/+\1.g/; p'),$(shell git log -1 --format='0~%cd.%h' --date=format:%Y%m%d 2>/dev/null),0~unknown)
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)
DEB := bin/tongban_$(PACKAGE_VERSION)_$(shell dpkg --print-architecture 2>/dev/null || go env GOARCH).deb
# Without symbols and debugging tables (traces of panics keep their lines); the
# version is stamped, not read from the checkout, so that the folder does not count.
PACKAGE_BUILD := CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w -buildid= -X tongban/internal/house.stamped=$(PACKAGE_VERSION)'

.PHONY: package
package: $(ASSETS) alerts ## build the Debian package and the container's context into bin/
	mkdir -p bin/container
	$(PACKAGE_BUILD) -o bin/container/tongban ./cmd/tongban
	packaging/deb bin/container/tongban '$(PACKAGE_VERSION)' '$(DEB)'
	cp packaging/Containerfile bin/container/
	cp /etc/ssl/certs/ca-certificates.crt bin/container/
	@ls -l bin/container '$(DEB)'

.PHONY: alerts
alerts: ## write the alerts for Prometheus and the table of the docs from the one list
	TONGBAN_UPDATE_ALERTS=1 go test -count=1 -run TestAlertFiles ./internal/house/alert

# Built a second time in another folder with an empty cache, byte for byte the
# same; then installed, and run as the unit and the container would.
.PHONY: package-test
package-test: package ## build the packages twice, compare, install and run them
	rm -rf .build/again && mkdir -p .build/again
	git ls-files -z -- go.mod go.sum cmd internal packaging docs/operations.md | xargs -0 cp --parents -t .build/again
	$(foreach f,$(ASSETS),mkdir -p .build/again/$(dir $(f)); cp $(f) .build/again/$(f);)
	cd .build/again && $(PACKAGE_BUILD) -a -o tongban ./cmd/tongban && packaging/deb tongban '$(PACKAGE_VERSION)' again.deb
	cmp .build/again/tongban bin/container/tongban
	cmp .build/again/again.deb '$(DEB)'
	rm -rf .build/again
	TONGBAN_DEB='$(CURDIR)/$(DEB)' TONGBAN_CONTAINER='$(CURDIR)/bin/container' go test -count=1 -v ./tests/package
