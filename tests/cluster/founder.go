package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"

	"tongban/tests/drive"
)

// founding founds the county of a stage.
type founding func(context.Context, *stage) (*drive.County, error)

// found founds it with this code.
func found(ctx context.Context, s *stage) (*drive.County, error) {
	return drive.Found(ctx, drive.Options(s.founder(), s.servers.url()))
}

// founder is the folder of the keys that the nodes share.
func (s *stage) founder() string { return filepath.Join(s.dir, "founder") }

// founderSource founds a county with the code of the release it is built in.
const founderSource = `// Command founder founds a county.
package main

import (
	"context"
	"log"
	"os"

	"tongban/tests/drive"
)

func main() {
	c, err := drive.Found(context.Background(), drive.Options(os.Args[1], os.Args[2]))
	if err == nil {
		err = c.House.Close()
	}
	if err != nil {
		log.Fatal(err)
	}
}
`

// foundBy founds the county with the code of an older release, so that the
// database has that release's schema. What this code must know of the county it
// reads in a copy, which it may migrate.
func foundBy(source string) founding {
	return func(ctx context.Context, s *stage) (*drive.County, error) {
		dir := filepath.Join(source, "tests", "founder")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(founderSource), 0o600); err != nil {
			return nil, err
		}
		c := exec.CommandContext(ctx, "go", "run", "-buildvcs=false", "./tests/founder", s.founder(), s.servers.url())
		c.Dir, c.Env = source, append(os.Environ(), "CGO_ENABLED=0")
		if out, err := c.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("found the county with the older release: %w\n%s", err, out)
		}
		x := s.servers.primary()
		if x == nil {
			return nil, fmt.Errorf("no server leads")
		}
		admin, err := s.servers.connect(ctx, x, "postgres")
		if err != nil {
			return nil, err
		}
		defer func() { _ = admin.Close(ctx) }()
		if _, err := admin.Exec(ctx, `create database tongban_read template tongban owner tongban`, pgx.QueryExecModeSimpleProtocol); err != nil {
			return nil, fmt.Errorf("copy the county: %w", err)
		}
		return drive.Reopen(ctx, drive.Options(s.founder(), strings.Replace(s.servers.url(), "/tongban?", "/tongban_read?", 1)))
	}
}
