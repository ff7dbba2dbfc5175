package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"time"

	"tongban/internal/api"
	"tongban/internal/house"
	"tongban/internal/house/asked"
	"tongban/internal/process/notice"
	"tongban/internal/register/licence/sheet"
	"tongban/internal/web"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/web/ui/fonts"
	"tongban/internal/work/publish"
)

// serveCommand serves pages and API.
type serveCommand struct {
	storage   `embed:""`
	listening `embed:""`
	place     `embed:""`
	copies    `embed:""`
	hooks     `embed:""`
	higher    `embed:""`
	watched   `embed:""`
	logging   `embed:""`
}

// copies say where backups are made by themselves.
type copies struct {
	BackupDir   string        `default:"" env:"TONGBAN_BACKUP_DIR" placeholder:"DIR" help:"shell.option.backup_dir"`
	BackupEvery time.Duration `default:"24h" env:"TONGBAN_BACKUP_EVERY" placeholder:"TIME" help:"shell.option.backup_every"`
	BackupKeep  int           `default:"14" env:"TONGBAN_BACKUP_KEEP" placeholder:"N" help:"shell.option.keep"`
}

// hooks say where notices may be sent on to.
type hooks struct {
	HookHosts []string `env:"TONGBAN_HOOK_HOSTS" placeholder:"HOST" help:"shell.option.hook_hosts"`
}

// higher says to which portal the lists are sent on.
type higher struct {
	Higher    string `default:"" env:"TONGBAN_HIGHER" placeholder:"URL" help:"shell.option.higher"`
	HigherKey string `default:"" env:"TONGBAN_HIGHER_KEY" placeholder:"FILE" help:"shell.option.higher_key"`
}

// place names the government that the house serves.
type place struct {
	Site      string `default:"政务服务网" env:"TONGBAN_SITE" placeholder:"NAME" help:"shell.option.site"`
	Authority string `default:"" env:"TONGBAN_AUTHORITY" placeholder:"NAME" help:"shell.option.authority"`
	Region    string `default:"000000" env:"TONGBAN_REGION" placeholder:"CODE" help:"shell.option.region"`
	Origin    string `default:"tongban.local/log" env:"TONGBAN_ORIGIN" placeholder:"NAME" help:"shell.option.origin"`
	Remedies  string `default:"" env:"TONGBAN_REMEDIES" placeholder:"TEXT" help:"shell.option.remedies"`
}

// Run serves until it is told to stop, and then ends gracefully.
func (c *serveCommand) Run(s *shell) error {
	witnesses, err := c.witnesses()
	if err != nil {
		return err
	}
	above := publish.Higher{URL: c.Higher, KeyFile: c.HigherKey, Address: c.Public}
	if err := above.Check(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	log, flush := s.log(c.Log)
	defer flush()
	metrics := house.NewMetrics()
	h, err := house.Open(ctx, house.Options{
		Dir: c.Data, Keys: c.Keys, Signed: c.Signed, Database: c.Database, Attachments: c.Attachments, Confirm: !c.Single, Origin: c.Origin, Region: c.Region, Remedies: c.Remedies, Log: log, Metrics: metrics,
		Backups: house.Backups{Dir: c.BackupDir, Every: c.BackupEvery, Keep: c.BackupKeep}, Hooks: notice.Gate{Hosts: c.HookHosts},
		Watched: witnesses, Higher: above,
	})
	if err != nil {
		return err
	}
	return s.serve(ctx, h, metrics, c.listening, door.Options{Site: ui.Plain(c.Site), Authority: ui.Plain(c.Authority)})
}

const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
	graceTime     = 20 * time.Second
)

// serve answers until ctx ends; then /readyz says so for a while in which
// everything is still answered, requests under way are finished, followers and
// jobs stopped, and the database closed.
func (s *shell) serve(ctx context.Context, h *house.House, metrics *house.Metrics, at listening, o door.Options) error {
	l, err := net.Listen("tcp", at.Addr)
	if err != nil {
		return errors.Join(err, h.Close())
	}
	public := at.Public
	if public == "" {
		public = "http://" + l.Addr().String()
	}
	o.Version, o.Address, o.Printer = version(), public, s.printer(public)
	handler, err := site(h, metrics, o)
	if err != nil {
		return errors.Join(err, h.Close())
	}
	if err := h.ReadOnly(); err != nil {
		s.say("shell.serve.read_only", "why", err)
	}
	h.Run(context.WithoutCancel(ctx))
	unwatched := watch(context.WithoutCancel(ctx), metrics)
	server := &http.Server{
		Handler: publicPace.bound(handler), ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, // bodies and answers have their pace
		MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(h.Options.Log.Handler(), slog.LevelWarn),
	}
	leanMemory()
	fmt.Fprintf(s.out, "http://%s\n", l.Addr())
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err = <-failed:
	case <-ctx.Done():
		h.Leave()
		time.Sleep(at.Drain)
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), graceTime)
		defer cancel()
		err = server.Shutdown(grace)
	}
	unwatched()
	return errors.Join(err, h.Close())
}

// heapGrowth is by how much the heap may grow, in percent of what lives, before
// it is collected: what lives is small, and a third less collecting is
// felt by a busy server. GOGC overrides it.
const heapGrowth = 150

// leanMemory gives back what starting took.
func leanMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
	debug.FreeOSMemory()
}

// watch takes readings until the function that it returns is called.
func watch(ctx context.Context, metrics *house.Metrics) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { metrics.Run(ctx) })
	return func() {
		cancel()
		running.Wait()
	}
}

// printer prints licences and papers; a binary that was built without the font
// offers none, and says so.
func (s *shell) printer(public string) *sheet.Printer {
	p, err := sheet.New(fonts.Files(), public+"/check/")
	if err != nil {
		s.say("shell.serve.no_font")
	}
	return p
}

// site is everything that the server answers.
func site(h *house.House, metrics *house.Metrics, o door.Options) (http.Handler, error) {
	pages, err := web.Handler(h, o)
	if err != nil {
		return nil, err
	}
	machines := api.Handler(h, api.Options{Version: o.Version, Cookie: door.Cookie, Printer: o.Printer, Source: door.Source})
	metrics.Watch(h)
	mux := http.NewServeMux()
	mux.Handle("/", pages)
	mux.Handle("/api/", machines)
	mux.Handle(api.LogPrefix, machines)
	mux.Handle("/openapi.json", machines)
	mux.Handle("GET /metrics", metrics.Handler())
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := h.Ready(r.Context()); err != nil {
			h.Options.Log.WarnContext(r.Context(), "not ready", "err", err) // names machines and folders: not for whoever asks
			http.Error(w, "not ready", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	all := ui.Headers(strings.HasPrefix(o.Address, "https://"), asked.Routed(mux))
	return asked.Handler(all, h.Options.Log, metrics.Asked), nil
}
