package house_test

import (
	"maps"
	"testing"

	"tongban/tests/house"
)

// catalogue is a repository that has the two sentences and one file more.
func catalogue(zh, en string, more map[string]string) map[string]string {
	files := map[string]string{
		"internal/rules/wording/zh/act.yaml": "act.done: 办好了\nact.left: 还差 {n} 样\n" + zh,
		"internal/rules/wording/en/act.yaml": "act.done: Done\nact.left: \"{n} left\"\n" + en,
	}
	maps.Copy(files, more)
	return files
}

func TestWordingFindsBadSentences(t *testing.T) {
	t.Parallel()
	check := func(tree *house.Tree) []house.Fault {
		faults, err := house.Wording(tree)
		if err != nil {
			t.Error(err)
		}
		return faults
	}
	try(t, check, []sample{
		{"good", catalogue("", "", nil), ""},
		{"banned", catalogue("act.bad: 号码无效\n", "act.bad: x\n", nil), "act.bad says “无效”"},
		{"a name of the law", catalogue("act.list: 列入经营异常名录\n", "act.list: x\n", nil), ""},
		{"no English", catalogue("act.more: 更多\n", "", nil), "act.more has no English"},
		{"no Chinese", catalogue("", "act.more: More\n", nil), "act.more has no Chinese"},
		{"other arguments", catalogue("act.more: 还有 {n}\n", "act.more: \"{m} more\"\n", nil), "act.more takes [{m}]"},
	})
}

func TestKeysFindsMissingSentences(t *testing.T) {
	t.Parallel()
	check := func(tree *house.Tree) []house.Fault {
		faults, _, err := house.Keys(tree)
		if err != nil {
			t.Error(err)
		}
		return faults
	}
	code := func(body string) map[string]string {
		return catalogue("job.done: 办好了\n", "", file("internal/record/job/a.go", "package job\n"+body))
	}
	try(t, check, []sample{
		{"there", code(`var m = wording.M("act.done")`), ""},
		{"typing error", code(`var m = wording.M("act.dnoe")`), "lacks act.dnoe"},
		{"refusal", code(`func f() error { return act.Refuse("act.no").Then("act.nowhere") }`), "lacks act.nowhere"},
		{"put together", code(`func f(x string) { wording.M("act."+x) }`), ""},
		{"put together of nothing", code(`func f(x string) { wording.M("act.kind."+x) }`), "lacks act.kind.…"},
		{"through another function", code("func say(key string) { wording.M(\"act.\" + key) }\nfunc f() { say(\"done\"); say(\"dnoe\") }"), "lacks act.dnoe"},
		{"through two", code("func say(key string) { wording.M(\"act.\" + key) }\nfunc tell(n int, k string) { say(k) }\nfunc f() { tell(1, \"dnoe\") }"), "lacks act.dnoe"},
		{"help of a command", code("type t struct {\n\tA string `help:\"act.dnoe\"`\n}"), "lacks act.dnoe"},
		{"command", code(`var c = act.Command{Name: "case.dnoe"}`), "lacks command.case.dnoe"},
		{"template", catalogue("", "", file("internal/web/ui/a.html", `<p>{{t "act.dnoe"}}`)), "a.html:1: the catalogue lacks act.dnoe"},
		{"public page", catalogue("job.done: 办好了\n", "", file("internal/web/portal/a.html", `{{t "job.done"}}`)), "the English catalogue lacks job.done"},
		{"page of the office", catalogue("job.done: 办好了\n", "", file("internal/web/office/a.html", `{{t "job.done"}}`)), ""},
	})
}
