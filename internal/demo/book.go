package demo

import (
	"fmt"
	"io/fs"
	"sync"

	"github.com/goccy/go-yaml"

	"tongban/internal/rules/day"
)

// book is county.yaml.
type book struct {
	Format   string      `yaml:"format"`
	Name     string      `yaml:"name"`
	NameEN   string      `yaml:"name_en"`
	Region   string      `yaml:"region"`
	Regions  []region    `yaml:"regions"`
	Agencies []agency    `yaml:"agencies"`
	Hall     Hall        `yaml:"hall"`
	Remedies remedies    `yaml:"remedies"`
	Elements []element   `yaml:"elements"`
	Staff    []official  `yaml:"staff"`
	Leave    []leave     `yaml:"leave"`
	People   []resident  `yaml:"residents"`
	Firms    []firm      `yaml:"firms"`
	Acting   []agencyFor `yaml:"agency_acting"`
}

type region struct {
	Code, Name, Level, Parent string
	NameEN                    string `yaml:"name_en"`
}

type agency struct {
	Key, Name, Short, USCC, Region, Address, Phone string
	NameEN                                         string `yaml:"name_en"`
	Nature                                         int
}

// Hall is the service hall of the county.
type Hall struct {
	Name    string   `yaml:"name"`
	Address string   `yaml:"address"`
	Phone   string   `yaml:"phone"`
	Hours   string   `yaml:"hours"`
	HoursEN string   `yaml:"hours_en"`
	Access  string   `yaml:"access"`
	Windows []Window `yaml:"windows"`
}

// Window is a window of the hall and the official who sits behind it.
type Window struct {
	No     int    `yaml:"no"`
	Name   string `yaml:"name"`
	Agency string `yaml:"agency"`
	Staff  string `yaml:"staff"`
}

type remedies struct {
	Text string `yaml:"text"`
}

type element struct {
	Key      string `yaml:"key"`
	Name     string `yaml:"name"`
	Holder   string `yaml:"holder"` // person, legal, agency, any
	Source   string `yaml:"source"`
	Grade    string `yaml:"grade"`
	Standing bool   `yaml:"standing"`
}

type official struct {
	Key, Login, Name, IDNo, Agency, Region, Phone string
	Posts                                         []string
}

type leave struct {
	Staff      string `yaml:"staff"`
	FromDay    int    `yaml:"from_day"`
	UntilDay   int    `yaml:"until_day"`
	StandIn    string `yaml:"stand_in"`
	ReasonSaid string `yaml:"reason"`
}

// data is element → value, grade, source.
type data map[string][]string

type resident struct {
	Key, Name, IDNo, Region, Address, Phone, Account, Note string
	Data                                                   data
}

type firm struct {
	Key            string   `yaml:"key"`
	Name           string   `yaml:"name"`
	USCC           string   `yaml:"uscc"`
	Kind           string   `yaml:"kind"`
	Region         string   `yaml:"region"`
	Address        string   `yaml:"address"`
	Phone          string   `yaml:"phone"`
	Representative string   `yaml:"representative"`
	Acting         []acting `yaml:"acting"`
	Data           data     `yaml:"data"`
}

type acting struct {
	Person string   `yaml:"person"`
	Role   string   `yaml:"role"`
	May    []string `yaml:"may"`
	From   day.Day  `yaml:"from"`
}

type agencyFor struct {
	Agency string   `yaml:"agency"`
	Person string   `yaml:"person"`
	Role   string   `yaml:"role"`
	May    []string `yaml:"may"`
	From   day.Day  `yaml:"from"`
}

const bookFormat = "tongban-county/1"

// readBook reads county.yaml, once.
var readBook = sync.OnceValues(func() (*book, error) {
	src, err := fs.ReadFile(content(), "county.yaml")
	if err != nil {
		return nil, err
	}
	b := &book{}
	if err := yaml.Unmarshal(src, b); err != nil {
		return nil, fmt.Errorf("county.yaml: %w", err)
	}
	if b.Format != bookFormat {
		return nil, fmt.Errorf("county.yaml: format %q, want %q", b.Format, bookFormat)
	}
	return b, nil
})

// Remedies is the county's sentence on what may be done against a refusal, for
// house.Options.
func Remedies() string {
	b, err := readBook()
	if err != nil {
		panic(err) // the file is inside the program
	}
	return b.Remedies.Text
}
