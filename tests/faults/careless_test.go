package faults_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"tongban/internal/api"
	"tongban/internal/web/door"
	"tongban/tests/drive"
)

// careless is the name under which this program, instead of testing, serves a
// county as the product does, but without ever flushing. Whatever proves that
// the product flushes must find this one out.
const careless = "careless"

func serveCarelessly(dir string) error {
	o := drive.Options(dir, "")
	o.NoSync = true
	c, err := drive.Reopen(context.Background(), o)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stdout, "http://%s\n", l.Addr())
	s := &http.Server{Handler: api.Handler(c.House, api.Options{Cookie: door.Cookie}), ReadHeaderTimeout: 10 * time.Second}
	return s.Serve(l)
}
