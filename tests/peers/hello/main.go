// Command hello is a peer for the figures of this repository: the least that a
// server of Go's standard library does, JSON of a given size at any path.
//
//	hello -size 200
//
// It prints its address on its first line; GET /about tells what it is.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
)

func main() {
	size := flag.Int("size", 200, "bytes of the answer")
	flag.Parse()
	if err := run(*size); err != nil {
		fmt.Fprintln(os.Stderr, "hello:", err)
		os.Exit(1)
	}
}

func run(size int) error {
	const around = len(`{"hello":""}`)
	body, err := json.Marshal(map[string]string{"hello": strings.Repeat("o", max(size-around, 0))})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /about", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"name":"net/http of %s"}`, runtime.Version())
	})
	mux.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body)
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", l.Addr())
	return http.Serve(l, mux)
}
