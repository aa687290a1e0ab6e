package chat

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// TextName names a text that a site may write in its own words.
type TextName string

// The texts. A quick start is two of them, by its number: start1 stands on the button, and sends1 is what is sent, where that is another text.
const (
	// TextGreeting and TextSubtitle are the two lines of the first screen; the second is shown while somebody is online.
	TextGreeting TextName = "greeting"
	TextSubtitle TextName = "subtitle"
	// TextBubble stands beside the launcher.
	TextBubble TextName = "bubble"
	// TextRating is the question after a conversation.
	TextRating TextName = "rating"
)

// What a site's own texts hold at most, in code points, quick starts, languages per text, and seconds.
const (
	MaxGreeting = 80
	MaxSubtitle = 200
	MaxBubble   = 140
	MaxRating   = 120
	MaxStart    = 80
	MaxSends    = 400
	MaxStarts   = 5
	// MaxTextLanguages is more than the widget has languages.
	MaxTextLanguages = 64
	MaxBubbleAfter   = 600
)

// StartName names what stands on the button of a quick start, SendsName what it sends; n is from 1 to MaxStarts.
func StartName(n int) TextName { return TextName(fmt.Sprint("start", n)) }

// SendsName is described at StartName.
func SendsName(n int) TextName { return TextName(fmt.Sprint("sends", n)) }

// TextNames returns all names, in the order in which people are shown them.
func TextNames() []TextName {
	names := []TextName{TextGreeting, TextSubtitle, TextBubble}
	for n := 1; n <= MaxStarts; n++ {
		names = append(names, StartName(n), SendsName(n))
	}
	return append(names, TextRating)
}

// Limit returns the longest text of this name in code points; 0 for a name that there is not.
func (n TextName) Limit() int {
	switch n {
	case TextGreeting:
		return MaxGreeting
	case TextSubtitle:
		return MaxSubtitle
	case TextBubble:
		return MaxBubble
	case TextRating:
		return MaxRating
	}
	for i := 1; i <= MaxStarts; i++ {
		switch n {
		case StartName(i):
			return MaxStart
		case SendsName(i):
			return MaxSends
		}
	}
	return 0
}

// TextState tells what a person has to do with a text.
type TextState string

// The states. What a person has written or approved is never replaced by an engine, and is shown until a person changes it.
const (
	TextApproved TextState = "approved"
	// TextDraft was made by an engine and nobody has looked at it. Visitors who are shown it are told that it was translated.
	TextDraft TextState = "draft"
	// TextOutdated was approved, and the site has changed the text in its own language since: somebody should look at it.
	TextOutdated TextState = "outdated"
)

// TextVariant is a text in one language.
type TextVariant struct {
	Text  string    `json:"text"`
	State TextState `json:"state"`
	// By is who has drafted it: an engine, or whose work the translation memory had.
	By string `json:"by,omitempty"`
	// Rough is true for a draft of an engine that is not good enough for the first words that a shop says: it waits for a person, and no visitor reads it.
	Rough bool `json:"rough,omitempty"`
	At    Time `json:"at"`
}

// OwnTexts are the texts that a site has written itself, with their variants by language. It stands in the site's row. The text in the site's own language is
// the source: drafts in other languages are made from it.
type OwnTexts struct {
	Texts map[TextName]map[language.Tag]TextVariant `json:"texts,omitempty"`
	// BubbleAfterS is after how many seconds on a page the bubble appears; 0: never.
	BubbleAfterS int `json:"bubble_after_s,omitempty"`
	// NoDrafts keeps drafts from being made when a visitor would read one, and from being shown.
	NoDrafts bool `json:"no_drafts,omitempty"`
}

// Write puts a person's text in, or takes the variant out if the text is empty. own is the site's language. When the source changes, its drafts go, since they
// say what the shop does not say any more, and what people have approved is to be looked at.
func (o *OwnTexts) Write(name TextName, in, own language.Tag, text string, now Time) error {
	text, err := cleanOwn(name, text)
	if err != nil {
		return err
	}
	before, has := o.source(name, own)
	if text == "" {
		o.remove(name, in)
	} else {
		o.put(name, in, TextVariant{Text: text, State: TextApproved, At: now})
	}
	if after, is := o.source(name, own); has && (!is || after.Text != before.Text) {
		o.outdate(name, own)
	}
	return o.Check()
}

// cleanOwn brings a text into the form in which it is stored: one line, but for what is sent.
func cleanOwn(name TextName, text string) (string, error) {
	limit := name.Limit()
	if limit == 0 {
		return "", errTextName(name)
	}
	text = CleanText(text)
	if !strings.HasPrefix(string(name), "sends") {
		text = strings.Join(strings.Fields(text), " ")
	}
	return text, checkOwn(name, text)
}

func checkOwn(name TextName, text string) error {
	if n := utf8.RuneCountInString(text); n > name.Limit() {
		return Errorf(TooLong, "%s: at most %d characters; this text has %d.", name, name.Limit(), n)
	}
	return nil
}

func errTextName(name TextName) error {
	known := make([]string, 0, len(TextNames()))
	for _, n := range TextNames() {
		known = append(known, string(n))
	}
	return Errorf(BadRequest, "There is no text %q: the names are %s.", quotable(string(name)), strings.Join(known, ", "))
}

func (o *OwnTexts) put(name TextName, in language.Tag, v TextVariant) {
	if o.Texts == nil {
		o.Texts = map[TextName]map[language.Tag]TextVariant{}
	}
	if o.Texts[name] == nil {
		o.Texts[name] = map[language.Tag]TextVariant{}
	}
	o.Texts[name][in] = v
}

func (o *OwnTexts) remove(name TextName, in language.Tag) {
	if delete(o.Texts[name], in); len(o.Texts[name]) == 0 {
		delete(o.Texts, name)
	}
}

// outdate is what a changed source does to the variants in other languages.
func (o *OwnTexts) outdate(name TextName, own language.Tag) {
	for tag, v := range o.Texts[name] {
		switch {
		case SameLanguage(tag, own):
		case !v.approved():
			o.remove(name, tag)
		default:
			v.State = TextOutdated
			o.put(name, tag, v)
		}
	}
}

// Approve makes a draft, or a text that is outdated, approved as it stands. A variant that there is not is NotFound.
func (o *OwnTexts) Approve(name TextName, in language.Tag, now Time) error {
	v, ok := o.Texts[name][in]
	if !ok {
		return Errorf(NotFound, "There is no %s in %s to approve: have it drafted, or write it.", name, in)
	}
	if v.State != TextApproved {
		v.State, v.Rough, v.At = TextApproved, false, now
		o.put(name, in, v)
	}
	return nil
}

// source returns the text of the site's own language.
func (o *OwnTexts) source(name TextName, own language.Tag) (TextVariant, bool) {
	v, _, ok := o.nearest(name, own, TextVariant.approved)
	return v, ok
}

// Undrafted returns the sources of the texts that nobody has in a language, by name: what an engine may draft.
func (o *OwnTexts) Undrafted(own, to language.Tag) map[TextName]string {
	missing := map[TextName]string{}
	if SameLanguage(own, to) {
		return missing
	}
	for name := range o.Texts {
		_, _, has := o.nearest(name, to, func(TextVariant) bool { return true })
		if source, ok := o.source(name, own); ok && !has && name.Limit() > 0 && len(o.Texts[name]) < MaxTextLanguages {
			missing[name] = source.Text
		}
	}
	return missing
}

// Draft puts an engine's text in, and tells whether it did: not if there is a text in that language by now, or if the source is another one than it was made
// from, and not if it is longer than may be.
func (o *OwnTexts) Draft(name TextName, to, own language.Tag, source string, v TextVariant) bool {
	if o.Undrafted(own, to)[name] != source || source == "" {
		return false
	}
	text, err := cleanOwn(name, v.Text)
	if err != nil || text == "" {
		return false
	}
	v.Text, v.State = text, TextDraft
	o.put(name, to, v)
	return true
}

// For returns the texts for a visitor, in the first of the wishes that any of them is there in: a wish is met by its own tag, else by a wider one (fr for fr-CA), else
// by the language in the same script from elsewhere (pt-BR for pt-PT); people's texts come before drafts.
func (o *OwnTexts) For(wishes ...language.Tag) SiteTexts {
	for _, wish := range wishes {
		var t SiteTexts
		pick := func(name TextName) string {
			v, tag, ok := o.nearest(name, wish, func(v TextVariant) bool { return v.approved() || !v.Rough && !o.NoDrafts })
			if ok {
				t.Language, t.Draft = firstTag(t.Language, tag), t.Draft || !v.approved()
			}
			return v.Text
		}
		t.Greeting, t.Subtitle, t.Rating = pick(TextGreeting), pick(TextSubtitle), pick(TextRating)
		for n := 1; n <= MaxStarts; n++ {
			if label := pick(StartName(n)); label != "" {
				t.Starts = append(t.Starts, QuickStart{Label: label, Text: cmp.Or(pick(SendsName(n)), label)})
			}
		}
		if t.Language != language.Und {
			return t
		}
	}
	return SiteTexts{}
}

// firstTag returns a, or b if a says nothing.
func firstTag(a, b language.Tag) language.Tag {
	if a == language.Und {
		return b
	}
	return a
}

// Bubbles returns the bubble's text by language, without drafts: it stands on the shop's pages, where nothing says how it came about.
func (o *OwnTexts) Bubbles() map[language.Tag]string {
	all := map[language.Tag]string{}
	for tag, v := range o.Texts[TextBubble] {
		if v.approved() {
			all[tag] = v.Text
		}
	}
	return all
}

// approved tells whether a person stands for it.
func (v TextVariant) approved() bool { return v.State != TextDraft }

// nearest returns the variant of a text that suits who reads a language best, of those that may be taken.
func (o *OwnTexts) nearest(name TextName, wish language.Tag, may func(TextVariant) bool) (best TextVariant, in language.Tag, found bool) {
	rank := func(tag language.Tag, v TextVariant) int {
		far := 2
		switch {
		case tag == wish:
			far = 0
		case wider(tag, wish):
			far = 1
		}
		if !v.approved() {
			far += 3
		}
		return far
	}
	for tag, v := range o.Texts[name] {
		if !may(v) || !SameLanguage(tag, wish) {
			continue
		}
		// Of two that suit as well the one that comes first by its tag, so that it is the same one each time.
		if !found || cmp.Or(cmp.Compare(rank(tag, v), rank(in, best)), strings.Compare(tag.String(), in.String())) < 0 {
			best, in, found = v, tag, true
		}
	}
	return best, in, found
}

// wider tells whether a tag is one of those that come before another when it is made more exact: es of es-MX.
func wider(tag, of language.Tag) bool {
	for of != language.Und {
		if of = of.Parent(); of == tag {
			return true
		}
	}
	return false
}

// Check holds the texts against the limits. Names that are not known may stay: a newer program may know them.
func (o *OwnTexts) Check() error {
	if o.BubbleAfterS < 0 || o.BubbleAfterS > MaxBubbleAfter {
		return Errorf(BadRequest, "bubble_after_s is from 0, which means never, to %d seconds.", MaxBubbleAfter)
	}
	for _, name := range TextNames() {
		if len(o.Texts[name]) > MaxTextLanguages {
			return Errorf(TooLong, "%s: at most %d languages. Remove one that nobody reads.", name, MaxTextLanguages)
		}
		for _, v := range o.Texts[name] {
			if err := checkOwn(name, v.Text); err != nil {
				return err
			}
		}
	}
	return nil
}
