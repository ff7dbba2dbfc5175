package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/temporalio/cli/temporalcli/devserver"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/metrics"
	"go.temporal.io/server/common/persistence/sql"
	"go.temporal.io/server/common/persistence/sql/sqlplugin"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/common/resolver"
)

// pragmas make each commit durable before it is answered, in the mode of the
// journal that costs least.
var pragmas = map[string]string{"journal_mode": "WAL", "synchronous": "FULL"}

// serve starts the development server as its own command starts it, without the
// pages: the settings are those of "temporal server start-dev --headless".
func serve(mux *http.ServeMux, dir string) (func(), error) {
	file := filepath.Join(dir, "temporal.db")
	port := devserver.MustGetFreePort("127.0.0.1")
	s, err := devserver.Start(devserver.StartOptions{
		FrontendIP: "127.0.0.1", FrontendPort: port, Namespaces: []string{"default"}, ClusterID: "6f6c8a6e-52e7-4d6b-8ea4-1f6c1f0a9b11",
		MasterClusterName: "active", CurrentClusterName: "active", InitialFailoverVersion: 1, DatabaseFile: file, SqlitePragmas: pragmas,
		Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})), LogLevel: slog.LevelError,
		DynamicConfigValues: map[string]any{
			"system.forceSearchAttributesCacheRefreshOnRead": true, "frontend.persistenceMaxQPS": 10000, "history.persistenceMaxQPS": 45000,
			// The development server admits 2,400 requests a second of a namespace; a limit is not what is measured.
			"frontend.namespaceRPS": 100000, "frontend.namespaceRPS.visibility": 100000, "frontend.rps": 100000,
		},
	})
	if err != nil {
		return nil, err
	}
	mux.HandleFunc("GET /about", func(w http.ResponseWriter, _ *http.Request) {
		said, err := durability(file)
		tell(w, about{
			Name:       fmt.Sprintf("Temporal development server %s (cli %s)", version("go.temporal.io/server"), version("github.com/temporalio/cli")),
			Durability: said, Address: fmt.Sprintf("127.0.0.1:%d", port),
		}, err)
	})
	return s.Stop, nil
}

// durability asks the very connection that the server writes with: the server
// keeps one connection for each database in this process and hands it out again
// for the same settings. It offers no query but one for a text in a table of
// versions, which this server does not use: it is made for a moment, and what the
// connection says of itself is put there and read back.
func durability(file string) (string, error) {
	c := &config.SQL{PluginName: sqlite.PluginName, DatabaseName: file, ConnectAttributes: map[string]string{"mode": "rwc"}}
	for k, v := range pragmas {
		c.ConnectAttributes[k] = v
	}
	db, err := sql.NewSQLAdminDB(sqlplugin.DbKindUnknown, c, resolver.NewNoopResolver(), log.NewNoopLogger(), metrics.NoopMetricsHandler)
	if err != nil {
		return "", err
	}
	defer func() { _ = db.Close() }()
	if err := db.CreateSchemaVersionTables(); err != nil {
		return "", err
	}
	const row = "told"
	if err := db.Exec(`insert into schema_version(version_partition, db_name, curr_version)
		select 0, ?, 'SQLite ' || sqlite_version() || ', journal_mode ' || j.journal_mode || ', synchronous '
		|| case s.synchronous when 0 then 'OFF' when 1 then 'NORMAL' when 2 then 'FULL' else 'EXTRA' end
		from pragma_journal_mode j, pragma_synchronous s`, row); err != nil {
		return "", err
	}
	said, err := db.ReadSchemaVersion(row)
	if err != nil {
		return "", err
	}
	return said, errors.Join(db.DropTable("schema_version"), db.DropTable("schema_update_history"))
}

// version is the version of a module that was built in.
func version(module string) string {
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
