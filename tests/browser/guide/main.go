// Command guide serves the style guide of internal/web/ui for the browser
// tests: it prints its address on the first line and runs until its input ends.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"tongban/internal/rules/day"
	"tongban/internal/web/ui"
)

func main() {
	addr := "127.0.0.1:0"
	if len(os.Args) > 1 {
		addr = os.Args[1]
	}
	if err := serve(addr); err != nil {
		log.Fatal(err)
	}
}

func serve(addr string) error {
	var keys atomic.Int64
	pages, err := ui.New(ui.Options{
		Site:      ui.Both{ZH: "云禾县政务服务网", EN: "Yunhe County Services"},
		Authority: ui.Both{ZH: "云禾县人民政府", EN: "Yunhe County Government"},
		Address:   "yunhe.example", Version: "0.1", Updated: day.Of(2026, 11, 24),
		Clock: day.System, NewKey: func() string { return strconv.FormatInt(keys.Add(1), 10) },
	})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle(ui.AssetPath, ui.Assets())
	mux.Handle(ui.GuidePath, ui.Guide(pages))
	mux.Handle(ui.GuidePath+"/", ui.Guide(pages))
	mux.Handle("/prefs", ui.PrefsHandler(false))
	mux.HandleFunc("/", pages.NotFound)
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", l.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // the tests close it when they are done
		os.Exit(0)
	}()
	s := &http.Server{Handler: ui.Headers(false, mux), ReadHeaderTimeout: 5 * time.Second}
	return s.Serve(l)
}
