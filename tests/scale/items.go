package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/jackc/pgx/v5"

	"tongban/tests/scale/bulk"
)

// prefixes are two characters before the name of an item, as if each of many
// counties had it.
const prefixes = "云禾青石白鹭溪桥松竹梅兰南北东西山水林泉安宁清远和嘉晨曦景明德文思源知乐恒志若谷微行怀瑾启江河湖海川原田野村镇街坊里巷堂园亭台楼阁塔寺" +
	"井池塘湾港渡津洲岛岭峰岗坡坪坝沟洼潭涧崖壁金银铜玉珠瑞祥福禄寿喜庆丰盛昌隆兴旺康泰平顺利通达广博厚仁义礼智信忠孝勇诚敬谦春夏秋冬风雪霜露"

// itemNames are the names that loaded items are made of; filled by loadItems.
var itemNames []string

// itemName is the name of loaded item n.
func itemName(n int64) string {
	r := []rune(prefixes)
	k := int64(len(r))
	pair := n / int64(len(itemNames))
	return string(r[pair%k]) + string(r[pair/k%k]) + itemNames[n%int64(len(itemNames))]
}

// loadItems puts items into the tables of the search, with names like the real
// ones and the index of their characters; nothing else of an item comes with it.
func (r *run) loadItems(ctx context.Context, pg *postgres, database string, n int64) error {
	return pg.on(ctx, database, func(c *pgx.Conn) error {
		agencies, err := readNames(ctx, c)
		if err != nil {
			return err
		}
		again, err := bulk.DropIndexes(ctx, c, "item_search", "item_gram")
		if err != nil {
			return err
		}
		return errors.Join(copyItems(ctx, c, n, agencies), bulk.MakeIndexes(ctx, c, again))
	})
}

func copyItems(ctx context.Context, c *pgx.Conn, n int64, agencies []string) error {
	if most := int64(len(itemNames)) * int64(len([]rune(prefixes))*len([]rune(prefixes))); n > most {
		return fmt.Errorf("there are names for %d items", most)
	}
	const from = 1 << 50 // far from ids that were given out
	columns := []string{"home", "version", "item", "code", "name", "name_key", "name_text", "alias_text", "aliases", "type", "agency", "applicants", "online",
		"complete", "from_day", "until_day"}
	i := int64(0)
	if _, err := c.CopyFrom(ctx, pgx.Identifier{"item_search"}, columns, pgx.CopyFromFunc(func() ([]any, error) {
		if i == n {
			return nil, nil
		}
		name := itemName(i)
		i++
		return []any{int64(1), from + 2*i, from + 2*i + 1, fmt.Sprintf("TBSCALE%024d", i), name, name, "\n" + name + "\n", "", "", "01", agencies[int(i)%len(agencies)],
			"person legal", false, false, 20_000, 0}, nil
	})); err != nil {
		return err
	}
	i = 0
	_, err := c.CopyFrom(ctx, pgx.Identifier{"item_gram"}, []string{"home", "version", "tokens"}, pgx.CopyFromFunc(func() ([]any, error) {
		if i == n {
			return nil, nil
		}
		name := itemName(i)
		i++
		return []any{int64(1), from + 2*i, tokensOf(name, agencies[int(i)%len(agencies)], "person", "legal")}, nil
	}))
	return err
}

// readNames takes the names of the items that are there, those of letters only,
// and sees by them that tokensOf makes what the register makes.
func readNames(ctx context.Context, c *pgx.Conn) (agencies []string, err error) {
	rows, err := c.Query(ctx, `select s.name, s.agency, s.applicants, g.tokens from item_search s join item_gram g on g.home = s.home and g.version = s.version
		where not s.complete and s.alias_text = '' order by s.version`)
	if err != nil {
		return nil, err
	}
	itemNames = nil
	var name, agency, applicants string
	var tokens []string
	_, err = pgx.ForEachRow(rows, []any{&name, &agency, &applicants, &tokens}, func() error {
		if strings.ContainsFunc(name, func(r rune) bool { return !unicode.Is(unicode.Han, r) }) {
			return nil
		}
		if made := tokensOf(name, agency, strings.Fields(applicants)...); !slices.Equal(made, tokens) {
			return fmt.Errorf("the index of %s is made in another way: %v, not %v", name, tokens, made)
		}
		itemNames = append(itemNames, name)
		if !slices.Contains(agencies, agency) {
			agencies = append(agencies, agency)
		}
		return nil
	})
	if err == nil && len(itemNames) < 100 {
		err = errors.New("too few names")
	}
	return agencies, err
}

// tokensOf are the characters of a name, its pairs of characters, and the facts
// by which a search is narrowed, as the register keeps them.
func tokensOf(name, agency string, applicants ...string) []string {
	r := []rune(name)
	list := []string{"kname", "ka" + agency}
	for _, a := range applicants {
		list = append(list, "kw"+a)
	}
	for i := range r {
		list = append(list, hexOf(r[i]))
		if i > 0 {
			list = append(list, hexOf(r[i-1])+hexOf(r[i]))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func hexOf(r rune) string {
	s := strconv.FormatInt(int64(r), 16)
	return "00000"[min(len(s), 5):] + s
}
