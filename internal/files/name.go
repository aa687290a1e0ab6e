package files

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxName and maxNameBytes bound a file's name with its ending, in code points and in bytes of UTF-8: file systems end at 255 bytes.
const (
	MaxName      = 100
	maxNameBytes = 200
)

// endings are those that may stand at the end of a name of a type, the one that is put there first.
func endings(mediaType string) []string {
	switch mediaType {
	case typePNG:
		return []string{"png"}
	case typePDF:
		return []string{"pdf"}
	case typeText:
		return []string{"txt", "log", "md"}
	}
	return []string{"jpg", "jpeg"}
}

// pictures are endings that say of a picture how it came; it may be kept as something else.
func pictures() []string { return []string{"png", "jpg", "jpeg", "gif", "webp", "apng", "jfif"} }

// CleanName makes a file's name that people may see, and that any system may store: one name without path, no controls, no marks that turn the direction of
// writing, nothing that Windows keeps for itself, not too long, and with an ending that fits the type, so that a name never says more than the bytes.
func CleanName(name, mediaType string) string {
	name = norm.NFC.String(strings.ToValidUTF8(name, "\ufffd"))
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(cleanRune, name)
	name = strings.Trim(strings.Join(strings.Fields(name), " "), ". ")
	stem, ending := name, ""
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		stem, ending = name[:i], name[i+1:]
	}
	lower := strings.ToLower(ending)
	fits := endings(mediaType)
	switch {
	case slices.Contains(fits, lower):
	case strings.HasPrefix(mediaType, "image/") && slices.Contains(pictures(), lower):
		ending = fits[0]
	default:
		stem, ending = name, fits[0]
	}
	return shorten(stem, ending) + "." + ending
}

// cleanRune drops what is not seen and replaces what some system does not allow.
func cleanRune(r rune) rune {
	switch {
	case r == '\t' || r == '\n' || r == '\r' || unicode.Is(unicode.Z, r):
		return ' '
	case unicode.Is(unicode.C, r) && r != '\u200d' && r != '\u200c':
		// Controls, formats (with all marks of direction) and private use; but joiners are letters of some scripts, and of emoji.
		return -1
	case strings.ContainsRune(`<>:"|?*`, r):
		return '_'
	}
	return r
}

// shorten returns a stem that is one, is not reserved, and leaves room for its ending.
func shorten(stem, ending string) string {
	stem = strings.TrimRight(stem, ". ")
	points, bytes := MaxName-1-utf8.RuneCountInString(ending), maxNameBytes-1-len(ending)
	n := 0
	for i, r := range stem {
		if n++; n > points || i+utf8.RuneLen(r) > bytes {
			stem = strings.TrimRight(stem[:i], ". ")
			break
		}
	}
	if strings.Trim(stem, "._- \u200c\u200d") == "" {
		return "file"
	}
	if reserved(stem) {
		return "_" + stem
	}
	return stem
}

// reserved tells whether Windows takes a name for a device, whatever its ending.
func reserved(stem string) bool {
	first, _, _ := strings.Cut(strings.ToUpper(stem), ".")
	first = strings.TrimSpace(first)
	if slices.Contains([]string{"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"}, first) {
		return true
	}
	for _, pattern := range []string{"COM?", "LPT?"} {
		if ok, _ := path.Match(pattern, first); ok && strings.ContainsAny(first[3:], "0123456789¹²³") {
			return true
		}
	}
	return false
}
