package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tongban/internal/house"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
)

// County is the founded county: who and what stands behind the keys of
// county.yaml.
type County struct {
	Name, NameEN, Region string
	Hall                 Hall
	Agencies             []string         // keys
	Towns                []string         // region codes
	Persons              map[string]int64 // residents and officials: "baker", "scjg_reviewer_1"
	Firms                map[string]int64 // "f01"
	Bodies               map[string]int64 // agencies as applicants, by agency key
	Items                map[string]Item  // written items by slug: "food-workshop"
	NameOnly             int              // items known by name

	h    *house.House
	book *book
}

// Item refers to a written item.
type Item struct {
	Slug, Code string
	ID         int64
}

// Account is one of the county's accounts, for the page that tells how to sign in.
type Account struct {
	Key, Login, Name string
	Agency           string   // "" for residents
	Posts            []string // none for residents
	Password         string
	TOTP             string // secret of the one-time codes, "" for residents
	Note             string // part in the story
}

// Find finds the county in a house in which it was founded before.
func Find(ctx context.Context, h *house.House) (*County, error) {
	b, err := readBook()
	if err != nil {
		return nil, err
	}
	c := &County{
		Name: b.Name, NameEN: b.NameEN, Region: b.Region, Hall: b.Hall,
		Persons: map[string]int64{}, Firms: map[string]int64{}, Bodies: map[string]int64{}, Items: map[string]Item{}, h: h, book: b,
	}
	for _, a := range b.Agencies {
		c.Agencies = append(c.Agencies, a.Key)
	}
	for _, r := range b.Regions {
		if r.Level == "town" {
			c.Towns = append(c.Towns, r.Code)
		}
	}
	return c, h.Store.Read(ctx, func(tx *store.Tx) error {
		if err := c.findPeople(tx); err != nil {
			return err
		}
		if err := c.findFirms(tx); err != nil {
			return err
		}
		return c.findItems(tx)
	})
}

func (c *County) findPeople(tx *store.Tx) error {
	numbers := map[string]string{}
	for _, s := range c.book.Staff {
		numbers[s.Key] = s.IDNo
	}
	for _, p := range c.book.People {
		numbers[p.Key] = p.IDNo
	}
	for key, idno := range numbers {
		id, found, err := c.h.People.FindByIDNo(tx, "", idno)
		if err != nil {
			return err
		}
		if found { // who joined the book in a later release is not in a county founded before
			c.Persons[key] = id
		}
	}
	if len(c.Persons) == 0 {
		return errors.New("the county was not founded here: nobody of it is known")
	}
	return nil
}

func (c *County) findFirms(tx *store.Tx) error {
	find := func(into map[string]int64, key, uscc string) error {
		l, found, err := c.h.People.ByUSCC(tx, uscc)
		if err == nil && !found {
			err = fmt.Errorf("the county was not founded here: %s is missing", key)
		}
		into[key] = l.ID
		return err
	}
	for _, f := range c.book.Firms {
		if err := find(c.Firms, f.Key, f.USCC); err != nil {
			return err
		}
	}
	for _, a := range c.book.applying() {
		if err := find(c.Bodies, a.Key, a.USCC); err != nil {
			return err
		}
	}
	return nil
}

// applying lists the agencies that apply for something themselves.
func (b *book) applying() []agency {
	return slices.DeleteFunc(slices.Clone(b.Agencies), func(a agency) bool {
		return !slices.ContainsFunc(b.Acting, func(x agencyFor) bool { return x.Agency == a.Key })
	})
}

func (c *County) findItems(tx *store.Tx) error {
	slugs, drafts, err := writtenItems()
	if err != nil {
		return err
	}
	for i, d := range drafts {
		id, err := c.h.Items.ByCode(tx, d.Code)
		if err != nil {
			return err
		}
		c.Items[slugs[i]] = Item{Slug: slugs[i], Code: d.Code, ID: id}
	}
	var all int
	if _, err := tx.Get([]any{&all}, `select count(*) from item where home = $1`, tx.Home()); err != nil {
		return err
	}
	c.NameOnly = all - len(drafts)
	return nil
}

// writtenItems reads the folders of the items that are written in full, in order,
// each with its variants after it ("lease-filing/change").
func writtenItems() (slugs []string, drafts []*catalog.Draft, err error) {
	slugs, err = catalog.Folders(content(), "items")
	if err != nil {
		return nil, nil, err
	}
	for _, slug := range slugs {
		d, problems := catalog.ReadFolder(content(), "items/"+slug)
		if len(problems) > 0 {
			return nil, nil, fmt.Errorf("item %s: %w", slug, catalog.Problems(problems))
		}
		drafts = append(drafts, d)
	}
	return slugs, drafts, nil
}

// Person is the person behind a key; a key that the county does not have is a
// fault of the caller.
func (c *County) Person(key string) int64 {
	id, ok := c.Persons[key]
	if !ok {
		panic("demo: no person " + key)
	}
	return id
}

// Actor is a person as they act: an official in their first post, a resident
// for themself.
func (c *County) Actor(ctx context.Context, key string) (act.Actor, error) {
	agency, post := "", ""
	if s, ok := c.official(key); ok {
		agency, post = s.Agency, s.Posts[0]
	}
	return c.ActorIn(ctx, key, agency, post)
}

// ActorIn is a person in a post of an agency, their own or that of somebody on
// leave; post "" is the person as applicant.
func (c *County) ActorIn(ctx context.Context, key, agency, post string) (a act.Actor, err error) {
	err = c.h.Store.Read(ctx, func(tx *store.Tx) error {
		a, err = c.h.People.ActorOf(tx, c.Person(key), agency, post)
		return err
	})
	return a, err
}

func (c *County) official(key string) (official, bool) {
	i := slices.IndexFunc(c.book.Staff, func(s official) bool { return s.Key == key })
	if i < 0 {
		return official{}, false
	}
	return c.book.Staff[i], true
}

// Officials lists the keys of those who hold a post at an agency, in order.
func (c *County) Officials(agency, post string) []string {
	var keys []string
	for _, s := range c.book.Staff {
		if s.Agency == agency && slices.Contains(s.Posts, post) {
			keys = append(keys, s.Key)
		}
	}
	return keys
}

// Accounts lists every account with how to sign in: those of the story first,
// then officials, then the other residents.
func (c *County) Accounts() []Account {
	var story, staff, people []Account
	for _, p := range c.book.People {
		a := Account{Key: p.Key, Login: p.Account, Name: p.Name, Password: PeoplePassword, Note: p.Note}
		switch {
		case p.Account == "":
		case p.Note != "":
			story = append(story, a)
		default:
			people = append(people, a)
		}
	}
	for _, s := range c.book.Staff {
		staff = append(staff, Account{Key: s.Key, Login: s.Login, Name: s.Name, Agency: s.Agency, Posts: s.Posts, Password: StaffPassword, TOTP: StaffTOTP})
	}
	return slices.DeleteFunc(slices.Concat(story, staff, people), func(a Account) bool { return c.Persons[a.Key] == 0 })
}
