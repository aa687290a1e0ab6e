package store

import (
	"encoding/json"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// greetingColumn is what the column texts holds: the greeting of a site in its own language, which is all that programs know that are older than own_texts. It is
// still written for them.
type greetingColumn struct {
	Greeting string `json:"greeting,omitempty"`
}

// readOwnTexts reads a site's own texts. A greeting that only an older program has set is the shop's own, in the shop's language.
func readOwnTexts(site *chat.Site, own, old string) error {
	if err := json.Unmarshal([]byte(own), &site.Texts); err != nil {
		return err
	}
	var before greetingColumn
	if err := json.Unmarshal([]byte(old), &before); err != nil {
		return err
	}
	if before.Greeting == "" || site.Texts.Texts[chat.TextGreeting] != nil {
		return nil
	}
	if site.Texts.Texts == nil {
		site.Texts.Texts = map[chat.TextName]map[language.Tag]chat.TextVariant{}
	}
	limited := []rune(before.Greeting)
	site.Texts.Texts[chat.TextGreeting] = map[language.Tag]chat.TextVariant{
		site.Language: {Text: string(limited[:min(len(limited), chat.MaxGreeting)]), State: chat.TextApproved},
	}
	return nil
}

// oldTexts is the column texts.
func oldTexts(site chat.Site) string {
	return asJSON(greetingColumn{site.Texts.Texts[chat.TextGreeting][site.Language].Text})
}
