package house

import (
	"fmt"
	"go/ast"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/goccy/go-yaml"
)

const wordingDir = "internal/rules/wording/"

// banned are words that no sentence for people uses: they blame, or say
// nothing (the wording rules of the house). A name fixed by law may hold one.
var banned = []string{"非法", "无效", "异常", "失败", "禁止", "未知错误", "参数", "系统繁忙", "请联系管理员"}

// lawful are names of things in law that hold a banned word.
var lawful = []string{"经营异常名录", "非法人组织"}

// publicRooms are those whose every sentence can reach the public, the API or a
// shell. Of the others the public pages ask for single sentences: see Keys.
var publicRooms = []string{"act", "api", "cli", "form", "gbcode", "licence", "portal", "workday"}

// bilingual are the sentences that are given a text in each language.
var bilingual = []string{"form.both"}

// publicPages are the folders whose pages speak English too.
var publicPages = []string{"internal/web/portal", "internal/web/documents", "internal/web/laws", "internal/web/lists", "internal/web/lower", "internal/web/notices", "internal/api", "cmd/tongban"}

var placeholder = regexp.MustCompile(`\{\w+\}`)

// Catalogue reads the sentences of a language, by key, and the rooms that
// have a file in it.
func Catalogue(t *Tree, lang string) (map[string]string, map[string]string, error) {
	text, file := map[string]string{}, map[string]string{}
	for _, name := range t.Paths("*.yaml") {
		if path.Dir(name) != wordingDir+lang {
			continue
		}
		var list map[string]string
		if err := yaml.Unmarshal([]byte(t.Text[name]), &list); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
		for k, v := range list {
			text[k], file[k] = v, name
		}
	}
	return text, file, nil
}

// Wording finds sentences in banned words, in Chinese only where the public
// reads them, in English only, or with other arguments than in Chinese.
func Wording(t *Tree) ([]Fault, error) {
	zh, zhFile, err := Catalogue(t, "zh")
	if err != nil {
		return nil, err
	}
	en, enFile, err := Catalogue(t, "en")
	if err != nil {
		return nil, err
	}
	var faults []Fault
	add := func(file, key, what string) {
		faults = append(faults, Fault{file, lineOf(t.Text[file], max(0, strings.Index(t.Text[file], key+":"))), key + " " + what})
	}
	for key, text := range zh {
		if word := bannedWord(text); word != "" {
			add(zhFile[key], key, "says “"+word+"”")
		}
		room, _, _ := strings.Cut(key, ".")
		if _, ok := en[key]; !ok && slices.Contains(publicRooms, room) {
			add(zhFile[key], key, "has no English, though the public reads it")
		}
	}
	for key, text := range en {
		was, ok := zh[key]
		switch {
		case !ok:
			add(enFile[key], key, "has no Chinese")
		case !slices.Contains(bilingual, key) && !subset(arguments(text), arguments(was)):
			add(enFile[key], key, fmt.Sprintf("takes %v, in Chinese %v", arguments(text), arguments(was)))
		}
	}
	sort.Slice(faults, func(i, j int) bool { return faults[i].String() < faults[j].String() })
	return faults, nil
}

func bannedWord(text string) string {
	for _, name := range lawful {
		text = strings.ReplaceAll(text, name, "")
	}
	for _, word := range banned {
		if strings.Contains(text, word) {
			return word
		}
	}
	return ""
}

// subset tells whether all of a is in b: an English sentence may say less.
func subset(a, b []string) bool {
	return !slices.ContainsFunc(a, func(x string) bool { return !slices.Contains(b, x) })
}

func arguments(text string) []string {
	list := placeholder.FindAllString(text, -1)
	slices.Sort(list)
	return slices.Compact(list)
}

// asking are the functions whose text argument is a key of the catalogue, with
// the place of that argument. Functions of a package that hand a key on to one
// of them are found out.
var asking = map[string]int{"wording.M": 0, "wording.Text": 1, "wording.Has": 1, "act.Wrong": 0, "act.Refuse": 0, "act.Missing": 0,
	"act.Changed": 0, "act.WrongFields": 0, ".Then": 0, "ui.M": 0}

var (
	inTemplate = regexp.MustCompile("\\b(?:t|msg) [\"`]([a-z_]+(?:\\.[A-Za-z0-9_]+)+)[\"`]")
	inTag      = regexp.MustCompile(`\bhelp:"([a-z]+(?:\.[a-z_]+)+)"`)
)

// Keys finds keys in code and templates that the Chinese catalogue lacks. A
// key put together at run time must at least be like one that is there. Keys
// that public pages ask for must be there in English as well.
func Keys(t *Tree) ([]Fault, int, error) {
	zh, _, err := Catalogue(t, "zh")
	if err != nil {
		return nil, 0, err
	}
	en, _, err := Catalogue(t, "en")
	if err != nil {
		return nil, 0, err
	}
	var faults []Fault
	asked := 0
	ask := func(file string, line int, key string) {
		asked++
		if !holds(zh, key) {
			faults = append(faults, Fault{file, line, "the catalogue lacks " + printable(key)})
		} else if isPublic(file) && !holds(en, key) {
			faults = append(faults, Fault{file, line, "the English catalogue lacks " + printable(key)})
		}
	}
	for _, sources := range byDir(t) {
		wrappers := wrappersOf(sources)
		for _, s := range sources {
			ast.Inspect(s.File, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					if key, ok := keyAsked(n, wrappers); ok {
						ask(s.Path, t.line(n), key)
					}
				case *ast.CompositeLit: // a command is shown to people by its name
					if name := commandName(n); name != "" {
						ask(s.Path, t.line(n), "command."+name)
					}
				case *ast.Field:
					if n.Tag != nil {
						for _, m := range inTag.FindAllStringSubmatch(n.Tag.Value, -1) {
							ask(s.Path, t.line(n), m[1])
						}
					}
				}
				return true
			})
		}
	}
	for _, name := range append(t.Paths("*.html"), t.Paths("*.svg")...) {
		for _, m := range inTemplate.FindAllStringSubmatchIndex(t.Text[name], -1) {
			ask(name, lineOf(t.Text[name], m[0]), t.Text[name][m[2]:m[3]])
		}
	}
	sort.Slice(faults, func(i, j int) bool { return faults[i].String() < faults[j].String() })
	return faults, asked, nil
}

func isPublic(file string) bool {
	return slices.ContainsFunc(publicPages, func(dir string) bool { return strings.HasPrefix(file, dir+"/") })
}

func printable(key string) string { return strings.ReplaceAll(key, unknown, "…") }

// holds tells whether the catalogue has the key, or one that a key with parts
// not known until run time can become.
func holds(zh map[string]string, key string) bool {
	if !strings.Contains(key, unknown) {
		_, ok := zh[key]
		return ok
	}
	parts := strings.Split(key, unknown)
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	like := regexp.MustCompile("^" + strings.Join(parts, ".+") + "$")
	for k := range zh {
		if like.MatchString(k) {
			return true
		}
	}
	return false
}
