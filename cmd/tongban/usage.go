package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"

	"tongban/internal/rules/wording"
)

// complaint ties what kong says about a line to a sentence of ours. The names
// of the groups are the names of the sentence's arguments.
type complaint struct {
	pattern *regexp.Regexp
	key     string
}

var complaints = []complaint{
	{regexp.MustCompile(`^unknown flag -\d`), "cli.usage.number"},
	{regexp.MustCompile(`^unknown flag (?P<flag>\S+), did you mean (?:one of )?(?P<near>.+)\?$`), "cli.usage.flag_near"},
	{regexp.MustCompile(`^unknown flag (?P<flag>\S+)$`), "cli.usage.flag"},
	{regexp.MustCompile(`^unexpected argument (?P<word>.+), did you mean (?:one of )?(?P<near>.+)\?$`), "cli.usage.word_near"},
	{regexp.MustCompile(`^unexpected argument (?P<word>.+)$`), "cli.usage.word"},
	{regexp.MustCompile(`^expected one of (?P<words>.+)$`), "cli.usage.which"},
	{regexp.MustCompile(`^expected "(?P<words>[^"]+)"$`), "cli.usage.missing"},
	{regexp.MustCompile(`^(?P<flag>--\S+) must be one of (?P<words>.+) but got (?P<got>.+)$`), "cli.usage.choice"},
	{regexp.MustCompile(`^(?P<flag>--[a-z-]+)\S*: (?:missing value|expected .+ value).*$`), "cli.usage.no_value"},
	{regexp.MustCompile(`^missing flags: (?P<words>.+)$`), "cli.usage.missing"},
}

// usage says what is wrong with the command line, and how the command is
// written. Words of kong that we have no sentence for stand behind ours.
func (s *shell) usage(err error) int {
	fmt.Fprintln(s.err, complain(err).In(s.lang))
	var p *kong.ParseError
	if errors.As(err, &p) && p.Context != nil {
		node := p.Context.Selected()
		if node == nil {
			node = nearest(p.Context)
		}
		fmt.Fprintln(s.err, wording.Text(s.lang, "cli.help.usage")+"  "+usageLine(node))
		s.say("cli.usage.more", "command", path(node)+" --help")
	}
	return exitUsage
}

func complain(err error) wording.Message {
	for _, c := range complaints {
		found := c.pattern.FindStringSubmatch(err.Error())
		if found == nil {
			continue
		}
		var pairs []any
		for i, name := range c.pattern.SubexpNames() {
			if name != "" {
				pairs = append(pairs, name, strings.NewReplacer(`"`, "", "<", "", ">", "").Replace(found[i]))
			}
		}
		return wording.M(c.key, pairs...)
	}
	return wording.M("cli.usage.other", "detail", err.Error())
}

// nearest is the last group of commands that the line named.
func nearest(ctx *kong.Context) *kong.Node {
	for i := len(ctx.Path) - 1; i >= 0; i-- {
		if n := ctx.Path[i].Node(); n != nil {
			return n
		}
	}
	return ctx.Model.Node
}
