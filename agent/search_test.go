package agent_test

import (
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/internal/edgetest"
)

// Agents find what belongs to the sites that they serve, whatever they ask for, and are told nothing else.
func TestSearchStaysOnItsSites(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	theirs := s.Say(s.Join(s.Visitor("shop", "es").Token), "", "una taza secreta").Conversation
	ours := s.Say(s.Join(s.Visitor("other", "es").Token), "", "una taza verde").Conversation
	if err := s.Index.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	bob, ada := s.Sit(s.Login(edgetest.Bob)), s.Sit(s.Login(edgetest.Ada))
	search := func(by string, q chat.Search) (all []string, code chat.Code) {
		c := bob
		if by == edgetest.Ada {
			c = ada
		}
		var ok chat.SearchOK
		err := c.Call(t.Context(), chat.CallSearch, q, &ok)
		for _, h := range ok.Hits {
			all = append(all, h.Conversation)
		}
		return all, codeOf(err)
	}
	for _, c := range []struct {
		by   string
		q    chat.Search
		code chat.Code
		want string
	}{
		{edgetest.Ada, chat.Search{Text: "taza"}, "", ours + " " + theirs},
		{edgetest.Ada, chat.Search{Text: "taza", Filter: &chat.SearchFilter{Site: "shop"}}, "", theirs},
		{edgetest.Ada, chat.Search{Text: "taza", Filter: &chat.SearchFilter{Agent: "me"}}, "", ""},
		{edgetest.Bob, chat.Search{Text: "taza"}, "", ours},
		{edgetest.Bob, chat.Search{Text: "secreta"}, "", ""},
		{edgetest.Bob, chat.Search{Text: "taza", Filter: &chat.SearchFilter{Site: "other", Language: "es"}}, "", ours},
		{edgetest.Bob, chat.Search{Text: "taza", Filter: &chat.SearchFilter{Site: "shop"}}, chat.NotFound, ""},
		{edgetest.Bob, chat.Search{Text: "taza", Filter: &chat.SearchFilter{Site: "nowhere"}}, chat.NotFound, ""},
		{edgetest.Bob, chat.Search{Text: "taza", Filter: &chat.SearchFilter{Language: "x!x"}}, chat.BadLanguage, ""},
		{edgetest.Bob, chat.Search{Text: "taza", Filter: &chat.SearchFilter{Agent: "somebody"}}, chat.BadRequest, ""},
		{edgetest.Bob, chat.Search{Text: "taza", After: "x"}, chat.BadRequest, ""},
		{edgetest.Bob, chat.Search{Text: strings.Repeat("x", chat.MaxSearchText+1)}, chat.TooLong, ""},
		{edgetest.Bob, chat.Search{Text: strings.Repeat("é", chat.MaxSearchText)}, "", ""},
		{edgetest.Bob, chat.Search{Text: `" OR *`}, "", ""},
		{edgetest.Bob, chat.Search{}, "", ""},
	} {
		all, code := search(c.by, c.q)
		if got := strings.Join(all, " "); got != c.want || code != c.code {
			t.Errorf("%s looks for %+v: %q, %q; want %q, %q", c.by, c.q, got, code, c.want, c.code)
		}
	}
}
