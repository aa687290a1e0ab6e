package chat

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// Limits of canned replies.
const (
	// MaxCanned is how many a site may have, MaxCannedName how long a short name is, in code points, and MaxCannedLanguages in how many languages one stands.
	MaxCanned          = 500
	MaxCannedName      = 40
	MaxCannedLanguages = 60
)

// CannedState says whether a person of the house has approved a text.
type CannedState string

// The states of a text.
const (
	CannedDraft    CannedState = "draft"
	CannedApproved CannedState = "approved"
)

// CannedText is a canned reply in one language.
type CannedText struct {
	Language language.Tag `json:"language"`
	Text     string       `json:"text"`
	State    CannedState  `json:"state"`
	// By is who wrote it, and once it is approved who did that: an agent's name, or an engine's.
	By string `json:"by"`
	At Time   `json:"at"`
}

// Canned is a reply that a site has ready: a short name, and the reply in some languages.
type Canned struct {
	Name string `json:"name"`
	// Texts are sorted by language.
	Texts []CannedText `json:"texts"`
}

// CannedVariables are what a text may have in braces: the customer's name, the number of his order, the agent's name.
var CannedVariables = []string{"name", "order", "agent"}

var (
	cannedName     = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}_-]*$`)
	cannedVariable = regexp.MustCompile(`\{([^{}]*)\}`)
)

// ParseCannedName returns the short name as it is stored: what an agent types behind the slash.
func ParseCannedName(s string) (string, error) {
	s = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(s), "/"))
	if !cannedName.MatchString(s) || utf8.RuneCountInString(s) > MaxCannedName {
		return "", Errorf(BadRequest, "A short name has letters, digits, - and _, begins with a letter or a digit, and has at most %d characters.", MaxCannedName).
			Because(Refused{Reason: RefusedName, Column: "name", Limit: MaxCannedName})
	}
	return s, nil
}

// Check cleans a text, and says what is wrong with it.
func (c *CannedText) Check() error {
	c.Text = CleanText(c.Text)
	switch {
	case c.Language == language.Und:
		return Errorf(BadLanguage, "A canned reply needs the language of its text.")
	case strings.TrimSpace(c.Text) == "":
		return Errorf(Empty, "A canned reply needs a text.").Because(Refused{Reason: RefusedEmpty, Column: "text"})
	case utf8.RuneCountInString(c.Text) > MaxMemoryText:
		return Errorf(TooLong, "A canned reply has at most %d characters.", MaxMemoryText).Because(Refused{Reason: RefusedTooLong, Column: "text", Limit: MaxMemoryText})
	}
	for _, v := range cannedVariable.FindAllStringSubmatch(c.Text, -1) {
		if !slices.Contains(CannedVariables, v[1]) {
			return Errorf(BadRequest, "There is nothing to put in for {%s}: a canned reply may have {%s}.", CleanName(v[1]), strings.Join(CannedVariables, "}, {")).
				Because(Refused{Reason: RefusedVariable, Column: "text", Value: "{" + CleanName(v[1]) + "}"})
		}
	}
	return nil
}

// Variables are those of a text, sorted, each as often as it stands there.
func (c CannedText) Variables() []string {
	var all []string
	for _, v := range cannedVariable.FindAllStringSubmatch(c.Text, -1) {
		all = append(all, v[1])
	}
	slices.Sort(all)
	return all
}

// Text returns the text in a language, and its place; -1 if there is none.
func (c Canned) Text(in language.Tag) (CannedText, int) {
	i := slices.IndexFunc(c.Texts, func(t CannedText) bool { return t.Language == in })
	if i < 0 {
		return CannedText{}, -1
	}
	return c.Texts[i], i
}

// Put puts a text in the place of the one in its language. What was approved is a draft again, unless it says the same.
func (c *Canned) Put(t CannedText) error {
	if err := t.Check(); err != nil {
		return err
	}
	t.State = CannedDraft
	old, i := c.Text(t.Language)
	switch {
	case i >= 0 && old.Text == t.Text:
		return nil
	case i >= 0:
		c.Texts[i] = t
		return nil
	case len(c.Texts) >= MaxCannedLanguages:
		return Errorf(Conflict, "A canned reply stands in at most %d languages.", MaxCannedLanguages).
			Because(Refused{Reason: RefusedFull, Limit: MaxCannedLanguages})
	}
	c.Texts = append(c.Texts, t)
	return nil
}

// PutDraft puts an engine's draft in, unless somebody has changed the text in its language since all was read: an engine takes a while, and what a person has written
// or approved meanwhile is his.
func (c *Canned) PutDraft(draft CannedText, all []Canned) error {
	var was CannedText
	if i := slices.IndexFunc(all, func(o Canned) bool { return o.Name == c.Name }); i >= 0 {
		was, _ = all[i].Text(draft.Language)
	}
	if now, _ := c.Text(draft.Language); now != was {
		return Errorf(Conflict, "Somebody has changed the text in %s meanwhile: look at it, and have it drafted again if you still want that.", draft.Language)
	}
	return c.Put(draft)
}

// At is when a text of it was written last, or approved; 0 if it has none.
func (c Canned) At() (latest Time) {
	for _, t := range c.Texts {
		latest = max(latest, t.At)
	}
	return latest
}

// Approve says that a person has read the text in a language. It has the variables of those that are approved already.
func (c *Canned) Approve(in language.Tag, by string) error {
	t, i := c.Text(in)
	if i < 0 {
		return errNoCanned()
	}
	for _, o := range c.Texts {
		if o.State == CannedApproved && o.Language != in && !slices.Equal(o.Variables(), t.Variables()) {
			return Errorf(BadState, "The text has other variables than the approved one in %s.", o.Language).
				Because(Refused{Reason: RefusedVariables, Value: o.Language.String()})
		}
	}
	if t.State != CannedApproved {
		c.Texts[i].State, c.Texts[i].By, c.Texts[i].At = CannedApproved, by, 0
	}
	return nil
}

// Remove takes the text in a language away.
func (c *Canned) Remove(in language.Tag) error {
	_, i := c.Text(in)
	if i < 0 {
		return errNoCanned()
	}
	c.Texts = slices.Delete(c.Texts, i, i+1)
	return nil
}

func errNoCanned() error { return Errorf(NotFound, "There is no such canned reply in this language.") }

// Entries are what a translation memory learns of it: each approved text with each other one. What has variables is another text each time that it is sent, so it is
// nothing to look for.
func (c Canned) Entries(site string) []MemoryEntry {
	var all []MemoryEntry
	for _, from := range c.Texts {
		for _, to := range c.Texts {
			if from.State != CannedApproved || to.State != CannedApproved || SameLanguage(from.Language, to.Language) || len(from.Variables())+len(to.Variables()) > 0 {
				continue
			}
			all = append(all, MemoryEntry{Site: site, From: from.Language, To: to.Language, Source: from.Text, Target: to.Text, Origin: MemoryCanned, By: to.By})
		}
	}
	return all
}

// DraftCanned translates the text of a canned reply into another language; from is the language to translate from, or und for the approved text that is first. The draft
// has the variables of its source, or is none.
func DraftCanned(ctx context.Context, all []Canned, site, name string, from, to language.Tag, translate func(context.Context, Untranslated) Translation) (CannedText, error) {
	i := slices.IndexFunc(all, func(c Canned) bool { return c.Name == name })
	if i < 0 {
		return CannedText{}, Errorf(NotFound, "There is no such canned reply.")
	}
	source, at := all[i].Text(from)
	for n, t := range all[i].Texts {
		if from == language.Und && !SameLanguage(t.Language, to) && (at < 0 || t.State == CannedApproved && source.State != CannedApproved) {
			source, at = t, n
		}
	}
	switch {
	case at < 0:
		return CannedText{}, errNoCanned()
	case translate == nil:
		return CannedText{}, Errorf(Unavailable, "This server translates nothing: write the text yourself.")
	}
	got := translate(ctx, Untranslated{Site: site, Text: source.Text, From: source.Language, To: to, ForVisitor: true})
	draft := CannedText{Language: to, Text: got.Text, By: got.By.Name}
	if got.State != TranslationDone {
		return draft, Errorf(BadState, "No engine has a translation of it (%s): write the text yourself.", cmp.Or(string(got.Reason), string(got.State)))
	}
	if !slices.Equal(draft.Variables(), source.Variables()) {
		return draft, Errorf(BadState, "The engine's translation has not the variables of the text: write it yourself.")
	}
	return draft, nil
}
