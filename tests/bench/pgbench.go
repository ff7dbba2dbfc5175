package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"tongban/internal/record/store"
	"tongban/tests/drive"
)

// script is what one application sends to PostgreSQL, for pgbench to send again:
// the same statements, what was sent at once in one pipeline, arguments that
// vary replaced by numbers that nothing has.
type script struct {
	text       string
	statements int
	trips      int
	values     map[string]int // literals that vary, by what they were in the second application
}

// scripted makes a script of two applications that sent the same statements.
func scripted(first, second []trip) (*script, error) {
	if len(first) != len(second) || len(second) == 0 {
		return nil, errors.New("two applications sent different statements")
	}
	s := &script{trips: len(second), values: map[string]int{}}
	var body strings.Builder
	for i, t := range second {
		if len(t) != len(first[i]) {
			return nil, errors.New("two applications sent different statements at once")
		}
		if len(t) > 1 {
			body.WriteString("\\startpipeline\n")
		}
		for k, x := range t {
			was := first[i][k]
			if x.sql != was.sql || len(x.arguments) != len(was.arguments) {
				return nil, fmt.Errorf("two applications sent different statements: %s", oneLine(x.sql))
			}
			body.WriteString(s.again(was, x) + ";\n")
			s.statements++
		}
		if len(t) > 1 {
			body.WriteString("\\endpipeline\n")
		}
	}
	var head strings.Builder
	head.WriteString("\\set i :i + 1\n\\set n (:turn * 10000000 + :i) * 64 + :client_id\n")
	for _, class := range slices.Sorted(maps.Values(s.values)) {
		fmt.Fprintf(&head, "\\set v%d %d + :n * 1000 + %d\n", class, fresh(0, 0), class)
	}
	s.text = head.String() + body.String()
	return s, nil
}

var placeholder = regexp.MustCompile(`\$(\d+)`)

// again writes a statement with its arguments in it.
func (s *script) again(was, now sent) string {
	return placeholder.ReplaceAllStringFunc(oneLine(now.sql), func(p string) string {
		n, err := strconv.Atoi(p[1:])
		if err != nil || n > len(now.arguments) {
			return p
		}
		a := now.arguments[n-1]
		if a == was.arguments[n-1] {
			return literal(a)
		}
		return s.varied(a)
	})
}

var (
	numeral = regexp.MustCompile(`^'-?\d+'$`)
	octets  = regexp.MustCompile(`^'\\x[0-9a-f]*'$`)
)

// long is how long a literal may be to be told apart from all others; what is
// longer (a sealed value, a form) is in no key.
const long = 80

// varied writes an argument that is another each time, of the same length.
func (s *script) varied(a string) string {
	if len(a) > long {
		return literal(a)
	}
	if s.values[a] == 0 {
		s.values[a] = len(s.values) + 1
	}
	v := fmt.Sprintf(":v%d", s.values[a])
	switch {
	case numeral.MatchString(a):
		return v
	case octets.MatchString(a):
		const eight = 16 // digits
		start := a[:max(len(a)-1-eight, 3)]
		return fmt.Sprintf("(cast(%s' as bytea) || int8send(cast(%s as bigint)))", start, v)
	}
	text := []rune(strings.TrimSuffix(strings.TrimPrefix(a, "'"), "'"))
	const digits = 19
	start := strings.ReplaceAll(string(text[:max(len(text)-digits, 0)]), "''", "'")
	return fmt.Sprintf("(%s || cast(%s as text))", literal("'"+strings.ReplaceAll(start, "'", "''")+"'"), v)
}

// literal writes a literal in which pgbench sees no variable of its own.
func literal(a string) string {
	if !strings.Contains(a, ":") {
		return a
	}
	return "E" + strings.NewReplacer(`\`, `\\`, ":", `\x3a`).Replace(a)
}

// tapped finds out what an application sends, and leaves the database it was
// sent to, in which nothing works any more.
func (b *bench) tapped(ctx context.Context) (s *script, database string, err error) {
	o, err := b.options(ctx, store.Postgres)
	if err != nil {
		return nil, "", err
	}
	database = o.Database
	u, err := url.Parse(database)
	if err != nil {
		return nil, "", err
	}
	w, err := listen(u.Host)
	if err != nil {
		return nil, "", err
	}
	defer func() { err = joined(err, w.close) }()
	name := strings.TrimPrefix(u.Path, "/")
	if err := b.order(ctx, database, `alter database `+name+` set client_min_messages = 'log'`, `alter database `+name+` set log_statement = 'all'`); err != nil {
		return nil, "", err
	}
	u.Host = w.address()
	o.Database = u.String()
	c, err := drive.Found(ctx, o)
	if err != nil {
		return nil, "", err
	}
	defer func() {
		err = errors.Join(err, c.House.Close(), b.order(ctx, database, `alter database `+name+` reset all`, `analyze`))
	}()
	who, err := c.Insiders(ctx, 0)
	if err != nil {
		return nil, "", err
	}
	var last []trip
	for range tries {
		now, err := w.record(func() error { _, err := who.Apply(ctx, 0, 1); return err })
		if err != nil {
			return nil, "", err
		}
		if last != nil {
			if s, err = scripted(last, now); err == nil {
				return s, database, nil
			}
		}
		last = now
	}
	return nil, "", errors.New("no two applications after each other sent the same statements")
}

// order sends statements to a database.
func (b *bench) order(ctx context.Context, database string, statements ...string) error {
	c, err := pgx.Connect(ctx, database)
	if err != nil {
		return err
	}
	for _, sql := range statements {
		if _, err = c.Exec(ctx, sql); err != nil {
			break
		}
	}
	return errors.Join(err, c.Close(ctx))
}

// pgbench sends a script to a database.
type pgbench struct {
	file, database string
	bin            string
	turn           int
	done           int
}

func (b *bench) pgbench(s *script, database string) (*pgbench, error) {
	list, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench")
	if p, err := exec.LookPath("pgbench"); err == nil {
		list = append(list, p)
	}
	if len(list) == 0 {
		return nil, errors.New("no pgbench (Debian's package postgresql)")
	}
	p := &pgbench{file: filepath.Join(b.dir, "application.sql"), database: database, bin: list[0]}
	return p, os.WriteFile(p.file, []byte(s.text), 0o600)
}

var processed = regexp.MustCompile(`number of transactions actually processed: (\d+)`)

// runs is a contender: so many clients, statements prepared once.
func (p *pgbench) runs(b *bench, clients int) func(context.Context, time.Duration) (sample, error) {
	return func(ctx context.Context, d time.Duration) (sample, error) {
		seconds := max(int(d.Seconds()+0.5), 1)
		p.turn++
		dir, err := b.folder()
		if err != nil {
			return sample{}, err
		}
		ctx, cancel := context.WithTimeout(ctx, d+2*time.Minute)
		defer cancel()
		c := exec.CommandContext(ctx, p.bin, "-n", "-M", "prepared", "-c", strconv.Itoa(clients), "-j", "2", "-T", strconv.Itoa(seconds), "-f", p.file,
			"-D", "i=0", "-D", "turn="+strconv.Itoa(p.turn), "-l", "--log-prefix="+filepath.Join(dir, "log"), p.database)
		out, err := c.CombinedOutput()
		if err != nil {
			return sample{}, fmt.Errorf("pgbench: %w\n%.2000s", err, out)
		}
		m := processed.FindSubmatch(out)
		if m == nil {
			return sample{}, fmt.Errorf("pgbench said %s", out)
		}
		s := sample{elapsed: time.Duration(seconds) * time.Second}
		if s.ops, err = strconv.Atoi(string(m[1])); err != nil {
			return s, err
		}
		p.done += s.ops
		s.took, err = logged(dir)
		if err == nil && len(s.took) != s.ops {
			err = fmt.Errorf("pgbench logged %d transactions of %d", len(s.took), s.ops)
		}
		return s, err
	}
}

// logged reads what each transaction took: the third column, in microseconds.
func logged(dir string) ([]time.Duration, error) {
	files, err := filepath.Glob(filepath.Join(dir, "log*"))
	if err != nil {
		return nil, err
	}
	var took []int64
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		for l := range strings.Lines(string(text)) {
			if f := strings.Fields(l); len(f) > 2 {
				took = append(took, whole(f[2]))
			}
		}
	}
	slices.Sort(took)
	return microseconds(took), nil
}
