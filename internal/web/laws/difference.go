package laws

import "strings"

// piece is a part of a text: as it was, taken out, put in, or found.
type piece struct {
	Kind string // "", "out", "in", "hit"
	Text string
}

// maxCompared bounds the characters whose differences are looked for one by one;
// longer texts are shown one after the other.
const maxCompared = 1000

// difference tells what became of a text, character by character: the longest
// common part stays, the rest went or came.
func difference(was, now string) []piece {
	a, b := []rune(was), []rune(now)
	begin := 0
	for begin < len(a) && begin < len(b) && a[begin] == b[begin] {
		begin++
	}
	end := 0
	for end < len(a)-begin && end < len(b)-begin && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	var list []piece
	list = grown(list, "", string(a[:begin]))
	list = append(list, middle(a[begin:len(a)-end], b[begin:len(b)-end])...)
	return grown(list, "", string(a[len(a)-end:]))
}

// middle compares what two texts do not share at their ends.
func middle(a, b []rune) []piece {
	var list []piece
	if len(a) > maxCompared || len(b) > maxCompared {
		return grown(grown(list, "out", string(a)), "in", string(b))
	}
	common := make([][]int16, len(a)+1) // length of the longest common part of a[i:] and b[j:]
	for i := range common {
		common[i] = make([]int16, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			list = grown(list, "", string(a[i]))
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || common[i+1][j] >= common[i][j+1]):
			list = grown(list, "out", string(a[i]))
			i++
		default:
			list = grown(list, "in", string(b[j]))
			j++
		}
	}
	return list
}

// grown adds a text to the pieces, to the last one where it is of the same kind.
func grown(list []piece, kind, text string) []piece {
	if text == "" {
		return list
	}
	if n := len(list); n > 0 && list[n-1].Kind == kind {
		list[n-1].Text += text
		return list
	}
	return append(list, piece{kind, text})
}

// shownAround is how much of a text is shown before and behind what was found.
const shownAround = 60

// around is the part of a text where words were found, the words marked.
func around(text, words string) []piece {
	text = strings.ReplaceAll(text, "\n", " ")
	i := strings.Index(text, words)
	if i < 0 {
		i, words = 0, ""
	}
	before, behind := []rune(text[:i]), []rune(text[i+len(words):])
	var list []piece
	if n := len(before) - shownAround; n > 0 {
		list, before = grown(list, "", "…"), before[n:]
	}
	list = grown(grown(list, "", string(before)), "hit", words)
	if len(behind) > shownAround {
		return grown(list, "", string(behind[:shownAround])+"…")
	}
	return grown(list, "", string(behind))
}
