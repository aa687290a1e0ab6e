package engine

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A server's sentence goes to operators, and no word of a line does.
const (
	// shortWord is up to which length, in code points, a word says nothing about who wrote it: "not", "text", "is".
	shortWord = 4
	// likePiece is from which length on, in letters of Latin, a piece of a text is no accident, also if the server has cut it; a letter of a script
	// that puts more into one counts twice.
	likePiece = 8
)

// quotes tells whether a sentence has a word of one of the texts in it, short ones aside, or a piece of one, or all of several short words.
func quotes(sentence string, texts []string) bool {
	said := plainWords(sentence)
	for _, t := range texts {
		heard := plainWords(t)
		if strings.Contains(heard, " ") && strings.Contains(" "+said+" ", " "+heard+" ") || hasPiece(said, heard) {
			return true
		}
		for w := range strings.FieldsSeq(heard) {
			if utf8.RuneCountInString(w) > shortWord && strings.Contains(said, w) {
				return true
			}
		}
	}
	return false
}

// plainWords are the words of s in small letters, with one blank between them.
func plainWords(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !unicode.IsMark(c)
	}), " ")
}

// hasPiece tells whether any piece of the one is in the other.
func hasPiece(said, heard string) bool {
	for from := range said {
		weight := 0
		for i, r := range said[from:] {
			if weight++; r >= '\u0900' {
				weight++
			}
			if end := from + i + utf8.RuneLen(r); weight >= likePiece {
				if strings.Contains(heard, said[from:end]) {
					return true
				}
				break
			}
		}
	}
	return false
}
