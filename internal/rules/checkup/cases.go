package checkup

var caseRules = []check{
	{Rule: Rule{"case_none", "cases", Note, "优化营商环境条例第四十条第三款"}, item: caseNone},
}

// caseNone: an item with a guide that was in force for the whole year, and for
// which nobody applied, is looked at: may be it is not needed, may be it cannot
// be found.
func caseNone(f *finder, it *Item) {
	y := f.c.Year
	if y != nil && it.Guide != nil && it.From <= y.First && y.Cases[it.Code] == 0 {
		f.found(it.subject(), "first", y.First, "last", y.Last)
	}
}
