package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"syscall"

	"github.com/jackc/pgx/v5"

	"tongban/internal/record/store/storetest"
)

// postgres is a server of our own, with its log.
type postgres struct{ url, dir string }

// serve starts the server, once. While rows are loaded it flushes nothing; careful
// has it flush as one in service does.
func (r *run) serve(ctx context.Context) (*postgres, error) {
	if r.server != nil {
		return r.server, nil
	}
	dir := r.dir + "/pg"
	if err := errors.Join(os.Mkdir(dir, 0o711), os.Chmod(r.dir, 0o711), os.Setenv("TMPDIR", dir)); err != nil {
		return nil, err
	}
	u, err := storetest.ServerWith("-c", "shared_buffers=1GB", "-c", "wal_level=minimal", "-c", "max_wal_senders=0", "-c", "max_wal_size=1GB",
		"-c", "checkpoint_timeout=30min", "-c", "shared_preload_libraries=auto_explain", "-c", "logging_collector=on", "-c", "log_directory=log",
		"-c", "log_min_messages=log", "-c", "log_checkpoints=off", "-c", "log_autovacuum_min_duration=-1", "-c", "jit=off")
	if err != nil {
		return nil, err
	}
	r.server = &postgres{url: u, dir: dir}
	return r.server, r.server.settings(ctx, "fsync=off", "full_page_writes=off", "autovacuum=off")
}

// settings changes settings of the running server; it reads them before it
// answers the next connection.
func (p *postgres) settings(ctx context.Context, list ...string) error {
	return p.on(ctx, p.url, func(c *pgx.Conn) error {
		for _, s := range list {
			if _, err := c.Exec(ctx, "alter system set "+s); err != nil {
				return err
			}
		}
		_, err := c.Exec(ctx, "select pg_reload_conf()")
		return err
	})
}

// careful flushes from now on, and writes out what was not.
func (p *postgres) careful(ctx context.Context) error {
	if err := p.settings(ctx, "fsync=on", "full_page_writes=on", "synchronous_commit=on", "autovacuum=on"); err != nil {
		return err
	}
	return p.on(ctx, p.url, func(c *pgx.Conn) error {
		_, err := c.Exec(ctx, "checkpoint")
		return err
	})
}

// database makes a database and returns its URL; drop takes it away.
func (p *postgres) database(ctx context.Context, name string) (string, error) {
	u, err := url.Parse(p.url)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), p.on(ctx, p.url, func(c *pgx.Conn) error {
		_, err := c.Exec(ctx, fmt.Sprintf(`create database %s template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'`, name))
		return err
	})
}

func (p *postgres) drop(ctx context.Context, name string) error {
	return p.on(context.WithoutCancel(ctx), p.url, func(c *pgx.Conn) error {
		_, err := c.Exec(context.WithoutCancel(ctx), fmt.Sprintf(`drop database if exists %s with (force)`, name))
		return err
	})
}

// on runs f on a connection.
func (p *postgres) on(ctx context.Context, url string, f func(*pgx.Conn) error) error {
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	return errors.Join(f(c), c.Close(context.WithoutCancel(ctx)))
}

// logged reads what the server has logged.
func (p *postgres) logged() (string, error) {
	files, err := filepath.Glob(p.dir + "/tongban-pg-*/data/log/*")
	if err != nil {
		return "", err
	}
	all := ""
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return "", err
		}
		all += string(b)
	}
	return all, nil
}

// room refuses to begin what the disk cannot hold, and leaves some for others.
func (r *run) room(bytes int64) error {
	const leave = 3e9
	var fs syscall.Statfs_t
	if err := syscall.Statfs(r.dir, &fs); err != nil {
		return err
	}
	if free := int64(fs.Bavail) * fs.Bsize; free < bytes+leave {
		return fmt.Errorf("it needs %s and leaves %s; %s are free", megabytes(bytes), megabytes(leave), megabytes(free))
	}
	return nil
}
