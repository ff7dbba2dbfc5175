package demo

import (
	"fmt"
	"io/fs"

	"github.com/goccy/go-yaml"

	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
	"tongban/internal/rules/gbcode"
)

// listBook is lists.yaml: the words that the public lists are made of.
type listBook struct {
	Format            string                 `yaml:"format"`
	Agencies          map[string]listAgency  `yaml:"agencies"`
	Breaches          []string               `yaml:"breaches"`
	Others            map[string][]string    `yaml:"others"`
	Duties            map[string][][3]string `yaml:"duties"`
	Situations        map[string][][2]string `yaml:"situations"`
	Risks             [][4]string            `yaml:"risks"`
	Township          [][2]string            `yaml:"township"`
	TownshipServices  []string               `yaml:"township_services"`
	IntermediaryLines [][]any                `yaml:"intermediary"`
	Fees              [][]any                `yaml:"fees"`
	Industries        [][]any                `yaml:"industries"`
	Prohibited        []string               `yaml:"prohibited"`
	Qualifications    [][4]string            `yaml:"qualifications"`
	Proofs            [][5]string            `yaml:"proofs"`
}

// listAgency is what an agency brings to the lists.
type listAgency struct {
	Dept     string   `yaml:"dept"`
	Weight   int      `yaml:"weight"`
	Soft     bool     `yaml:"soft"` // has no powers to punish
	Subjects []string `yaml:"subjects"`
}

// known is an item known by name, as the lists need it.
type known struct {
	name, code, base, kind, agency string
	basis                          []lists.Row // of an item that is written in full
}

func readListBook() (*listBook, []known, error) {
	src, err := fs.ReadFile(content(), "lists.yaml")
	if err != nil {
		return nil, nil, err
	}
	b := &listBook{}
	if err := yaml.UnmarshalWithOptions(src, b, yaml.Strict()); err != nil {
		return nil, nil, fmt.Errorf("lists.yaml: %w", err)
	}
	if src, err = fs.ReadFile(content(), "items.csv"); err != nil {
		return nil, nil, err
	}
	drafts, problems := catalog.ReadCSV(src)
	if len(problems) > 0 {
		return nil, nil, catalog.Problems(problems)
	}
	items := make([]known, len(drafts))
	for i, d := range drafts {
		it, err := gbcode.ParseItem(d.Code, nil)
		if err != nil {
			return nil, nil, err
		}
		items[i] = known{name: d.Name, code: d.Code, base: it.Base, kind: d.Type, agency: d.Agency}
		if it.Base == "" {
			items[i].base = d.Code
		}
	}
	return b, items, nil
}

// readWritten lists the items that are written in full: they stand on the lists
// beside those known by name, with the basis that they were written with.
func readWritten() ([]known, error) {
	_, drafts, err := writtenItems()
	if err != nil {
		return nil, err
	}
	items := make([]known, len(drafts))
	for i, d := range drafts {
		items[i] = known{name: d.Name, code: d.Code, base: d.Base.Code, kind: d.Type, agency: d.Agency, basis: baseItemOf(d).Tables["basis"]}
	}
	return items, nil
}
