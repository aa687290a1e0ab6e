package chat

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
)

// Limits of tags: how long one is, in code points, how many a conversation has, and how many different ones a site.
const (
	MaxTagName  = 40
	MaxTags     = 20
	MaxSiteTags = 500
)

// MaxMentions is how many agents one note may call.
const MaxMentions = 20

// Tag changes what a conversation is tagged with (agents): what it names is put on and taken off, all else stays, so that two agents at once do not undo each
// other. Putting on what is there and taking off what is not is no error. Answered with Conversation.
type Tag struct {
	Conversation string   `json:"conversation"`
	Add          []string `json:"add,omitempty"`
	Remove       []string `json:"remove,omitempty"`
}

// Tags asks for the tags that a site uses (agents).
type Tags struct {
	Site string `json:"site"`
}

// TagsOK answers tags: all of them, at most MaxSiteTags, the most used first.
type TagsOK struct {
	Tags []TagUse `json:"tags"`
}

// TagUse is a tag, and how many conversations have it.
type TagUse struct {
	Name string `json:"name"`
	Uses int64  `json:"uses"`
}

// Mention is an agent whom a note calls, by the name that he had then: it stands in the text behind an @.
type Mention struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// CleanTag brings a tag into the form in which it is stored: one line, without the # that people put before it. It may be empty.
func CleanTag(s string) string {
	s = strings.Join(strings.Fields(CleanText(s)), " ")
	return strings.TrimSpace(strings.TrimLeft(s, "#"))
}

// TagKey is a tag as it is compared: without case. Two tags of a site with one key are one tag.
func TagKey(s string) string { return cases.Fold().String(CleanTag(s)) }

// CheckTags cleans the tags of one call, each of them once.
func CheckTags(all []string) ([]string, error) {
	if len(all) > MaxTags {
		return nil, Errorf(TooLong, "At most %d tags at once.", MaxTags)
	}
	var clean, keys []string
	for _, s := range all {
		name := CleanTag(s)
		switch key := TagKey(s); {
		case name == "":
			return nil, Errorf(Empty, "A tag needs a name.")
		case utf8.RuneCountInString(name) > MaxTagName:
			return nil, Errorf(TooLong, "A tag has at most %d characters.", MaxTagName)
		case !slices.Contains(keys, key):
			clean, keys = append(clean, name), append(keys, key)
		}
	}
	return clean, nil
}
