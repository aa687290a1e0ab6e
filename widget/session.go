package widget

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"dragoman/chat"
	"dragoman/internal/web"

	"golang.org/x/text/language"
)

const (
	// maxPageURL and maxPageTitle bound what is kept of the page that a visitor is on, in bytes and code points.
	maxPageURL   = 2000
	maxPageTitle = 200
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
	if q.Identity != "" {
		return chat.Errorf(chat.BadIdentity, "This server does not know signed identities yet: begin the session without one.")
	}
	if wait, ok := e.limits.sessions.Allow(web.AddressKey(e.front.Client(r))); !ok {
		return e.tooMany("sessions_per_minute", wait, "Too many sessions are asked for from this address. Please try again a little later.")
	}
	v, token, err := e.visitor(r, s, q)
	if err != nil {
		return err
	}
	rows, err := e.hub.OwnConversations(r.Context(), v.ID, ownConversations)
	if err != nil {
		return err
	}
	uploads := e.files.Limits()
	ok := chat.SessionOK{
		Token:         token,
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

// visitor returns who has the token, or makes somebody new.
func (e *Edge) visitor(r *http.Request, s *site, q chat.SessionRequest) (chat.Visitor, string, error) {
	zone, page := cleanZone(q.TimeZone), cleanPage(q.Page)
	if q.Token != "" {
		v, err := e.byToken(r.Context(), q.Token, s.Key)
		if err != nil {
			return chat.Visitor{}, "", err
		}
		if zone == v.TimeZone && page == nil {
			return v, q.Token, nil
		}
		return v, q.Token, e.store.UpdateVisitor(r.Context(), v.ID, zone, page)
	}
	if err := e.newcomer(e.front.Client(r), s.Key); err != nil {
		return chat.Visitor{}, "", err
	}
	token, browser := newToken(s.Key), languagesOf(q.Languages)
	v, err := e.store.AddVisitor(r.Context(), NewVisitor{
		Site: s.Key, Token: hashOf(token), Language: first(browser, s.Language), Browser: browser, TimeZone: zone, Page: page,
	})
	return v, token, err
}

// byToken is the one place that says who a visitor is, for HTTP and sockets alike.
func (e *Edge) byToken(ctx context.Context, token, site string) (chat.Visitor, error) {
	if of, ok := siteOf(token); !ok || of != site {
		return chat.Visitor{}, errToken()
	}
	return e.store.VisitorByToken(ctx, site, hashOf(token))
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
	if p == nil || len(p.URL) > maxPageURL {
		return nil
	}
	u, err := url.Parse(p.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	title := strings.Join(strings.Fields(chat.CleanText(p.Title)), " ")
	if utf8.RuneCountInString(title) > maxPageTitle {
		title = string([]rune(title)[:maxPageTitle])
	}
	return &chat.Page{URL: u.String(), Title: title}
}
