package ui_test

import (
	"testing"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/web/ui"

	"pgregory.net/rapid"
)

func TestDatesAreWrittenInFull(t *testing.T) {
	t.Parallel()
	d := day.Of(2026, 12, 8)
	at := day.Of(2026, 11, 24).Start() + 14*day.Hour + 5*day.Minute
	for _, c := range []struct{ got, want string }{
		{ui.Date(wording.ZH, d), "2026年12月8日"},
		{ui.Date(wording.EN, d), "8 December 2026"},
		{ui.DateLong(wording.ZH, d), "12月8日（周二）"},
		{ui.DateLong(wording.EN, d), "Tue 8 December"},
		{ui.DateShort(d), "12-08"},
		{ui.Moment(wording.ZH, at), "11月24日 14:05"},
		{ui.Moment(wording.EN, at), "24 Nov 14:05"},
		{ui.MomentFull(wording.ZH, at), "2026年11月24日 14:05"},
		{ui.MomentFrom(wording.ZH, at+day.Hour, at), "11月24日 14:05"},
		{ui.MomentFrom(wording.ZH, day.Of(2027, 1, 2).Start(), at), "2026年11月24日 14:05"},
		{ui.MomentFrom(wording.EN, day.Of(2027, 1, 2).Start(), at), "24 November 2026 14:05"},
		{ui.Date(wording.ZH, 0) + ui.DateLong(wording.ZH, 0) + ui.DateShort(0) + ui.Moment(wording.ZH, 0), ""},
		{ui.Days(wording.ZH, 5, true), "5个工作日"},
		{ui.Days(wording.ZH, 30, false), "30个自然日"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestAmounts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ got, want string }{
		{ui.Money(wording.ZH, 0), "0 元"},
		{ui.Money(wording.ZH, 123450), "1,234.50 元"},
		{ui.Money(wording.ZH, -5), "−0.05 元"},
		{ui.Money(wording.EN, 100000000), "1,000,000 yuan"},
		{ui.Thousands(999), "999"},
		{ui.Thousands(-1835400), "−1,835,400"},
		{ui.Bytes(1), "1KB"},
		{ui.Bytes(2516582), "2.4MB"},
		{ui.Bytes(10 << 20), "10MB"},
		{ui.Spaced("48217730"), "4821 7730"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestMasks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ got, want string }{
		{ui.MaskName("云小禾"), "云*禾"},
		{ui.MaskName("云禾"), "云*"},
		{ui.MaskName("云"), "*"},
		{ui.MaskName("云水小禾"), "云**禾"},
		{ui.MaskName(""), ""},
		{ui.MaskPhone("13800005678"), "138****5678"},
		{ui.MaskID("330123199001011234"), "330***********1234"},
		{ui.MaskIDPublic("330123199001011234"), "3****************4"},
		{ui.MaskPhone("110"), "1**"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// A mask never shows the whole of a text and never changes its length.
func TestMasksHide(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[0-9a-z云禾]{1,24}`).Draw(t, "s")
		for _, mask := range []func(string) string{ui.MaskName, ui.MaskPhone, ui.MaskID, ui.MaskIDPublic} {
			if got := mask(s); got == s || len([]rune(got)) != len([]rune(s)) {
				t.Fatalf("%q became %q", s, got)
			}
		}
	})
}

func TestParseDay(t *testing.T) {
	t.Parallel()
	today, want := day.Of(2026, 11, 24), day.Of(2026, 12, 8)
	for _, s := range []string{"20261208", "2026-12-08", "2026-12-8", "2026/12/8", "2026年12月8日", "12月8日", "12-8", "１２月８日", " 2026.12.8 "} {
		if got, err := ui.ParseDay(s, today, ui.Plain("开业日期")); err != nil || got != want {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
	for s, says := range map[string]string{
		"":           "开业日期写成年、月、日，例如 2026-11-24",
		"8":          "开业日期写成年、月、日，例如 2026-11-24",
		"明天":         "开业日期写成年、月、日，例如 2026-11-24",
		"2026-2-30":  "日历上没有 2026年2月30日。对照证件再看一遍开业日期",
		"26-12-8":    "开业日期的年份写全四位，例如 2026",
		"2026-13-01": "日历上没有 2026年13月1日。对照证件再看一遍开业日期",
	} {
		if got, err := ui.ParseDay(s, today, ui.Plain("开业日期")); err == nil || err.Error() != says {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
}

// Whatever a person types is a day that exists or a sentence, and every day is
// read back from each of its spellings.
func FuzzParseDay(f *testing.F) {
	for _, s := range []string{"20261208", "2026-02-30", "12月8日", "", "１", "99999999", "2026--1-1"} {
		f.Add(s)
	}
	today := day.Of(2026, 11, 24)
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ui.ParseDay(s, today, ui.Plain("日期"))
		if err != nil {
			if err.Error() == "" {
				t.Fatal("an error without words")
			}
			return
		}
		for _, spelling := range []string{d.String(), ui.Date(wording.ZH, d)} {
			if again, err := ui.ParseDay(spelling, today, ui.Plain("日期")); err != nil || again != d {
				t.Fatalf("%q read as %v, %q as %v, %v", s, d, spelling, again, err)
			}
		}
	})
}

func TestDayOfThreeFields(t *testing.T) {
	t.Parallel()
	label := ui.Plain("开业日期")
	form := map[string][]string{"d_y": {"2026"}, "d_m": {"2"}, "d_d": {"28"}, "half_y": {"2026"}}
	if d, err := ui.DayOf(form, "d", label); err != nil || d != day.Of(2026, 2, 28) {
		t.Errorf("whole: %v, %v", d, err)
	}
	if d, err := ui.DayOf(form, "none", label); err != nil || d != 0 {
		t.Errorf("empty: %v, %v", d, err)
	}
	if _, err := ui.DayOf(form, "half", label); err == nil {
		t.Error("a year alone was taken as a day")
	}
}

func TestDueNamesItsUnit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		due  ui.Due
		tone ui.Tone
		says string
	}{
		{ui.Due{Left: 5, Working: true, Soon: 2}, ui.ToneDone, "还有 5 个工作日"},
		{ui.Due{Left: 2, Working: true, Soon: 2}, ui.ToneTodo, "还有 2 个工作日"},
		{ui.Due{Left: 0, Working: true}, ui.ToneTodo, "今天到期"},
		{ui.Due{Left: -1, Working: true}, ui.ToneLegal, "超 1 个工作日"},
		{ui.Due{Left: -3}, ui.ToneLegal, "超 3 天"},
		{ui.Due{Left: -3, Stopped: ui.Plain("停表：检测")}, ui.ToneOff, "停表：检测"},
	} {
		if s := c.due.Status(); s.Tone != c.tone || ui.Say(wording.ZH, s.Text) != c.says {
			t.Errorf("%+v: %s %s", c.due, s.Tone, ui.Say(wording.ZH, s.Text))
		}
	}
}
