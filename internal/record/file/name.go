package file

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// nameMax is how many characters of a name are kept.
const nameMax = 120

// cleanName makes the name that a file came with safe to show, to store and to
// save under: no folders, no control characters, none of the marks that turn
// the direction of writing (which make "fdp.exe" out of "exe.pdf"), not too
// long. ext is the name's own extension, without the dot and as typed.
func cleanName(name string) (stem, ext string) {
	name = strings.ToValidUTF8(name, "")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Co) || strings.ContainsRune(`"<>|:*?`, r) {
			return -1
		}
		if unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, name)
	name = strings.Trim(name, " .")
	ext = path.Ext(name)
	stem = strings.Trim(strings.TrimSuffix(name, ext), " .")
	if utf8.RuneCountInString(ext) > 6 || stem == "" { // no extension but a sentence with a dot, or a name like ".pdf"
		stem, ext = strings.Trim(name, " ."), ""
	}
	if r := []rune(stem); len(r) > nameMax {
		stem = string(r[:nameMax])
	}
	return stem, strings.TrimPrefix(ext, ".")
}

// fullName gives a name the extension of what the file is.
func fullName(stem, ext, typ string) string {
	if stem == "" {
		stem = "附件"
	}
	if normalType(ext) == typ {
		return stem + "." + strings.ToLower(ext)
	}
	return stem + "." + typ
}
