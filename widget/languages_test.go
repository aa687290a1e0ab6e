package widget_test

import (
	"slices"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/edgetest"

	"golang.org/x/text/language"
)

// TestBrowserLanguages: what a browser names is remembered as what its owner may well write, as far as it is languages.
func TestBrowserLanguages(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	for _, c := range []struct{ named, prior, reads string }{
		{"es-MX,es,en", "es-MX,es,en,en", "es-MX"},
		{"", "en", "en"},
		{"?,x,zh-Hant,zh-Hant," + strings.Repeat("a", 40), "zh-Hant,en", "zh-Hant"},
		{"de,fr,it,pt,nl,sv,da", "de,fr,it,pt,nl,en", "de"},
	} {
		session, err := client.NewSession(t.Context(), s.URL, "", chat.SessionRequest{Site: "shop", Languages: strings.Split(c.named, ",")})
		if err != nil {
			t.Fatal(err)
		}
		known, err := s.Store.Speaker(t.Context(), session.Visitor.ID)
		if err != nil {
			t.Fatal(err)
		}
		var prior []string
		for _, tag := range known.Prior {
			prior = append(prior, tag.String())
		}
		if !slices.Equal(prior, strings.Split(c.prior, ",")) || session.Language.String() != c.reads || known.Reason != chat.LanguageBrowser {
			t.Errorf("of %q: %v, reads %s (%s)", c.named, prior, session.Language, known.Reason)
		}
	}
}

// TestHelloIsAChoice: a language that hello names is a choice, also if it is what the browser said.
func TestHelloIsAChoice(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	v := s.Visitor("shop", "es")
	known := func() chat.Speaker {
		t.Helper()
		got, err := s.Store.Speaker(t.Context(), v.Visitor.ID)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	hello := func(tag string) {
		t.Helper()
		c, err := client.Dial{Server: s.URL}.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Drop()
		if _, err := c.Hello(t.Context(), chat.Hello{Token: v.Token, Language: tag}); err != nil {
			t.Fatal(err)
		}
	}
	hello("")
	if got := known(); got.Reason != chat.LanguageBrowser {
		t.Errorf("hello without a language chooses %s", got.Language)
	}
	hello("es")
	if got := known(); got.Language != language.Spanish || got.Reason != chat.LanguageChosen {
		t.Errorf("he reads %s (%s)", got.Language, got.Reason)
	}
}
