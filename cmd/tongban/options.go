package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/alecthomas/kong"

	"tongban/internal/rules/wording"
)

// options is the one table of everything that can be set, with its default and
// the variable of the environment that also sets it. Commands embed the parts
// that they need; "tongban options" prints what holds.
type options struct {
	storage   `embed:""`
	listening `embed:""`
	place     `embed:""`
	copies    `embed:""`
	hooks     `embed:""`
	higher    `embed:""`
	watched   `embed:""`
	logging   `embed:""`
}

// storage says where the records lie.
type storage struct {
	Data        string `default:"data" env:"TONGBAN_DATA" placeholder:"DIR" help:"cli.option.data"`
	Keys        string `default:"" env:"TONGBAN_KEYS" placeholder:"DIR" help:"shell.option.keys"`
	Signed      string `default:"" env:"TONGBAN_SIGNED" placeholder:"FILE" help:"shell.option.signed"`
	Database    string `default:"" env:"TONGBAN_DATABASE" placeholder:"URL" help:"cli.option.database"`
	Attachments string `default:"" env:"TONGBAN_ATTACHMENTS" placeholder:"URL" help:"keys.option.attachments"`
	Single      bool   `name:"single-server" env:"TONGBAN_SINGLE_SERVER" help:"shell.option.single_server"`
}

// logging says how much is told.
type logging struct {
	Log string `default:"info" enum:"debug,info,warn,error" env:"TONGBAN_LOG" help:"shell.option.log"`
}

// listening says where the pages are served.
type listening struct {
	Addr   string `default:"127.0.0.1:8080" env:"TONGBAN_ADDR" placeholder:"HOST:PORT" help:"cli.option.addr"`
	Public string `default:"" env:"TONGBAN_PUBLIC" placeholder:"URL" help:"shell.option.public"`

	Drain time.Duration `default:"0s" env:"TONGBAN_DRAIN" placeholder:"TIME" help:"shell.option.drain"`
}

// optionsCommand prints the table with the values that hold now.
type optionsCommand struct {
	options `embed:""`
	JSON    bool `name:"json" help:"cli.option.json"`
}

// setting is one row of the table.
type setting struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	Default string `json:"default"`
	Env     string `json:"env"`
	Meaning string `json:"meaning"`
}

// Run prints the table; a password inside the address of the database is hidden.
func (c *optionsCommand) Run(s *shell, ctx *kong.Context) error {
	var rows []setting
	for _, f := range ctx.Flags() {
		if f.Name == "help" || f.Name == "json" {
			continue
		}
		rows = append(rows, setting{
			Name: "--" + f.Name, Value: withoutPassword(fmt.Sprint(f.Target.Interface())),
			Default: f.Default, Env: strings.Join(f.Envs, ", "), Meaning: wording.Text(s.lang, f.Help),
		})
	}
	if c.JSON {
		return s.json(rows)
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%q\t%q\t%s\t%s\n", r.Name, r.Value, r.Default, r.Env, r.Meaning)
	}
	return w.Flush()
}

func withoutPassword(v string) string {
	u, err := url.Parse(v)
	if err != nil || u.User == nil {
		return v
	}
	return u.Redacted()
}

func languageOfEnvironment() wording.Lang {
	if os.Getenv("TONGBAN_LANG") == string(wording.EN) {
		return wording.EN
	}
	return wording.ZH
}

// keyFolder is where the keys lie.
func (s storage) keyFolder() string {
	if s.Keys != "" {
		return s.Keys
	}
	return filepath.Join(s.Data, "keys")
}
