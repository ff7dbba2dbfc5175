// Command pocketbase is a peer for the figures of this repository: PocketBase,
// used as its documentation uses it as a library, on an SQLite file that is
// flushed at every commit.
//
//	pocketbase -dir folder -tasks 10000 -agencies a,b,c    loads tasks and ends
//	pocketbase -dir folder                                 serves
//
// It prints its address on its first line and answers GET /about. A collection
// takes applications of five fields from anybody; another holds tasks, of which
// each clerk sees the open ones of their agency and post.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"runtime/debug"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
)

// pragmas are those of PocketBase's own connection, but for FULL in the place of NORMAL.
const pragmas = "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=journal_size_limit(200000000)&_pragma=synchronous(FULL)" +
	"&_pragma=foreign_keys(ON)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-32000)"

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "pocketbase:", err)
		os.Exit(1)
	}
}

func run() error {
	dir := flag.String("dir", ".", "folder of the database")
	tasks := flag.Int("tasks", 0, "cases whose tasks are loaded; nothing is served then")
	agencies := flag.String("agencies", "scjg", "agencies among which they are spread")
	flag.Parse()
	app := pocketbase.NewWithConfig(pocketbase.Config{
		DefaultDataDir: *dir, HideStartBanner: true,
		DBConnect: func(path string) (*dbx.DB, error) { return dbx.Open("sqlite", path+pragmas) },
	})
	if err := app.Bootstrap(); err != nil {
		return err
	}
	if err := app.RunAllMigrations(); err != nil {
		return err
	}
	if err := collections(app); err != nil {
		return err
	}
	if *tasks > 0 {
		return load(app, *tasks, strings.Split(*agencies, ","))
	}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		e.Listener, e.InstallerFunc = l, nil
		e.Server.ErrorLog = log.New(os.Stderr, "", 0)
		e.Router.GET("/about", tell)
		if err := e.Next(); err != nil {
			return err
		}
		fmt.Printf("http://%s\n", l.Addr())
		return nil
	})
	return apis.Serve(app, apis.ServeConfig{HttpAddr: "127.0.0.1:0"})
}

// tell says which version this is and how the connection that writes is flushed.
func tell(e *core.RequestEvent) error {
	var version, mode string
	var level, applications int
	for _, ask := range []struct {
		sql  string
		into any
	}{{`select sqlite_version()`, &version}, {`pragma journal_mode`, &mode}, {`pragma synchronous`, &level}, {`select count(*) from applications`, &applications}} {
		if err := e.App.NonconcurrentDB().NewQuery(ask.sql).Row(ask.into); err != nil {
			return err
		}
	}
	return e.JSON(200, map[string]any{
		"name":         "PocketBase " + built("github.com/pocketbase/pocketbase"),
		"durability":   fmt.Sprintf("SQLite %s, journal_mode %s, synchronous %s", version, mode, [...]string{"OFF", "NORMAL", "FULL", "EXTRA"}[level]),
		"applications": applications,
	})
}

// built is the version of a module that was built in.
func built(module string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "of unknown version"
	}
	for _, m := range info.Deps {
		if m.Path == module {
			return m.Version
		}
	}
	return "not built in"
}
