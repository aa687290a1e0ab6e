package widget

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"dragoman/chat"
	"dragoman/internal/web"

	"golang.org/x/text/language"
)

const (
	// ownConversations is how many of a visitor's own conversations a session brings, the newest.
	ownConversations = 20
	// maxBrowser is how many of a browser's languages are remembered: those that somebody may well write.
	maxBrowser = 5
)

// session serves POST /widget/v1/session: a visitor begins, or comes back.
func (e *Edge) session(w http.ResponseWriter, r *http.Request) error {
	if _, err := e.share(w, r); err != nil {
		return err
	}
	var q chat.SessionRequest
	if err := web.ReadJSON(w, r, &q); err != nil {
		return err
	}
	s, err := e.sites.find(r.Context(), q.Site)
	if err != nil {
		return err
	}
	if err := checkOrigin(r.Header.Get("Origin"), e.front.Own(r), s); err != nil {
		return err
	}
	if wait, ok := e.limits.sessions.Allow(web.AddressKey(e.front.Client(r))); !ok {
		return e.tooMany("sessions_per_minute", wait, tooManySessions)
	}
	who, err := e.visitor(r, s, q)
	if err != nil {
		return err
	}
	e.limits.tokens.Good(hashOf(who.token))
	v := who.visitor
	rows, err := e.hub.OwnConversations(r.Context(), v.ID, ownConversations)
	if err != nil {
		return err
	}
	uploads := e.files.Limits()
	ok := chat.SessionOK{
		Token:         who.token,
		Was:           who.was,
		Visitor:       ownView(v),
		Language:      v.Language,
		Site:          e.sessionSite(s, v.Language),
		Open:          e.hub.SiteOnline(r.Context(), s.Key),
		Conversations: rows,
		Uploads:       &uploads,
	}
	if ok.Open {
		ok.Agents, ok.RepliesInS = e.desk.faces.get(r.Context(), s.Key), e.desk.replies.get(r.Context(), s.Key)
	}
	e.wantTexts(s, v.Language)
	return web.WriteJSON(w, http.StatusOK, ok)
}

const tooManySessions = "Too many sessions are asked for from this address. Please try again a little later."

// guest is a visitor with the token that is his from now on. was is who he had been until the shop signed for him, or empty.
type guest struct {
	visitor    chat.Visitor
	token, was string
}

// visitor returns for whom the shop has signed, who has the token, or somebody new.
func (e *Edge) visitor(r *http.Request, s *site, q chat.SessionRequest) (guest, error) {
	browser := languagesOf(q.Languages)
	fresh := NewVisitor{Site: s.Key, Language: first(browser, s.Language), Browser: browser, TimeZone: cleanZone(q.TimeZone), Page: cleanPage(q.Page)}
	if q.Identity != "" {
		return e.signed(r, s, q, fresh)
	}
	if q.Token != "" {
		v, err := e.byToken(r.Context(), q.Token, s.Key)
		if err == nil {
			err = e.hear(r.Context(), v, fresh)
		}
		return guest{visitor: v, token: q.Token}, err
	}
	if err := e.newcomer(e.front.Client(r), s.Key); err != nil {
		return guest{}, err
	}
	token := newToken(s.Key)
	fresh.Token = hashOf(token)
	v, err := e.store.AddVisitor(r.Context(), fresh)
	return guest{visitor: v, token: token}, err
}

// hear takes in what the page of a visitor who comes back says, if it is new. While the database takes nothing, he comes in all the same: it is said again
// with his next session.
func (e *Edge) hear(ctx context.Context, v chat.Visitor, fresh NewVisitor) error {
	var said chat.Hearsay
	if fresh.TimeZone != v.TimeZone {
		said.TimeZone = fresh.TimeZone
	}
	if fresh.Page != nil && (v.Page == nil || *fresh.Page != *v.Page) {
		said.Page = fresh.Page
	}
	if said.TimeZone == "" && said.Page == nil {
		return nil
	}
	err := e.hub.Hear(ctx, v.ID, said)
	if chat.CodeOf(err) == chat.Unavailable {
		return nil
	}
	return err
}

// signed lets in for whom the shop has signed. A signature that is not good lets nobody in, not even as a stranger: an error that nobody sees would
// cost the person his conversations.
func (e *Edge) signed(r *http.Request, s *site, q chat.SessionRequest, fresh NewVisitor) (guest, error) {
	subject, profile, err := verify(q.Identity, &s.Site, time.Now())
	if err != nil {
		return guest{}, err
	}
	i := chat.Identify{Subject: subject, Profile: profile, New: fresh}
	if q.Token == "" {
		if err := e.newcomer(e.front.Client(r), s.Key); err != nil {
			return guest{}, err
		}
	} else {
		if of, ok := siteOf(q.Token); !ok || of != s.Key {
			return guest{}, errToken()
		}
		old := hashOf(q.Token)
		i.Old = &old
	}
	token := newToken(s.Key)
	i.New.Token = hashOf(token)
	out, err := e.hub.Identify(r.Context(), i)
	if out.Kept {
		token = q.Token
	}
	return guest{visitor: out.Visitor, token: token, was: out.Was}, err
}

// byToken is the one place that says who a visitor is, for HTTP and sockets alike.
func (e *Edge) byToken(ctx context.Context, token, site string) (chat.Visitor, error) {
	if of, ok := siteOf(token); !ok || of != site {
		return chat.Visitor{}, errToken()
	}
	return e.store.VisitorByToken(ctx, site, hashOf(token))
}

// bearer finds out whose token it is where nothing else names a site: the token does, and the site says which pages may speak for it.
func (e *Edge) bearer(ctx context.Context, origin string, own web.Origin, token string) (*site, chat.Visitor, error) {
	key, ok := siteOf(token)
	if !ok {
		return nil, chat.Visitor{}, errToken()
	}
	s, err := e.sites.find(ctx, key)
	if err != nil {
		return nil, chat.Visitor{}, err
	}
	if err := checkOrigin(origin, own, s); err != nil {
		return nil, chat.Visitor{}, err
	}
	who, err := e.byToken(ctx, token, key)
	return s, who, err
}

func errToken() error {
	return chat.Errorf(chat.BadToken, "This session has ended: begin a new one.")
}

// ownView is what a visitor is told of himself: what else is known of him is for agents.
func ownView(v chat.Visitor) chat.Visitor {
	return chat.Visitor{Participant: v.Participant, Verified: v.Verified, Attributes: map[string]string{}}
}

// languagesOf returns those of a browser's languages that are some, at most maxBrowser.
func languagesOf(list []string) []language.Tag {
	var tags []language.Tag
	for _, s := range list[:min(len(list), chat.MaxLanguages)] {
		if t, err := chat.ParseLanguage(s); err == nil && len(tags) < maxBrowser && !slices.Contains(tags, t) {
			tags = append(tags, t)
		}
	}
	return tags
}

func first(tags []language.Tag, otherwise language.Tag) language.Tag {
	if len(tags) == 0 {
		return otherwise
	}
	return tags[0]
}

// cleanZone lets through what can be the name of a time zone; what is not is as good as none.
func cleanZone(s string) string {
	if len(s) > 64 {
		return ""
	}
	for _, c := range s {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("/_+-", c) {
			return ""
		}
	}
	return s
}

// cleanPage keeps of a page what agents may click on: an http address without user and fragment, and a title of one line.
func cleanPage(p *chat.Page) *chat.Page {
	if p == nil || len(p.URL) > chat.MaxPageURL {
		return nil
	}
	u, err := url.Parse(p.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	title := strings.Join(strings.Fields(chat.CleanText(p.Title)), " ")
	if utf8.RuneCountInString(title) > chat.MaxPageTitle {
		title = string([]rune(title)[:chat.MaxPageTitle])
	}
	return &chat.Page{URL: u.String(), Title: title}
}
