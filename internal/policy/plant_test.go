package policy_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/edgetest"
	"dragoman/internal/policy"

	"golang.org/x/text/language"
)

// attack is who tries, and what is tried for.
type attack struct {
	*world
	rnd     *rand.Rand
	table   *policy.Table
	n       int
	codes   map[chat.Code]int
	who     []attacker
	sockets map[string]*client.Conn

	// What is over there: in the site other, and for the visitor also what is another visitor's.
	conversations, ids, cursors, addresses, tokens []string
	otto, bob                                      *client.Conn
	theirs                                         string
	own                                            map[string]string // of each attacker a conversation
}

// attacker is who tries.
type attacker struct {
	name  string
	who   policy.Who
	email string // of an agent
	ended bool
	token string // of a visitor
}

func newAttack(w *world) *attack {
	a := &attack{world: w, rnd: rand.New(rand.NewPCG(6, 11)), table: policy.New(), codes: map[chat.Code]int{}, sockets: map[string]*client.Conn{}, own: map[string]string{}}
	token, own := w.begin("shop")
	a.who = []attacker{
		{name: "an agent", who: policy.Agent, email: ann},
		{name: "an admin", who: policy.Admin, email: edgetest.Dora},
		{name: "a visitor", who: policy.Visitor, token: token},
		{name: "a revoked admin", who: policy.Admin, email: rex, ended: true},
		{name: "a visitor who has ended", who: policy.Visitor, token: w.dead, ended: true},
	}
	a.own["an agent"], a.own["an admin"], a.own["a visitor"] = w.assigned("shop", ann), w.assigned("shop", carl), own
	a.own["a revoked admin"], a.own["a visitor who has ended"] = own, own
	return a
}

// mark is a text that nobody who tries may be sent.
func (a *attack) mark(what string) string {
	m := fmt.Sprintf("kanari%d%s", len(a.heard.never), what)
	a.heard.never = append(a.heard.never, m)
	return m
}

// plant puts marks everywhere in other, and remembers the names under which things are found there.
func (a *attack) plant() {
	ctx := a.t.Context()
	_, err := a.Store.ChangeSite(ctx, "other", func(s *chat.Site) error {
		s.Name, s.Translating.Names = a.mark("site"), []string{a.mark("protected")}
		s.Origins = append(s.Origins, "https://"+a.mark("origin")+".example")
		return s.Texts.Write(chat.TextGreeting, language.German, language.German, a.mark("greeting"), 0)
	})
	a.must(err)
	term, err := a.Store.AddTerm(ctx, "other", chat.Term{Source: a.mark("term"), Target: a.mark("target")})
	a.must(err)
	a.ids = append(a.ids, term.ID, a.AgentID(edgetest.Bob), a.AgentID(max_))
	for i := range 4 {
		_, err = a.Store.Remember(ctx, "other", []chat.MemoryEntry{{From: language.German, To: language.English, Source: a.mark("source"), Target: a.mark("remembered"),
			Key: fmt.Sprint(i), Origin: chat.MemoryCorrection, By: a.mark("by")}})
		a.must(err)
	}
	page, next, err := a.Store.MemoryEntries(ctx, "other", chat.MemoryFilter{}, "", 2)
	a.must(err)
	for _, e := range page {
		a.ids = append(a.ids, e.ID)
	}
	_, err = a.Store.ChangeCanned(ctx, "other", "hello", func(c *chat.Canned) error {
		return c.Put(chat.CannedText{Language: language.German, Text: a.mark("canned"), By: a.mark("writer")})
	})
	a.must(err)
	a.must(a.Store.AddAgent(ctx, chat.Agent{Name: a.mark("agent"), Email: a.mark("mail") + "@other.example", Role: chat.RoleAgent, Languages: []language.Tag{language.English}, Sites: []string{"other"}}, "x"))
	a.bob = a.sit(edgetest.Bob, nil)
	logins, _, err := a.Store.LoginsOf(ctx, a.AgentID(edgetest.Bob))
	a.must(err)
	a.ids = append(a.ids, logins[0].ID)
	a.people()
	var inbox chat.InboxOK
	a.must(a.bob.Call(ctx, chat.CallInbox, chat.Inbox{Limit: 1}, &inbox))
	a.cursors = []string{next, inbox.Next}
	var eva chat.InboxOK
	a.must(a.sit(ann, nil).Call(ctx, chat.CallInbox, chat.Inbox{}, &eva)) // so that there are rows to be mixed up with
}

// people makes visitors of other, and one of shop whom only its visitors may not see, with everything that a conversation can hold.
func (a *attack) people() {
	ctx := a.t.Context()
	for i, site := range []string{"other", "other", "shop"} {
		mark := a.mark
		if site == "shop" {
			mark = func(what string) string { return "an agent of the shop may see " + what }
		}
		token := a.Visitor(site, "en").Token
		c := a.join(token, nil)
		said := a.Say(c, "", mark("line"))
		name, email := mark("name"), fmt.Sprintf("kanari%d@mail.example", i)
		if site == "shop" {
			name, email = "Maria", "maria@mail.example"
		}
		a.must(c.Call(ctx, chat.CallAbout, chat.About{Name: &name, Email: &email, Attributes: map[string]string{"plan": mark("attribute")}, Cart: &chat.Cart{Items: []chat.Item{{Name: mark("item"), Quantity: 1}}}}, nil))
		a.must(c.Call(ctx, chat.CallPage, chat.Page{URL: "https://other.example/" + url.PathEscape(mark("page")), Title: mark("title")}, nil))
		file, err := client.Upload(ctx, a.URL, a.URL, token, "note.txt", strings.NewReader(mark("content")))
		a.must(err)
		var with chat.SendOK
		a.must(c.Call(ctx, chat.CallSend, chat.Send{Key: chat.NewID(), Text: mark("caption"), Conversation: said.Conversation, Attachments: []chat.SendFile{{ID: file.ID}}}, &with))
		loose, err := client.Upload(ctx, a.URL, a.URL, token, "loose.txt", strings.NewReader(mark("loose")))
		a.must(err)
		a.conversations = append(a.conversations, said.Conversation)
		a.ids = append(a.ids, said.Message.ID, said.Message.Author.ID, said.Message.Key, file.ID, loose.ID)
		a.addresses = append(a.addresses, with.Message.Attachments[0].URL)
		a.tokens = append(a.tokens, token)
		if site == "shop" {
			continue
		}
		a.must(a.bob.Call(ctx, chat.CallSend, chat.Send{Key: chat.NewID(), Text: mark("note"), Conversation: said.Conversation, Note: true}, nil))
		remark := mark("remark")
		a.must(a.bob.Call(ctx, chat.CallRemark, chat.Remark{Conversation: said.Conversation, Text: &remark}, nil))
		a.must(a.bob.Call(ctx, chat.CallTag, chat.Tag{Conversation: said.Conversation, Add: []string{mark("tag")}}, nil))
		a.otto, a.theirs = c, said.Conversation
	}
}

// talk goes on over there: a line and an answer.
func (a *attack) talk() {
	a.Say(a.otto, a.theirs, "kanari0site is what we are called")
	a.Say(a.bob, a.theirs, "kanari0site indeed")
}

// there is what must not change: settings, and how the conversations stand.
type there struct {
	site     chat.Site
	terms    []chat.Term
	canned   []chat.Canned
	memory   []chat.MemoryEntry
	agents   []chat.Agent
	standing map[string]string
	lines    int64
}

func (a *attack) state() there {
	ctx := a.t.Context()
	var s there
	var err error
	s.site, err = a.Store.Site(ctx, "other")
	a.must(err)
	s.terms, _, err = a.Store.Terms(ctx, "other", -1)
	a.must(err)
	s.canned, err = a.Store.Canned(ctx, "other")
	a.must(err)
	s.memory, _, err = a.Store.MemoryEntries(ctx, "other", chat.MemoryFilter{}, "", 100)
	a.must(err)
	s.agents, err = a.Store.Agents(ctx)
	a.must(err)
	rows, err := a.Store.Conversations(ctx, a.conversations[:2]) // those of other
	a.must(err)
	s.standing = map[string]string{}
	for _, c := range rows {
		s.lines += c.Seq
		s.standing[c.ID] = fmt.Sprint(c.State, c.Assignee == a.AgentID(edgetest.Bob), c.Language, c.Tags, c.Visitor.Name, c.Visitor.Attributes, c.Read.Agents > 0, c.Rating)
	}
	return s
}
