// Package witness is C2SP tlog-witness, both sides: a server that cosigns the
// checkpoints of logs that others run, after seeing that each extends the last,
// and the client that a log asks it with.
//
// A witness must be run by somebody else than the log, or it proves nothing. It
// knows no record, no person and no database: only the last checkpoint of each
// log, which it keeps on disk before it answers.
package witness

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	proofMost   = 63       // lines of a consistency proof
	requestMost = 64 << 10 // bytes of a request or an answer
	sizeType    = "text/x.tlog.size"
	addPath     = "/add-checkpoint"
)

// request is the body of add-checkpoint.
type request struct {
	old        int64
	proof      tlog.TreeProof
	checkpoint string
}

func (r request) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "old %d\n", r.old)
	for _, h := range r.proof {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	return b.String() + "\n" + r.checkpoint
}

var errRequest = errors.New("a request is the line \"old N\", a line for each hash of the proof, an empty line and a checkpoint")

func parseRequest(body string) (request, error) {
	head, checkpoint, ok := strings.Cut(body, "\n\n")
	lines := strings.Split(head, "\n")
	size, isOld := strings.CutPrefix(lines[0], "old ")
	old, err := parseSize(size)
	if !ok || !isOld || err != nil || len(lines) > 1+proofMost {
		return request{}, errRequest
	}
	r := request{old: old, checkpoint: checkpoint}
	for _, line := range lines[1:] {
		b, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(b) != tlog.HashSize {
			return request{}, errRequest
		}
		r.proof = append(r.proof, tlog.Hash(b))
	}
	return r, nil
}

// parseSize reads a tree's size as it must be written: no sign, no leading zero.
func parseSize(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != s {
		return 0, fmt.Errorf("%q is not the size of a tree", s)
	}
	return n, nil
}
