package catalog

import "bytes"

// deepest is how far a written item nests; its own format needs four.
const deepest = 20

// nested tells whether a YAML text nests deeper than any item does, before it is
// parsed: the parser's time grows with the square of the depth. Brackets in texts
// count too, where they never close.
func nested(src []byte) bool {
	depth := 0
	for line := range bytes.Lines(src) {
		body := bytes.TrimLeft(line, " -?:\t")
		if len(line)-len(body) > 8*deepest {
			return true
		}
		for _, c := range body {
			switch c {
			case '[', '{':
				depth++
			case ']', '}':
				depth = max(depth-1, 0)
			}
			if depth > deepest {
				return true
			}
		}
	}
	return false
}
