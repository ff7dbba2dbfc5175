package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// servers are three PostgreSQL servers under Patroni, with etcd, and the wires
// that lead to them.
type servers struct {
	strict bool // synchronous_mode and synchronous_mode_strict
	ttl    int
	dir    string
	bin    string
	as     *syscall.Credential
	log    io.Writer
	etcd   *program
	dcs    string // address of etcd
	list   []*server
	http   *http.Client
}

// server is one of them.
type server struct {
	name       string
	dir        string
	port, rest int
	patroni    *program
	wire       *wire
}

const healWithin = 4 * time.Minute // a shared machine may be slow

// startServers starts everything and waits until both standbys follow.
func startServers(ctx context.Context, dir string, strict bool, ttl int, log io.Writer) (*servers, error) {
	s := &servers{strict: strict, ttl: ttl, dir: dir, log: log, http: &http.Client{Timeout: 2 * time.Second}}
	var err error
	if s.as, err = postgresUser(); err != nil {
		return nil, err
	}
	if s.bin, err = postgresPrograms(); err != nil {
		return nil, err
	}
	if err := s.startEtcd(); err != nil {
		return s, err
	}
	for i := range 3 {
		p, err := ports(2)
		if err != nil {
			return s, err
		}
		x := &server{name: fmt.Sprintf("pg%d", i+1), port: p[0], rest: p[1]}
		x.dir = filepath.Join(dir, x.name)
		if err := folder(s.as, x.dir); err != nil {
			return s, err
		}
		if err := os.WriteFile(x.dir+"/patroni.yml", []byte(s.configuration(x)), 0o644); err != nil {
			return s, err
		}
		if x.wire, err = newWire("127.0.0.1:" + strconv.Itoa(x.port)); err != nil {
			return s, err
		}
		s.list = append(s.list, x)
		if err := s.start(x); err != nil {
			return s, err
		}
		if i == 0 { // the first founds the cluster
			if err := until(ctx, healWithin, "the first server to lead", func() bool { return s.leads(x) }); err != nil {
				return s, err
			}
		}
	}
	if err := s.healed(ctx); err != nil {
		return s, err
	}
	return s, s.prepare(ctx)
}

func postgresPrograms() (string, error) {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if len(dirs) == 0 {
		return "", fmt.Errorf("no PostgreSQL in /usr/lib/postgresql")
	}
	return dirs[len(dirs)-1], nil
}

// startEtcd starts one etcd. Its own loss is not what is tried here: its files
// lie in memory where there is a place for that.
func (s *servers) startEtcd() error {
	p, err := ports(2)
	if err != nil {
		return err
	}
	place := s.dir
	if _, err := os.Stat("/dev/shm"); err == nil {
		place = "/dev/shm"
	}
	dir, err := os.MkdirTemp(place, "tongban-etcd-")
	if err != nil {
		return err
	}
	client, peer := fmt.Sprintf("http://127.0.0.1:%d", p[0]), fmt.Sprintf("http://127.0.0.1:%d", p[1])
	s.dcs = fmt.Sprintf("127.0.0.1:%d", p[0])
	s.etcd, err = launch("etcd", nil, dir, s.log, "etcd", "--name", "one", "--data-dir", dir+"/data", "--listen-client-urls", client,
		"--advertise-client-urls", client, "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", "one="+peer,
		"--heartbeat-interval", "250", "--election-timeout", "2500", "--log-level", "error")
	return err
}

// configuration is Patroni's file for one server.
func (s *servers) configuration(x *server) string {
	return fmt.Sprintf(`scope: tongban
name: %[1]s
restapi: {listen: "127.0.0.1:%[2]d", connect_address: "127.0.0.1:%[2]d"}
etcd3: {host: "%[3]s"}
bootstrap:
  dcs:
    ttl: %[4]d
    loop_wait: 1
    retry_timeout: 3
    maximum_lag_on_failover: 104857600
    synchronous_mode: %[5]t
    synchronous_mode_strict: %[5]t
    postgresql:
      use_pg_rewind: true
      parameters: {max_connections: 200, shared_buffers: 64MB, wal_log_hints: "on", max_wal_senders: 10, wal_keep_size: 256MB, synchronous_commit: "on", dynamic_shared_memory_type: mmap}
  initdb: [{encoding: UTF8}, {locale: C.UTF-8}, data-checksums]
  pg_hba: ["host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust", "local all all trust"]
postgresql:
  listen: "127.0.0.1:%[6]d"
  connect_address: "127.0.0.1:%[6]d"
  data_dir: %[7]s/data
  bin_dir: %[8]s
  pgpass: %[7]s/pgpass
  authentication:
    superuser: {username: postgres}
    replication: {username: replicator}
    rewind: {username: rewinder}
  parameters: {unix_socket_directories: "%[7]s"}
`, x.name, x.rest, s.dcs, s.ttl, s.strict, x.port, x.dir, s.bin)
}

func (s *servers) start(x *server) error {
	var err error
	x.patroni, err = launch("patroni of "+x.name, s.as, x.dir, s.log, "patroni", x.dir+"/patroni.yml")
	return err
}

// kill ends Patroni and every process of the server at once, as a power cut
// would end them.
func (s *servers) kill(x *server) {
	if x.patroni != nil {
		x.patroni.kill()
		x.patroni = nil
	}
	pid := x.postmaster()
	if pid == 0 {
		return
	}
	for _, p := range append(children(pid), pid) {
		_ = syscall.Kill(p, syscall.SIGKILL)
	}
}

// postmaster is the server's first process, 0 when there is none.
func (x *server) postmaster() int {
	b, err := os.ReadFile(x.dir + "/data/postmaster.pid")
	if err != nil {
		return 0
	}
	pid, _ := strconv.Atoi(strings.SplitN(string(b), "\n", 2)[0])
	// The file outlives a server that was killed, and its number may be another's.
	if is, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid)); err != nil || is != x.dir+"/data" {
		return 0
	}
	return pid
}

// leads tells whether Patroni says that this server is the primary.
func (s *servers) leads(x *server) bool {
	r, err := s.http.Get(fmt.Sprintf("http://127.0.0.1:%d/primary", x.rest))
	if err != nil {
		return false
	}
	_ = r.Body.Close()
	return r.StatusCode == http.StatusOK
}

// primary is who leads now, nil when nobody does.
func (s *servers) primary() *server {
	for _, x := range s.list {
		if s.leads(x) {
			return x
		}
	}
	return nil
}

// standbys counts the standbys that stream from the primary, and those of them
// that confirm its commits.
func (s *servers) standbys(ctx context.Context, x *server) (streaming, confirming int, err error) {
	err = s.ask(ctx, x, "postgres", `select count(*) filter (where state = 'streaming'),
		count(*) filter (where state = 'streaming' and sync_state in ('sync', 'quorum')) from pg_stat_replication`, &streaming, &confirming)
	return streaming, confirming, err
}

// healed waits until one server leads and two follow it.
func (s *servers) healed(ctx context.Context) error {
	return until(ctx, healWithin, "one primary and two standbys", func() bool {
		x := s.primary()
		if x == nil {
			return false
		}
		streaming, confirming, err := s.standbys(ctx, x)
		return err == nil && streaming == 2 && (!s.strict || confirming == 1 && s.named(x))
	})
}

// named tells whether Patroni has a confirming standby in its own books: only
// that one may lead next.
func (s *servers) named(x *server) bool {
	r, err := s.http.Get(fmt.Sprintf("http://127.0.0.1:%d/cluster", x.rest))
	if err != nil {
		return false
	}
	defer func() { _ = r.Body.Close() }()
	b, err := io.ReadAll(r.Body)
	return err == nil && strings.Contains(string(b), `"sync_standby"`)
}

// prepare makes the role and the database of the product.
func (s *servers) prepare(ctx context.Context) error {
	x := s.primary()
	for _, sql := range []string{`create role tongban login`, `create database tongban owner tongban encoding 'UTF8' template template0`} {
		if err := s.do(ctx, x, "postgres", sql); err != nil {
			return err
		}
	}
	return nil
}

// url leads to whichever of the servers takes writes, by way of the wires.
func (s *servers) url() string {
	hosts := make([]string, len(s.list))
	for i, x := range s.list {
		hosts[i] = x.wire.addr()
	}
	return "postgres://tongban@" + strings.Join(hosts, ",") + "/tongban?sslmode=disable&target_session_attrs=read-write&connect_timeout=3"
}

func (s *servers) connect(ctx context.Context, x *server, database string) (*pgx.Conn, error) {
	return pgx.Connect(ctx, fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s?sslmode=disable&connect_timeout=3", x.port, database))
}

// ask reads one row as the superuser.
func (s *servers) ask(ctx context.Context, x *server, database, sql string, into ...any) error {
	c, err := s.connect(ctx, x, database)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(ctx) }()
	return c.QueryRow(ctx, sql).Scan(into...)
}

func (s *servers) do(ctx context.Context, x *server, database, sql string) error {
	c, err := s.connect(ctx, x, database)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(ctx) }()
	_, err = c.Exec(ctx, sql)
	return err
}

// close ends everything. The servers clear away their shared memory, which a
// kill would leave behind.
func (s *servers) close() {
	for _, x := range s.list {
		if x.patroni != nil {
			x.patroni.kill()
		}
		if pid := x.postmaster(); pid != 0 {
			_ = syscall.Kill(pid, syscall.SIGQUIT)
		}
	}
	for _, x := range s.list {
		_ = until(context.Background(), 20*time.Second, x.name+" to end", func() bool { return x.postmaster() == 0 })
		s.kill(x)
		if x.wire != nil {
			x.wire.close()
		}
	}
	if s.etcd != nil {
		s.etcd.kill()
		_ = os.RemoveAll(s.etcd.cmd.Dir)
	}
}

// until asks again and again until something holds.
func until(ctx context.Context, within time.Duration, what string, holds func() bool) error {
	ctx, stop := context.WithTimeout(ctx, within)
	defer stop()
	for !holds() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("waited %v for %s: %w", within, what, ctx.Err())
		case <-time.After(200 * time.Millisecond):
		}
	}
	return nil
}
