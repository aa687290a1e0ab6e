package widget_test

import (
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/internal/edgetest"
	"dragoman/widget"
)

// What a page says comes to the agents as it was said; what is too much or wrong is refused whole, in words.
func TestWhatPagesSay(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	c := s.Join(s.Visitor("shop", "es").Token)
	id := s.Say(c, "", "hola").Conversation
	rows := inboxOf(t, s.Sit(s.Login(edgetest.Dora)))
	name, email, bad := " Ana\n García ", "ana@example.com", "ana"
	say := func(call chat.CallName, fields any) chat.Code { return codeOf(c.Call(t.Context(), call, fields, nil)) }
	about := chat.About{Name: &name, Email: &email, Attributes: map[string]string{"plan": "gold"}, Cart: &chat.Cart{Items: []chat.Item{{Name: "Cup", Price: 12.5}}, Currency: "EUR", Total: 12.5}}
	if code := say(chat.CallAbout, about); code != "" {
		t.Fatal(code)
	}
	if code := say(chat.CallPage, chat.Page{URL: "https://u:p@shop.example/cart#top", Title: strings.Repeat("é", chat.MaxPageTitle+1)}); code != "" {
		t.Fatal(code)
	}
	edgetest.Until(t, "the list shows it", func() bool {
		v := rows()[id].Visitor
		return v.Name == "Ana García" && v.Email == email && !v.Verified && v.Attributes["plan"] == "gold" && v.Cart != nil && v.Cart.Total == 12.5 &&
			v.Page != nil && v.Page.URL == "https://shop.example/cart" && v.Page.Title == strings.Repeat("é", chat.MaxPageTitle)
	})
	for what, code := range map[string]chat.Code{
		"an address that is none": say(chat.CallAbout, chat.About{Email: &bad}),
		"no page of the web":      say(chat.CallPage, chat.Page{URL: "javascript:alert(1)"}),
		"a page too long":         say(chat.CallPage, chat.Page{URL: "https://shop.example/" + strings.Repeat("x", chat.MaxPageURL)}),
		"a basket that is none":   say(chat.CallAbout, map[string]any{"cart": 7}),
		"a currency that is none": say(chat.CallAbout, chat.About{Cart: &chat.Cart{Items: []chat.Item{}, Currency: "€"}}),
	} {
		if code != chat.BadRequest {
			t.Errorf("%s: %q", what, code)
		}
	}
	if code := say(chat.CallAbout, chat.About{Attributes: map[string]string{"x": strings.Repeat("x", chat.MaxAttributeValue+1)}}); code != chat.TooLong {
		t.Errorf("a long attribute: %q", code)
	}
}

// How often a page may say something has a limit of its own, and 0 switches it off.
func TestFactsPerMinute(t *testing.T) {
	for facts, want := range map[int]chat.Code{1: chat.RateLimited, 0: ""} {
		l := widget.DefaultLimits()
		l.FactsPerMinute, l.FactsBurst = facts, 2
		s := edgetest.Start(t, edgetest.Options{Widget: &l})
		c := s.Join(s.Visitor("shop").Token)
		for n, call := range []chat.CallName{chat.CallPage, chat.CallAbout, chat.CallPage} {
			code := codeOf(c.Call(t.Context(), call, map[string]any{"url": "https://shop.example/"}, nil))
			if n < 2 && code != "" || n == 2 && code != want {
				t.Errorf("%d a minute, call %d: %q", facts, n+1, code)
			}
		}
	}
}
