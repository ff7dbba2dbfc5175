package door

import (
	"strings"

	"tongban/internal/rules/wording"
	"tongban/internal/web/ui"
)

// sentences are texts in a row, each ended by a stop where it has none: what is
// wrong, by which article, what to do.
type sentences []ui.Text

// In writes them in the reader's language.
func (s sentences) In(lang wording.Lang) string {
	stop, gap := "。", ""
	if lang == wording.EN {
		stop, gap = ".", " "
	}
	var said []string
	for _, t := range s {
		text := strings.TrimSpace(ui.Say(lang, t))
		if text == "" {
			continue
		}
		if !strings.ContainsAny(text[len(text)-1:], ".!?;:") && !strings.HasSuffix(text, "。") && !strings.HasSuffix(text, "！") && !strings.HasSuffix(text, "？") {
			text += stop
		}
		said = append(said, text)
	}
	return strings.Join(said, gap)
}
