package store

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
)

// session is one connection with its prepared statements, kept for its life.
type session struct {
	conn *sql.Conn
	kept map[string]*sql.Stmt
}

func (c *session) stmt(text string) (*sql.Stmt, error) {
	if s, ok := c.kept[text]; ok {
		return s, nil
	}
	if len(c.kept) >= statementsKept {
		for k, s := range c.kept {
			_ = s.Close()
			delete(c.kept, k)
		}
	}
	s, err := c.conn.PrepareContext(context.Background(), unpeeked(text))
	if err != nil {
		return nil, fmt.Errorf("%w in: %s", err, text)
	}
	c.kept[text] = s
	return s, nil
}

// limit is a limit that is an argument.
var limit = regexp.MustCompile(`limit (\$[0-9]+)`)

// unpeeked keeps SQLite from planning a statement by the value of its limit: it
// would be prepared anew each time that it is run.
func unpeeked(text string) string { return limit.ReplaceAllString(text, "limit 0 + $1") }

// unsaved counts the pages of the WAL that are not yet in the database.
func (c *session) unsaved() (int64, error) {
	r, err := c.query("pragma wal_checkpoint(NOOP)", nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = r.Close() }()
	var busy, inLog, saved int64
	if !r.Next() {
		return 0, r.Err()
	}
	err = r.Scan(&busy, &inLog, &saved)
	return inLog - saved, err
}

// close ends the statements, which would keep the file open, and the connection.
func (c *session) close() {
	for _, s := range c.kept {
		_ = s.Close()
	}
	_ = c.conn.Close()
}

func (c *session) query(text string, args []any) (rows, error) {
	s, err := c.stmt(text)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(context.Background(), args...)
}

func (c *session) exec(text string, args []any) (int64, error) {
	s, err := c.stmt(text)
	if err != nil {
		return 0, err
	}
	res, err := s.ExecContext(context.Background(), args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (c *session) batch(puts []put) error {
	for _, p := range puts {
		n, err := c.exec(p.sql, p.args)
		if err != nil {
			return fmt.Errorf("write: %w", err)
		}
		if err := checkPut(p, n); err != nil {
			return err
		}
	}
	return nil
}
