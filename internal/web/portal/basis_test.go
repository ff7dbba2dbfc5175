package portal_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

var materialBasis = regexp.MustCompile(`<ul class="links"><li><a href="(/laws/[^"]+)">依据：示范办法第九条</a></li></ul>`)

// Each material of a guide leads to the article on which it is asked for, and the
// article leads back to the item, as a material.
func TestMaterialsLeadToTheirArticleAndBack(t *testing.T) {
	t.Parallel()
	w := found(t)
	guide := fmt.Sprintf("/items/%d", w.County.Items["food-workshop"].ID)
	b := w.browser()
	b.get(guide).says(200, "为什么要：")
	links := materialBasis.FindAllStringSubmatch(b.Page, -1)
	if len(links) < 4 {
		t.Fatalf("%d materials lead to their article", len(links))
	}
	b.get(links[0][1]).says(200, "第九条", "申请材料")
	if !strings.Contains(b.Page, `href="`+guide+`"`) {
		t.Error("the article does not lead back to the item")
	}
}

// Agencies have an English name for readers of English, on guides, in the search and on
// their own pages; others read the Chinese one.
func TestAgenciesAreCalledInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	w := found(t)
	b := w.browser()
	const english = "Yunhe County Administration for Market Regulation"
	for _, path := range []string{fmt.Sprintf("/items/%d", w.County.Items["food-workshop"].ID), "/search?agency=scjg"} {
		b.get(path+map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")]+"lang=en").says(200, english)
		b.get(path+map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")]+"lang=zh").says(200, "云禾县市场监督管理局")
		if strings.Contains(b.Page, english) {
			t.Errorf("%s says it in English to readers of Chinese", path)
		}
	}
}
