# The shelf of buckets against a real S3 server, built from a module of its own.

.PHONY: s3
s3: needs .build/versitygw ## attachments in a bucket, tried against a real S3 server
	TONGBAN_S3_SERVER=$(CURDIR)/.build/versitygw go run ./tests/withpg go test -count=1 $(GOTEST_FLAGS) ./internal/record/file

.build/versitygw: tests/s3/go.mod tests/s3/go.sum
	cd tests/s3 && go build -o $(CURDIR)/.build/versitygw github.com/versity/versitygw/cmd/versitygw
