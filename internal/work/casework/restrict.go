package casework

import (
	"slices"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
)

// closedTo tells whether a case whose data are only kept is closed to a reader:
// to officials who name no purpose that the law leaves to their post. The person
// whose data they are reads them as before (个人信息保护法 45).
func (o *Office) closedTo(a act.Actor, c *Case, why string) bool {
	if c.Facts.Restricted == nil || a.Who != act.Staff {
		return false
	}
	return !slices.ContainsFunc(o.PurposesLeft(a), func(p Purpose) bool { return p.Key == why })
}

// PurposesLeft are the purposes for which this post may still see data that are
// only kept: what a page offers.
func (o *Office) PurposesLeft(a act.Actor) []Purpose {
	var list []Purpose
	for _, p := range o.retention().Purposes {
		if slices.Contains(p.Posts, a.Post) {
			list = append(list, p)
		}
	}
	return list
}

// mayOpen refuses what is erased, and what is only kept.
func (o *Office) mayOpen(a act.Actor, c *Case, why string) error {
	switch {
	case c.Facts.Erased != nil:
		return act.Erased()
	case o.closedTo(a, c, why):
		return act.Refuse("casework.restricted").By(c.Facts.Restricted.Article).Then("casework.restricted.next").Recorded()
	}
	return nil
}

// mustBeUsed refuses to apply with a person's data that are only kept: they lift
// that first.
func (o *Office) mustBeUsed(tx *store.Tx, person int64) error {
	use, err := o.People.Use(tx, person)
	switch {
	case err != nil:
		return err
	case use.Erased != 0:
		return act.Erased()
	case use.Restricted != 0:
		return act.Refuse("casework.restricted.person").By("网络数据安全管理条例第二十三条、第二十四条").Then("casework.restricted.person.next")
	}
	return nil
}
