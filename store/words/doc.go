// Package words cuts texts of any language into what search compares: it knows no database and no conversation.
//
// text.go cuts a text into words, folded so that what people take for the same is the same; fold.go says what that is, letter by letter. terms.go makes of the
// words what an index holds, query.go of what somebody looks for what an index is asked for, and match.go finds in a text what was looked for. An
// index is asked for no more than a set of terms, so what it finds is a guess, and Match is the answer: both databases find the same because of it.
//
// There are three kinds of words. Letters stand between spaces, as in most languages. Numbers are found by any three of their digits in a row.
// Scripts that write without spaces (Chinese, Japanese, Thai and their like, and Korean, whose words take endings) are dense: what is looked for may stand
// anywhere in them, and an index holds each two neighbours.
package words
