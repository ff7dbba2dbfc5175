package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// schemaDir is where migrations lie.
const schemaDir = "internal/record/store/schema"

// additive is a migration as a next release would bring it, for the time in
// which there is no earlier release: a column with a default and a table.
const additive = `-- +goose Up

alter table job add column trial text not null default '';
create table job_trial (
  home bigint not null,
  id bigint not null,
  primary key (home, id)
);
`

const drain = "4s" // longer than the balancer needs to notice

// upgraded replaces the nodes one by one under load, from the binary of the
// oldest tag to the present one, and one of them back again. No request fails.
func (r *run) upgraded(ctx context.Context) error {
	old, now, what, err := r.releases(ctx)
	if err != nil {
		return err
	}
	by := founding(found)
	if old != r.bin {
		by = foundBy(filepath.Dir(old))
	}
	s, err := r.setWith(ctx, old, by, true, 3, "--drain", drain)
	if err != nil {
		return err
	}
	if err := s.undisturbed(ctx); err != nil {
		return err
	}
	before, err := s.schema(ctx)
	if err != nil {
		return err
	}
	s.load.start(ctx)
	time.Sleep(underLoad)
	for _, n := range s.nodes {
		if err := s.replace(ctx, n, now); err != nil {
			return err
		}
	}
	after, err := s.schema(ctx)
	if err != nil {
		return err
	}
	if after <= before {
		return fmt.Errorf("no migration ran: the schema is %d before and %d after", before, after)
	}
	// An older node on the newer schema: the release is taken back.
	if err := s.replace(ctx, s.nodes[0], old); err != nil {
		return err
	}
	if err := s.load.finish(); err != nil {
		return err
	}
	if s.load.silent > 0 {
		return fmt.Errorf("%d requests failed during the upgrade: %v", s.load.silent, s.load.why)
	}
	s.bin = now
	cases, acts := s.load.counted()
	s.say("%s, schema %d to %d: three nodes replaced and one taken back under load, %d cases with %d acts, no request failed", what, before, after, cases, acts)
	return s.afterwards(ctx)
}

// replace stops a node gracefully and starts it from another binary.
func (s *stage) replace(ctx context.Context, n *node, bin string) error {
	if err := n.stop(); err != nil {
		return fmt.Errorf("stop %s: %w", n.name, err)
	}
	if err := n.start(bin, s.servers.url(), s.more...); err != nil {
		return err
	}
	if err := s.allReady(ctx); err != nil {
		return err
	}
	time.Sleep(underLoad)
	return nil
}

// schema is the newest migration of the database.
func (s *stage) schema(ctx context.Context) (v int64, err error) {
	err = s.direct(ctx, func(c *pgx.Conn) (err error) {
		v, err = one(ctx, c, `select max(version_id) from goose_db_version`)
		return err
	})
	return v, err
}

// releases builds the two binaries: that of the oldest tag and the present one;
// without a tag the present one and the same with one more migration.
func (r *run) releases(ctx context.Context) (old, now, what string, err error) {
	tag, err := oldestTag(ctx)
	if err != nil {
		return "", "", "", err
	}
	if tag != "" {
		old, err = r.buildAt(ctx, tag, "")
		return old, r.bin, "from " + tag + " to the present", err
	}
	now, err = r.buildAt(ctx, "HEAD", additive)
	return r.bin, now, "there is no tag yet: from the present to itself with one more migration", err
}

// oldestTag is the first tagged version, "" when there is none.
func oldestTag(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "git", "tag", "--list", "v*", "--sort=v:refname").Output()
	if err != nil {
		return "", fmt.Errorf("list the tags: %w", err)
	}
	tag, _, _ := strings.Cut(string(out), "\n")
	return tag, nil
}

// buildAt builds the binary of a commit in a folder of its own, with a migration
// more where one is given.
func (r *run) buildAt(ctx context.Context, commit, migration string) (string, error) {
	dir, err := os.MkdirTemp(r.dir, "source-")
	if err != nil {
		return "", err
	}
	tree, err := exec.CommandContext(ctx, "git", "archive", commit).Output()
	if err != nil {
		return "", fmt.Errorf("read the files of %s: %w", commit, err)
	}
	unpack := exec.CommandContext(ctx, "tar", "-x", "-C", dir)
	unpack.Stdin = bytes.NewReader(tree)
	if out, err := unpack.CombinedOutput(); err != nil {
		return "", fmt.Errorf("unpack %s: %w\n%s", commit, err, out)
	}
	if migration != "" {
		if err := os.WriteFile(filepath.Join(dir, schemaDir, "90001_job.sql"), []byte(migration), 0o600); err != nil {
			return "", err
		}
	}
	bin := filepath.Join(dir, "tongban")
	build := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-trimpath", "-o", bin, "./cmd/tongban")
	build.Dir, build.Env = dir, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", commit, err, out)
	}
	return bin, nil
}
