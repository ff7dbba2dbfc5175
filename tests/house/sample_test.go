package house_test

import (
	"strings"
	"testing"

	"tongban/tests/house"
)

// sample is a small repository with one fault; want is a part of what the check
// must say, empty when it must say nothing.
type sample struct {
	name  string
	files map[string]string
	want  string
}

func try(t *testing.T, check func(*house.Tree) []house.Fault, samples []sample) {
	t.Helper()
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			tree, err := house.Parse(s.files)
			if err != nil {
				t.Fatal(err)
			}
			var said []string
			for _, f := range check(tree) {
				said = append(said, f.String())
			}
			all := strings.Join(said, "\n")
			switch {
			case s.want == "" && all != "":
				t.Errorf("it says %q of a good sample", all)
			case s.want != "" && !strings.Contains(all, s.want):
				t.Errorf("it says %q and not %q", all, s.want)
			}
		})
	}
}

func file(path, text string) map[string]string { return map[string]string{path: text} }

func TestArrowsFindsBadImports(t *testing.T) {
	t.Parallel()
	imports := func(path, what string) map[string]string { return file(path, "package x\nimport _ \""+what+"\"\n") }
	try(t, house.Arrows, []sample{
		{"down", imports("internal/work/casework/a.go", "tongban/internal/process/paper"), ""},
		{"within a room", imports("internal/register/licence/a.go", "tongban/internal/register/licence/sheet"), ""},
		{"up", imports("internal/record/act/a.go", "tongban/internal/register/identity"), "record/act imports register/identity"},
		{"up in a test", imports("internal/rules/day/a_test.go", "tongban/internal/record/store"), "rules/day imports record/store"},
		{"sideways", imports("internal/process/paper/a.go", "tongban/internal/process/notice"), "process/paper imports process/notice"},
		{"sideways in work", imports("internal/work/change/a.go", "tongban/internal/work/casework"), "work/change imports work/casework"},
		{"rightwards", imports("internal/register/power/a.go", "tongban/internal/register/catalog"), "power imports register/catalog"},
		{"web from api", imports("internal/web/a.go", "tongban/internal/api"), "web imports api"},
		{"unplanned", imports("internal/register/weather/a.go", "fmt"), "register/weather is not on the plan"},
		{"library in a pure room", imports("internal/rules/day/a.go", "github.com/x/y"), "rules/day is pure and imports github.com/x/y"},
		{"lent library", imports("internal/rules/condition/a.go", "github.com/expr-lang/expr/vm"), ""},
		{"database above", imports("internal/work/casework/a.go", "database/sql"), "only record/store speaks to databases"},
		{"test support", imports("internal/process/paper/a.go", "tongban/internal/record/store/storetest"), "which is for tests"},
		{"test support in a test", imports("internal/process/paper/a_test.go", "tongban/internal/record/store/storetest"), ""},
	})
}

func TestBucketsFindsEmptyNames(t *testing.T) {
	t.Parallel()
	try(t, house.Buckets, []sample{
		{"folder", file("internal/rules/util/a.go", "package day"), "does not say what it holds"},
		{"above", file("internal/common/day/a.go", "package day"), "internal/common"},
		{"package", file("internal/rules/day/a.go", "package helpers"), "package helpers"},
		{"good", file("internal/rules/day/a.go", "package day"), ""},
	})
}

func TestPurityFindsTheWorld(t *testing.T) {
	t.Parallel()
	rule := func(body string) map[string]string {
		return file("internal/rules/flow/a.go", "package flow\nimport \"time\"\n"+body)
	}
	try(t, house.Purity, []sample{
		{"clock", rule("func f() { _ = time.Now() }"), "no clock (time.Now)"},
		{"clock as a value", rule("var f = time.Now"), "no clock"},
		{"the door", rule("func f() { _ = day.System() }"), "no clock (day.System)"},
		{"goroutine", rule("func f() { go f() }"), "no goroutines"},
		{"channel", rule("func f() { _ = make(chan int) }"), "no channels"},
		{"randomness", file("internal/rules/flow/a.go", "package flow\nimport _ \"math/rand/v2\""), "do not import math/rand/v2"},
		{"files", file("internal/rules/flow/a.go", "package flow\nimport _ \"os\""), "do not import os"},
		{"dates", rule("func f() { _ = time.Date }"), ""},
		{"a test", file("internal/rules/flow/a_test.go", "package flow\nfunc f() { go f() }"), ""},
		{"elsewhere", file("internal/record/job/a.go", "package job\nfunc f() { go f() }"), ""},
	})
}

func TestSizesFindsLongOnes(t *testing.T) {
	t.Parallel()
	faults := func(tree *house.Tree) []house.Fault { f, _ := house.Sizes(tree); return f }
	long := func(tree *house.Tree) []house.Fault { _, l := house.Sizes(tree); return l }
	function := func(lines int) map[string]string {
		return file("internal/a.go", "package a\nfunc F() {"+strings.Repeat("\n", lines-1)+"}\n")
	}
	try(t, faults, []sample{
		{"file", file("internal/a.go", "package a"+strings.Repeat("\n", house.MaxFile+1)), "has 501 lines"},
		{"file at the limit", file("internal/a.go", "package a"+strings.Repeat("\n", house.MaxFile)), ""},
		{"function", function(house.MaxFunction + 1), "F has 81 lines"},
		{"function at the limit", function(house.MaxFunction), ""},
	})
	try(t, long, []sample{{"long function", function(house.Long + 1), "F has 61 lines"}})
}

func TestDocumentedFindsSilence(t *testing.T) {
	t.Parallel()
	in := func(body string) map[string]string {
		return file("internal/a.go", "// Package a is.\npackage a\n"+body)
	}
	try(t, house.Documented, []sample{
		{"function", in("func F() {}"), "F is exported"},
		{"method", in("// T is.\ntype T struct{}\n\nfunc (*T) M() {}"), "M is exported"},
		{"method of a hidden type", in("type t struct{}\n\nfunc (t) M() {}"), ""},
		{"type", in("type T int"), "T is exported"},
		{"constant", in("const C = 1"), "C is exported"},
		{"group", in("// The sizes.\nconst (\n\tC = 1\n\tD = 2\n)"), ""},
		{"package", file("internal/a.go", "package a"), "package a has no comment"},
	})
}

func TestTracesFindsWhatMustNotStand(t *testing.T) {
	t.Parallel()
	try(t, house.Traces, []sample{
		{"host", file("a.md", "see https://registry.npm"+"js.org/x"), "names a registry"},
		{"path", file("a.go", "package a\nconst c = \"/ro"+"ot/x\""), "path of somebody's machine"},
		{"open end", file("a.go", "package a // TO"+"DO: later"), "leaves work open"},
		{"lockfile", file("package-lock.json", `{"resol`+`ved": "https://x"}`), "a lockfile holds addresses"},
		{"good", file("a.md", "see https://example.org/workspace"), ""},
	})
}
