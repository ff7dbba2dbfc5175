package main

import (
	"fmt"
	"strconv"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
)

type workdayCommands struct {
	Add     workdayAdd     `cmd:"" help:"cli.workday.add"`
	Between workdayBetween `cmd:"" help:"cli.workday.between"`
}

// counting is what both commands are asked beside their days.
type counting struct {
	Provisional bool `help:"cli.option.provisional"`
	JSON        bool `name:"json" help:"cli.option.json"`
}

// workdayAdd prints the Nth working day after a day.
type workdayAdd struct {
	Date string `arg:"" name:"DATE" help:"cli.arg.date"`
	N    string `arg:"" name:"N" help:"cli.arg.n"`
	counting
}

// Run prints the day alone, so that scripts can take it as it is.
func (c *workdayAdd) Run(s *shell) error {
	from, err := readDay(c.Date)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(c.N)
	if err != nil {
		return wording.M("workday.add.n", "max", workday.MaxDays)
	}
	cal := workday.Default()
	due, err := cal.Nth(from, n, c.Provisional)
	if err != nil {
		return err
	}
	if c.JSON {
		return s.json(map[string]any{
			"ok": true, "from": from, "days": n, "day": due.Day, "provisional": due.Provisional,
			"calendar": cal.Version(), "note": wording.Text(s.lang, workday.PracticeNote),
		})
	}
	fmt.Fprintln(s.out, due.Day)
	s.warnProvisional(due.Provisional)
	return nil
}

// workdayBetween prints how many working days lie after a day, up to and
// including another.
type workdayBetween struct {
	First  string `arg:"" name:"DATE1" help:"cli.arg.first"`
	Second string `arg:"" name:"DATE2" help:"cli.arg.second"`
	counting
}

// Run prints the number alone.
func (c *workdayBetween) Run(s *shell) error {
	first, err := readDay(c.First)
	if err != nil {
		return err
	}
	second, err := readDay(c.Second)
	if err != nil {
		return err
	}
	cal := workday.Default()
	n, guessed, err := cal.Count(first, second, c.Provisional)
	if err != nil {
		return err
	}
	if c.JSON {
		return s.json(map[string]any{
			"ok": true, "first": first, "second": second, "days": n, "provisional": guessed,
			"calendar": cal.Version(), "note": wording.Text(s.lang, workday.PracticeNote),
		})
	}
	fmt.Fprintln(s.out, n)
	s.warnProvisional(guessed)
	return nil
}

func (s *shell) warnProvisional(guessed bool) {
	if guessed {
		s.say("workday.provisional")
	}
}

func readDay(text string) (day.Day, error) {
	d, err := day.Parse(text)
	if err != nil {
		return 0, wording.M("cli.date", "got", text)
	}
	return d, nil
}
