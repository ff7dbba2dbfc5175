// Command temporal is a peer for the figures of this repository: Temporal's
// development server on an SQLite file that is flushed at every commit, and a
// program beside it that takes flows through the server by signals.
//
//	temporal serve -dir folder     the server; tells where it listens and how it flushes
//	temporal drive -at host:port   the worker and the load generator
//
// Both print their address on their first line and answer GET /about; the second
// answers POST /run?workers=8&for=10s with what it measured.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

// about is what a peer tells of itself.
type about struct {
	Name       string `json:"name"`
	Durability string `json:"durability,omitempty"`
	Address    string `json:"address,omitempty"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "temporal:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("say serve or drive")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	dir := flags.String("dir", ".", "folder of the database")
	at := flags.String("at", "", "address of the server")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	mux := http.NewServeMux()
	var end func()
	var err error
	switch args[0] {
	case "serve":
		end, err = serve(mux, *dir)
	case "drive":
		end, err = drive(mux, *at)
	default:
		err = fmt.Errorf("%s: say serve or drive", args[0])
	}
	if err != nil {
		return err
	}
	defer end()
	return answer(mux)
}

// answer serves until the process is asked to end.
func answer(mux *http.ServeMux) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", l.Addr())
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, os.Interrupt, syscall.SIGTERM)
	failed := make(chan error, 1)
	go func() { failed <- http.Serve(l, mux) }()
	select {
	case <-asked:
		return nil
	case err := <-failed:
		return err
	}
}

// tell answers with JSON.
func tell(w http.ResponseWriter, x any, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(x)
}
